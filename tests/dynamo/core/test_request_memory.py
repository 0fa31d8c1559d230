"""What a node remembers of requests: bounded, and never at the cost of executing one twice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.messages import FAIL, GET, INFO, OK, PUT, Forward, Request
from dynamo.core.request_memory import RequestMemory
from dynamo.core.requests import MAX_ASKERS
from dynamo.core.weight import request_bytes, response_bytes
from tests.dynamo.core.cluster import SECOND, Cluster, of


def memory(cluster: Cluster, name: str = "a") -> RequestMemory:
    return cluster.nodes[name].host.overload.memory


def crowd(names: str = "abc", **config: Any) -> Cluster:
    """Requests are remembered for ten seconds."""
    return Cluster(names, request_memory_us=10 * SECOND, **config)


def weighed(found: RequestMemory) -> int:
    """What `bytes` must be, counted anew."""
    return sum(
        request_bytes(taken.request) + (response_bytes(taken.response) if taken.response is not None else 0)
        for taken in found.taken.values()
    )


def test_the_value_of_a_request_is_let_go_when_it_is_answered() -> None:
    cluster = crowd()
    cluster.stuck.add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v" * 1_000)
    assert (memory(cluster).open, memory(cluster).bytes > 1_000) == (1, True)
    assert memory(cluster).bytes == weighed(memory(cluster))
    cluster.stuck.clear()
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert memory(cluster).open == 0
    assert memory(cluster).taken[asked].request.value == b""
    assert memory(cluster).bytes == weighed(memory(cluster))


STEP = st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 300), st.integers(0, 4 * SECOND))


@settings(deadline=None, max_examples=40)
@given(st.lists(STEP, max_size=25))
def test_count_and_bytes_are_those_of_what_is_remembered_and_stay_within_their_bounds(
    steps: list[tuple[str, bool, int, int]],
) -> None:
    cluster = crowd(max_requests=6, max_queued_bytes=2_000, max_value_bytes=500, max_key_bytes=100)
    for name, put, size, pause_us in steps:
        cluster.ask(name, PUT if put else GET, cluster.key(), b"v" * size)
        cluster.settle()
        cluster.now_us += pause_us
        for each in cluster.nodes:
            found = memory(cluster, each)
            assert found.bytes == weighed(found)
            assert found.open == sum(taken.response is None for taken in found.taken.values()) == 0
            assert found.puts() <= 6
            largest = max((taken.bytes for taken in found.taken.values()), default=0)
            assert found.bytes <= 2_000 + largest, "an answer may be longer than its request"
    cluster.now_us += 20 * SECOND
    for name in "abc":
        cluster.get(name, cluster.key())
        assert len(memory(cluster, name).taken) == 1


def test_an_executed_put_is_not_forgotten_to_make_room_for_another() -> None:
    cluster = crowd(max_requests=2)
    first = [cluster.put("a", cluster.key(), b"%d" % at, id=f"x{at}") for at in range(2)]
    refused = cluster.put("a", cluster.key(), b"more", id="y")
    assert refused.status == FAIL
    assert refused.reason == ("overloaded: 2 requests are remembered here; nothing was done; try another node or later")
    for at in range(2):
        cluster.ask("a", PUT, cluster.key(), b"%d" % at, id=f"x{at}")
        assert cluster.replies[f"x{at}"] == [first[at]] * 2
    assert len(cluster.minted) == 2
    cluster.now_us += 10 * SECOND
    assert cluster.put("a", cluster.key(), b"later").status == OK


def test_answers_to_gets_make_room_for_puts() -> None:
    cluster = crowd(max_requests=3)
    for _ in range(3):
        cluster.get("a", cluster.key())
    for _ in range(3):
        assert cluster.put("a", cluster.key(), b"v").status == OK
    assert len(memory(cluster).taken) == 3
    assert cluster.get("a", cluster.key()).status == OK, "a get needs no place among what is remembered"


def test_a_get_that_comes_again_after_it_was_forgotten_is_answered_anew() -> None:
    cluster = crowd(max_requests=1)
    cluster.get("a", cluster.key(), id="g")
    cluster.put("a", cluster.key(), b"v")
    assert cluster.marked("a", "answer to a get forgotten early") == 1
    cluster.ask("a", GET, cluster.key(), id="g")
    cluster.settle()
    assert [response.values for response in cluster.replies["g"]] == [(), (b"v",)]


def test_a_refused_put_is_not_executed_when_a_copy_of_it_finds_room() -> None:
    """The client was told that it has no effect, ever."""
    cluster = crowd(max_requests=1)
    cluster.put("a", cluster.key(), b"v")
    assert cluster.put("a", cluster.key(), b"w", id="x").status == FAIL
    cluster.now_us += 9 * SECOND + 500_000
    memory(cluster)._puts.clear()  # there is room again
    cluster.ask("a", PUT, cluster.key(), b"w", id="x")
    cluster.settle()
    assert [response.status for response in cluster.replies["x"]] == [FAIL, FAIL]
    assert len(cluster.minted) == 1
    assert cluster.marked("a", "refused request came again") == 1


def test_a_refused_id_is_remembered_as_long_as_an_executed_one_and_no_longer() -> None:
    cluster = crowd(max_requests=1)
    cluster.put("a", cluster.key(), b"v")
    cluster.put("a", cluster.key(), b"w", id="x")
    cluster.now_us += 10 * SECOND - 1
    cluster.get("a", cluster.key())
    assert list(memory(cluster).refused) == ["x"]
    cluster.now_us += 1
    cluster.get("a", cluster.key())
    assert memory(cluster).refused == {}


@pytest.mark.parametrize(("kind", "again"), [(PUT, ("fail", "refused before")), (GET, ("ok", ""))])
def test_a_put_that_was_refused_in_no_ring_is_not_executed_when_a_copy_of_it_comes_in_one(
    kind: str, again: tuple[str, str]
) -> None:
    cluster = Cluster("abcd", outsiders="x", partitions=8)
    first = cluster.ask("x", kind, cluster.key(), b"v")
    assert cluster.reply(first)[1:3] == ("fail", "the node is in no ring")
    assert cluster.operate("a", "join", "x").status == "ok"
    cluster.run(SECOND)
    assert cluster.nodes["x"].participant.inside
    cluster.replies.clear()
    cluster.ask("x", kind, cluster.key(), b"v", id=first)
    cluster.settle()
    assert cluster.reply(first)[1:3] == again


def test_what_is_refused_and_cannot_be_remembered_is_not_said_to_have_failed() -> None:
    cluster = crowd(max_requests=1, max_refusals=1)
    cluster.put("a", cluster.key(), b"v")
    assert cluster.put("a", cluster.key(), b"w").status == FAIL
    unknown = cluster.put("a", cluster.key(), b"w")
    assert unknown.status == INFO
    assert "; not executed yet, but too much was refused to be sure" in unknown.reason
    assert len(memory(cluster).refused) == 1


@pytest.mark.parametrize("remembered", [True, False])
def test_a_refused_forward_says_whether_another_coordinator_may_be_tried(remembered: bool) -> None:
    """Only a refusal that is remembered lets the sender go on: else a copy might be executed here as well."""
    cluster = crowd("abcd", max_requests=1, max_refusals=int(remembered))
    for name, node in cluster.nodes.items():
        node.gossip._hear({other: each.gossip.heartbeats[other] for other, each in cluster.nodes.items()})
        if name == "a":
            cluster.put("a", cluster.key(), b"v")
    asked = cluster.ask("d", PUT, cluster.key(), b"w")
    forwards = cluster.packets(of(Forward))
    cluster.settle()
    assert [packet.to for packet in forwards] == ["a"]
    assert cluster.reply(asked).status == (OK if remembered else INFO)
    cluster.hand_in(*forwards)
    cluster.settle()
    assert len(cluster.minted) == (2 if remembered else 1)


def test_a_put_that_is_not_answered_yet_is_not_forgotten_however_long_the_node_stood_still() -> None:
    cluster = crowd()
    cluster.stuck.add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.now_us += 60 * SECOND  # no timer has fired yet
    cluster.ask("a", GET, cluster.key())
    assert asked in memory(cluster).taken
    cluster.ask("a", PUT, cluster.key(), b"v", id=asked)
    cluster.stuck.clear()
    cluster.run(2 * SECOND)
    assert len(cluster.minted) == 1
    assert memory(cluster).open == 0
    cluster.now_us += 20 * SECOND
    cluster.get("a", cluster.key())
    assert asked not in memory(cluster).taken, "and it is forgotten in the end"


def test_only_the_latest_connections_that_ask_for_one_request_are_answered() -> None:
    cluster = crowd()
    cluster.stuck.add("a")
    request = Request("x", PUT, cluster.key(), b"v")
    for number in range(3 * MAX_ASKERS):
        cluster.nodes["a"].requests.asked(f"client {number}", request)
    taken = memory(cluster).taken["x"]
    assert [asker.name for asker in taken.askers] == [f"client {16 + at}" for at in range(MAX_ASKERS)]
