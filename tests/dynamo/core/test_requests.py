"""Where requests come in: executed once, forwarded with care (Dynamo, section 4.5), refused with one clear line."""

from typing import Any

import pytest

from dynamo.core.effects import Asked
from dynamo.core.messages import DELETE, FAIL, GET, INFO, OK, PUT, Forward, Forwarded, Request, Response
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of


def meet(cluster: Cluster) -> Cluster:
    """Everybody has heard of everybody's boot."""
    beats = {name: node.gossip.heartbeats[name] for name, node in cluster.nodes.items()}
    for node in cluster.nodes.values():
        node.gossip._hear(beats)
    return cluster


def test_a_duplicate_gets_the_same_answer_and_makes_no_second_version() -> None:
    cluster = Cluster("abc")
    first = cluster.put("a", cluster.key(), b"v", id="x")
    cluster.ask("a", PUT, cluster.key(), b"v", id="x")
    cluster.settle()
    assert cluster.replies["x"] == [first, first]
    assert len(cluster.minted) == 1
    assert cluster.get("b", cluster.key()).values == (b"v",)


def test_a_duplicate_that_comes_before_the_answer_waits_for_it() -> None:
    """The client has a new connection: both are answered, once each."""
    cluster = Cluster("abc")
    request = Request("x", PUT, cluster.key(), b"v")
    for client in ("one", "two", "one"):
        cluster.step("a", Asked(client, request))
        cluster.answer_loads("a")
    cluster.settle()
    assert len(cluster.replies["x"]) == 2
    assert len(cluster.minted) == 1


def test_a_put_for_an_earlier_boot_is_info_and_not_executed() -> None:
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v", id="x", generation=1)
    cluster.reboot("a")
    again = cluster.ask("a", PUT, cluster.key(), b"v", id="x", generation=1)
    assert cluster.replies[again][1].status == INFO
    cluster.settle()
    assert len(cluster.minted) == 1


def test_a_put_for_an_earlier_boot_is_info_even_where_the_disk_was_lost_between() -> None:
    """The boots of two disks of one node are different boots: the earlier one may have executed it."""
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v", id="x", generation=cluster.nodes["a"].host.generation)
    generation = cluster.nodes["a"].host.generation
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.settle()
    cluster.ask("a", PUT, cluster.key(), b"v", id="x", generation=generation)
    cluster.settle()
    assert len(cluster.minted) == 1, "executed twice"


def test_a_get_for_an_earlier_boot_is_executed() -> None:
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v")
    cluster.reboot("a")
    assert cluster.get("a", cluster.key(), generation=1).values == (b"v",)


def test_a_node_that_is_no_target_forwards_a_put_once_and_hands_the_answer_on() -> None:
    """Section 4.5: a node that is not in the preference list forwards the request to the first that is."""
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    (forward,) = cluster.packets(of(Forward))
    assert (forward.to, forward.message.request.generation) == ("a", 1)
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert cluster.reply(asked).dot == cluster.minted[0].dot


def test_a_duplicated_forward_is_executed_once() -> None:
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    (forward,) = cluster.take(of(Forward))
    cluster.hand_in(forward, forward)
    cluster.settle()
    cluster.hand_in(forward)
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert len(cluster.minted) == 1


@pytest.mark.parametrize("met", [True, False], ids=["after gossip", "before gossip"])
def test_a_forward_that_arrives_again_after_the_coordinator_restarted_is_not_executed_again(met: bool) -> None:
    cluster = Cluster("abcd")
    if met:
        meet(cluster)
    cluster.ask("d", PUT, cluster.key(), b"v")
    forwards = cluster.packets(of(Forward))
    cluster.settle()
    cluster.reboot("a")
    cluster.hand_in(*forwards)
    cluster.settle()
    assert len(cluster.minted) <= 1, "executed twice"


def test_a_forward_to_a_boot_that_is_not_known_yet_learns_it_first_and_is_executed_once() -> None:
    cluster = Cluster("abcd")
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert [minted.dot[0][0] for minted in cluster.minted] == ["a"]


@pytest.mark.parametrize("late", [False, True], ids=["at once", "after the answer to the first"])
def test_a_duplicate_of_the_answer_that_tells_the_boot_is_no_refusal_of_the_forward_that_names_it(late: bool) -> None:
    """The first coordinator is executing the put by then: a second one must not."""
    cluster = Cluster("abcd")
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.deliver(of(Forward))
    told = cluster.take(of(Forwarded))
    cluster.hand_in(*told)
    if late:
        cluster.deliver(of(Forward))
    cluster.hand_in(*told)
    cluster.settle()
    assert len(cluster.minted) == 1, "executed twice"
    assert cluster.reply(asked).status == OK


def test_after_silence_no_second_coordinator_is_tried() -> None:
    """basho/riak_kv#1754: a second forward after silence executes a put twice."""
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.take(of(Forward))
    cluster.run(999 * MS)
    assert asked not in cluster.replies
    cluster.run(1 * MS)
    assert cluster.reply(asked)[1:3] == (INFO, "no answer from its coordinator a")
    assert cluster.packets(of(Forward)) == []
    assert "a" in cluster.nodes["d"].host.detector.down


def refuse(cluster: Cluster, asked: str, to: str) -> None:
    """The node that the put was forwarded to says, twice, that it is no coordinator for the key."""
    (forward,) = cluster.take(of(Forward))
    assert forward.to == to
    refused = Forwarded(Response(asked, FAIL, "not a coordinator for this key"), refused=True)
    cluster.hand_in(*[Packet(to, "d", refused)] * 2)


def test_a_refusal_that_comes_after_the_client_was_answered_changes_nothing() -> None:
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    (forward,) = cluster.packets(of(Forward))
    cluster.cut = of(Forward)
    cluster.run(1 * SECOND)
    assert cluster.reply(asked).status == INFO
    cluster.wire.append(forward)
    refuse(cluster, asked, to="a")
    assert cluster.packets(of(Forward)) == []


def test_the_next_coordinator_is_tried_only_after_a_refusal_and_a_third_never() -> None:
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    refuse(cluster, asked, to="a")
    assert asked not in cluster.replies
    refuse(cluster, asked, to="b")
    assert cluster.reply(asked)[1:3] == (FAIL, "the nodes disagree about the key's preference list")
    assert cluster.packets(of(Forward)) == []


def test_the_second_coordinator_executes_what_the_first_refused() -> None:
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    refuse(cluster, asked, to="a")
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert [minted.dot[0][0] for minted in cluster.minted] == ["b"]


def silent_after_refusal() -> tuple[Cluster, str]:
    """A put that `a` refused after 100 ms and that `b` does not answer."""
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.now_us += 100 * MS
    refuse(cluster, asked, to="a")
    cluster.take(of(Forward))
    return cluster, asked


def test_a_request_is_answered_within_its_time_out_even_where_the_first_coordinator_refused() -> None:
    cluster, asked = silent_after_refusal()
    cluster.run(900 * MS)
    assert cluster.reply(asked).status == INFO


def test_the_second_coordinator_too_has_its_whole_time_before_it_is_suspected() -> None:
    """Twice `StoreConfig.hedge_us`: it may itself be waiting that long for a silent replica."""
    cluster, _ = silent_after_refusal()
    cluster.run(299 * MS)
    assert cluster.nodes["d"].host.detector.suspected == set()
    cluster.run(1 * MS)
    assert cluster.nodes["d"].host.detector.suspected == {"b"}


def test_a_put_is_never_forwarded_to_the_node_itself() -> None:
    """`d` stands in for `b`; the one owner that it can reach refuses."""
    cluster = meet(Cluster("abcd"))
    for name in "bc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    refuse(cluster, asked, to="a")
    assert [packet.to for packet in cluster.packets(of(Forward))] != ["d"]
    cluster.settle()
    cluster.run(2 * SECOND)
    assert "d" not in cluster.nodes["d"].host.detector.down


def test_an_answer_of_a_node_that_was_not_asked_is_no_answer() -> None:
    cluster = meet(Cluster("abcd"))
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.hand_in(Packet("c", "d", Forwarded(Response(asked, OK))))
    assert asked not in cluster.replies


def test_a_refusal_is_remembered() -> None:
    """The sender may have gone on to another coordinator: the refused request must not be executed here later."""
    cluster = Cluster("abcd")
    forward = Packet("c", "d", Forward(Request("x", PUT, cluster.key(), b"v", generation=1)))
    cluster.hand_in(forward)
    (first,) = cluster.take(of(Forwarded))
    cluster.nodes["d"].host.detector.missed("a", cluster.now_us)  # now this node is a target
    cluster.hand_in(forward)
    (second,) = cluster.take(of(Forwarded))
    assert first == second
    assert first.message.refused
    cluster.settle()
    assert cluster.minted == []


def test_a_fallback_coordinates_only_where_no_owner_can_be_reached() -> None:
    """It has no record of the key, so each time it would bring a new actor to life."""
    cluster = meet(Cluster("abcd"))
    detector = cluster.nodes["d"].host.detector
    detector.missed("a", cluster.now_us)
    cluster.put("d", cluster.key(), b"one")
    for name in "abc":
        detector.missed(name, cluster.now_us)
    cluster.put("d", cluster.key(), b"two", w=1)
    assert [minted.dot[0][0] for minted in cluster.minted] == ["b", "d"]


def test_a_put_that_owners_must_acknowledge_is_coordinated_by_an_owner_or_not_at_all() -> None:
    """An owner that acknowledges, loses its disk before the answer and recovers must find the put at another owner."""
    cluster = meet(Cluster("abcd"))
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    asked = cluster.ask("d", PUT, cluster.key(), b"v", w=1, pw=1)
    assert cluster.reply(asked)[1:3] == (FAIL, "unavailable: no owner, as PW demands, can be reached")
    request = Request("forwarded", PUT, cluster.key(), b"v", w=1, pw=1, generation=1)
    cluster.hand_in(Packet("a", "d", Forward(request)))
    (told,) = cluster.take(of(Forwarded))
    assert told.message.refused
    assert cluster.minted == []


def test_a_put_without_a_reachable_coordinator_fails_at_once() -> None:
    cluster = meet(Cluster("abcd", sloppy=False))
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    assert cluster.reply(asked)[1:3] == (FAIL, "unavailable: no node of the preference list can be reached")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"kind": "post"}, "kind: 'post' is unknown; accepted: get, put, delete"),
        ({"key": b"123456789"}, "key: 9 bytes; accepted: up to 8"),
        ({"value": b"12345"}, "value: 5 bytes; accepted: up to 4"),
        ({"r": 4}, "r: 4 is out of range; accepted: 1 to N=3, or 0 for the cluster's"),
        ({"w": -1}, "w: -1 is out of range; accepted: 1 to N=3, or 0 for the cluster's"),
        ({"r": 1, "pr": 2}, "pr: 2 is out of range; accepted: 0 to R"),
        ({"pw": 3}, "pw: 3 is out of range; accepted: 0 to W"),
        ({"timeout_us": -1}, "timeout_us: -1 is out of range; accepted: 1 to 3000000, or 0 for the cluster's"),
        ({"context": b"made up by me"}, "context: its format is 109, not 1; pass back the bytes of a get unchanged"),
        ({"kind": DELETE}, "context: a delete needs the context of a get: it deletes what that get has seen"),
    ],
)
def test_a_request_that_cannot_be_accepted_fails_with_one_line_that_names_the_field(
    fields: dict[str, Any], line: str
) -> None:
    cluster = Cluster("abc", max_key_bytes=8, max_value_bytes=4)
    request = Request("x", PUT, b"k", b"v")._replace(**fields)
    cluster.step("a", Asked("client", request))
    response = cluster.reply("x")
    assert (response.status, response.reason[: len(line)]) == (FAIL, line)
    assert "\n" not in response.reason
    cluster.settle()
    assert cluster.minted == []


def test_the_limits_themselves_are_accepted() -> None:
    cluster = Cluster("abc", max_key_bytes=8, max_value_bytes=4)
    assert cluster.put("a", b"12345678", b"1234", w=3, pw=3).status == OK
    assert cluster.get("a", b"12345678", r=3, pr=3).values == (b"1234",)


def test_request_ids_are_forgotten_after_their_time_and_not_before() -> None:
    cluster = Cluster("abc", request_memory_us=10 * SECOND)
    cluster.put("a", cluster.key(0), b"v", id="x")
    taken = cluster.nodes["a"].requests.taken
    cluster.now_us += 10 * SECOND - 1
    cluster.get("a", cluster.key(1), id="y")
    assert list(taken) == ["x", "y"]
    cluster.now_us += 1
    cluster.get("a", cluster.key(1), id="z")
    assert list(taken) == ["y", "z"]


def test_a_request_has_its_own_time_out() -> None:
    cluster = Cluster("abc", sloppy=False)
    for name in "bc":
        cluster.crash(name)
    asked = cluster.ask("a", GET, cluster.key(), timeout_us=300 * MS)
    cluster.run(299 * MS)
    assert asked not in cluster.replies
    cluster.run(1 * MS)
    assert cluster.reply(asked).status == FAIL
