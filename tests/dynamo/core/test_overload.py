"""Bounded queues: each bound of docs/limits.md, what is answered at it, and that nothing is done then."""

import pytest

from dynamo.core.effects import DATA
from dynamo.core.host import COMPACT_FROM
from dynamo.core.messages import FAIL, GET, INFO, OK, PUT, Read, ReadReply, Refused, Replicate, Request, Stored
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import MS, SECOND, Cluster, Packet, of


def state(value: bytes = b"v", actor: str = "x") -> Siblings:
    return Siblings({actor: 1}, (Version(actor, 1, value),))


def replica(cluster: Cluster, name: str) -> Replica:
    return cluster.nodes[name].replica


def refused(cluster: Cluster, asked: str, what: str) -> None:
    response = cluster.reply(asked)
    assert response.status == FAIL
    assert response.reason == f"overloaded: {what}; nothing was done; try another node or later"


@pytest.mark.parametrize("kind", [GET, PUT])
def test_more_operations_than_may_be_under_way_are_refused_until_one_has_ended(kind: str) -> None:
    cluster = Cluster("abc", max_inflight=2, anti_entropy=False)
    cluster.stuck.add("a")
    first = [cluster.ask("a", PUT, cluster.key(index), b"v") for index in range(2)]
    writes = len(cluster.disks["a"].unsynced)
    asked = cluster.ask("a", kind, cluster.key(2), b"v")
    refused(cluster, asked, "2 operations are under way here")
    assert len(cluster.disks["a"].unsynced) == writes, "nothing was done"
    cluster.stuck.clear()
    cluster.settle()
    assert [cluster.reply(each).status for each in first] == [OK, OK]
    asked = cluster.ask("a", kind, cluster.key(2), b"v")
    cluster.settle()
    assert cluster.reply(asked).status == OK


def test_operations_that_nobody_answers_hold_their_places_no_longer_than_their_time_out() -> None:
    cluster = Cluster("abc", max_inflight=2, anti_entropy=False)
    cluster.stuck.add("a")
    for index in range(2):
        cluster.ask("a", PUT, cluster.key(index), b"v")
    cluster.run(1 * SECOND)
    cluster.stuck.clear()
    cluster.settle()
    assert cluster.put("a", cluster.key(3), b"v").status == OK


def test_a_put_that_waits_for_its_coordinator_counts_where_it_came_in() -> None:
    cluster = Cluster("abcd", max_inflight=1)
    cluster.ask("d", PUT, cluster.key(), b"v")
    asked = cluster.ask("d", PUT, cluster.key(), b"w")
    refused(cluster, asked, "1 operations are under way here")


def test_more_bytes_than_may_be_queued_are_refused_and_less_are_not() -> None:
    cluster = Cluster("abc", max_queued_bytes=2_000, max_key_bytes=100, max_value_bytes=1_500)
    cluster.stuck.add("a")
    cluster.ask("a", PUT, cluster.key(), b"v" * 1_500)
    held = cluster.nodes["a"].host.overload.memory.bytes
    asked = cluster.ask("a", PUT, cluster.key(), b"v" * 500)
    refused(cluster, asked, f"requests hold {held} bytes here")
    small = cluster.ask("a", PUT, cluster.key(), b"v")
    assert small not in cluster.replies


def test_an_owner_that_refuses_a_forwarded_put_is_passed_over_for_the_next_one() -> None:
    cluster = Cluster("abcd", max_inflight=1, anti_entropy=False)
    cluster.run(3 * SECOND)  # everybody has heard of everybody's boot
    cluster.stuck.add("a")
    busy = cluster.ask("a", PUT, cluster.key(1), b"v")
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.settle()
    assert cluster.reply(asked).status == OK
    assert busy not in cluster.replies
    assert [minted.dot[0][0] for minted in cluster.minted] == ["a", "b"]


def test_when_every_owner_refuses_the_client_hears_why() -> None:
    cluster = Cluster("abcd", max_inflight=1, anti_entropy=False)
    cluster.run(3 * SECOND)
    for name in "ab":
        cluster.stuck.add(name)
        cluster.ask(name, PUT, cluster.key(1), b"v")
    asked = cluster.ask("d", PUT, cluster.key(), b"v")
    cluster.settle()
    refused(cluster, asked, "1 operations are under way here")


# Work of peers


def test_a_peer_has_no_more_work_waiting_than_it_may_and_others_have_room() -> None:
    cluster = Cluster("abcd", max_peer_work=2, anti_entropy=False)
    cluster.stuck.add("a")
    for op, index in enumerate((0, 1, 2)):
        cluster.hand_in(Packet("b", "a", Replicate(op, cluster.key(index), state())))
    assert cluster.take(of(Refused)) == [Packet("a", "b", Refused(2))]
    cluster.hand_in(Packet("b", "a", Read(3, cluster.key())))
    assert cluster.take(of(ReadReply)) == [Packet("a", "b", ReadReply(3, b"", None))]
    cluster.hand_in(Packet("c", "a", Replicate(4, cluster.key(3), state())))
    assert cluster.packets(of(Refused)) == []
    assert cluster.nodes["a"].host.overload.peer_work == {"b": 2, "c": 1}
    cluster.sync("a")
    assert cluster.nodes["a"].host.overload.peer_work == {}
    assert len(cluster.packets(of(Stored))) == 3


def test_every_piece_of_work_ends_however_it_ends() -> None:
    """Stored, refused, told, or silent because the copy is damaged: the place is free again."""
    cluster = Cluster("abcd", max_hints=0, anti_entropy=False)
    replica(cluster, "a").damaged[cluster.key(1)] = None
    cluster.hand_in(
        Packet("b", "a", Replicate(1, cluster.key(), state())),
        Packet("b", "a", Replicate(2, cluster.key(), state(b"w", "y"), durable=False)),
        Packet("b", "a", Replicate(3, cluster.key(1), state())),
        Packet("b", "a", Replicate(4, cluster.key(2), state(), "d")),
        Packet("b", "a", Read(5, cluster.key())),
        Packet("b", "a", Read(6, cluster.key(1))),
    )
    cluster.sync("a")
    assert cluster.nodes["a"].host.overload.peer_work == {}


def test_work_that_waits_for_a_load_counts_as_well() -> None:
    cluster = Cluster("abcd", max_peer_work=100, max_waiting=3, anti_entropy=False)
    cluster.slow_loads.add("a")
    for op in range(5):
        cluster.hand_in(Packet("b", "a", Read(op, cluster.key(op % 2))))
    assert cluster.nodes["a"].host.loads_waiting == 3
    assert [packet.message.op for packet in cluster.take(of(ReadReply))] == [3, 4]
    asked = cluster.ask("a", GET, cluster.key(3))
    refused(cluster, asked, "this node's disk is behind")
    cluster.answer_loads("a")
    assert cluster.nodes["a"].host.loads_waiting == 0
    assert len(cluster.packets(of(ReadReply))) == 3


def test_what_is_written_and_not_durable_is_bounded() -> None:
    cluster = Cluster("abcd", max_unsynced=4, anti_entropy=False)
    cluster.stuck.add("a")
    for op in range(10):
        cluster.hand_in(Packet("bcd"[op % 3], "a", Replicate(op, cluster.key(op), state())))
    assert len(cluster.disks["a"].unsynced) == 4
    assert len(cluster.packets(of(Refused))) == 6
    assert cluster.ask("a", PUT, cluster.key(11), b"v")
    assert len(cluster.disks["a"].unsynced) == 4


def test_a_disk_that_serves_one_after_the_other_is_no_pressure_and_one_that_stands_still_is() -> None:
    cluster = Cluster("abcd")
    host = cluster.nodes["a"].host
    cluster.stuck.add("a")
    cluster.ask("a", PUT, cluster.key(), b"v")
    assert not host.overload.pressed(), "it was not in line when this was asked last"
    assert host.overload.pressed()
    cluster.sync("a")
    cluster.ask("a", PUT, cluster.key(1), b"v")
    assert not host.overload.pressed(), "another is first in line now"


def test_loads_that_are_answered_one_after_the_other_are_no_pressure_and_one_that_is_not_is() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    for index in range(2):
        cluster.put("a", cluster.key(index), b"v", w=3)
    cluster.reboot("a")
    cluster.settle()
    host = cluster.nodes["a"].host
    cluster.slow_loads.add("a")
    cluster.ask("a", GET, cluster.key(0))
    assert not host.overload.pressed(), "it was not there when this was asked last"
    cluster.answer_loads("a")
    cluster.ask("a", GET, cluster.key(1))
    assert not host.overload.pressed(), "a load has been answered since"
    assert host.overload.pressed()


def test_what_may_wait_in_a_buffer_does_not_when_half_of_the_bound_is_unsynced() -> None:
    """Else a node whose writes all wait in the buffer would refuse everything and never sync."""
    cluster = Cluster("abcd", max_unsynced=6, durable_copies=1, anti_entropy=False)
    for op in range(5):
        cluster.hand_in(Packet("b", "a", Replicate(op, cluster.key(op), state(), durable=False)))
    assert [write.buffered for write in cluster.disks["a"].unsynced] == [True, True, True, False, False]


# The coordinator of a put whose replica refuses


def refusing(cluster: Cluster, *names: str) -> None:
    """These nodes take in no replica, and have room for clients."""
    for name in names:
        cluster.nodes[name].host.disk_low = True


def test_another_node_stands_in_at_once_for_a_replica_that_refuses() -> None:
    cluster = Cluster("abcd")
    refusing(cluster, "b")
    assert cluster.put("a", cluster.key(), b"v", w=3).status == OK
    assert len(cluster.hints("d")) == 1
    assert "b" not in cluster.nodes["a"].host.detector.down, "it has answered"


def test_nobody_is_suspected_for_a_refusal_even_when_the_time_is_up() -> None:
    cluster = Cluster("abc", sloppy=False)
    refusing(cluster, "b")
    cluster.crash("c")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=2)
    cluster.settle()
    cluster.cut = of(sender="b")  # else whatever it says next would clear it
    cluster.run(2 * SECOND)
    assert cluster.reply(asked).status == INFO
    assert cluster.nodes["a"].host.detector.suspected == {"c"}


def test_a_put_that_too_few_replicas_take_is_unknown_at_once_and_no_failure() -> None:
    """Its version is on the coordinator's disk and will spread."""
    cluster = Cluster("abcd")
    refusing(cluster, "b", "c", "d")
    response = cluster.put("a", cluster.key(), b"v")
    assert (response.status, response.reason) == (INFO, "1 of W=2 acknowledged, the others refused")
    assert cluster.values("a", cluster.key()) == [b"v"]
    cluster.run(2 * SECOND)
    assert [len(replies) for replies in cluster.replies.values()] == [1], "nor again when the time is up"
    assert cluster.marked("a", "put missed W") == 0


def test_copies_of_a_refusal_and_refusals_of_strangers_change_nothing() -> None:
    cluster = Cluster("abcd")
    refusing(cluster, "b")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3)
    cluster.sync("a")
    cluster.deliver(of(Replicate, to="b"))
    (no,) = cluster.take(of(Refused))
    cluster.hand_in(no, no, no._replace(sender="z"))
    assert len(cluster.packets(of(Replicate, to="d"))) == 1
    cluster.settle()
    cluster.hand_in(no)
    assert cluster.reply(asked).status == OK


def test_a_refusal_after_the_acknowledgement_takes_nothing_back() -> None:
    cluster = Cluster("abcd")
    asked = cluster.ask("a", PUT, cluster.key(), b"v", w=3)
    cluster.sync("a")
    (sent,) = cluster.packets(of(Replicate, to="b"))
    cluster.settle()
    cluster.hand_in(Packet("b", "a", Refused(sent.message.op)))
    assert cluster.reply(asked).status == OK
    assert cluster.packets(of(Replicate)) == []


def test_refusals_do_not_spread_over_the_whole_ring() -> None:
    cluster = Cluster("abcdefghij")
    refusing(cluster, *"bcdefghij")
    cluster.put("a", cluster.key(), b"v")
    sent = [effect for name, effect in cluster.log if isinstance(getattr(effect, "message", None), Replicate)]
    assert len(sent) <= 2 + 3, "N-1 replicas, and N nodes in their place"


# Memory


def test_deadlines_of_closed_operations_do_not_pile_up() -> None:
    cluster = Cluster("abc", anti_entropy=False, cache_records=10)
    host = cluster.nodes["a"].host
    for _ in range(3 * COMPACT_FROM):
        cluster.get("a", cluster.key())
    assert len(host._deadlines) <= COMPACT_FROM


def test_the_times_of_dropped_hints_are_bounded_and_what_is_forgotten_counts_as_dropped_last() -> None:
    cluster = Cluster("abcd", max_hints=3, anti_entropy=False, handoff_us=100 * MS)
    kept = replica(cluster, "d")
    for at in range(8):
        cluster.now_us += 1 * MS
        cluster.hand_in(Packet("b", "d", Replicate(at, cluster.key(at), state(), "a")))
        cluster.sync("d")
        assert kept.drop_hint("a", cluster.key(at), state())
        assert len(kept.handed_off_us) <= 3
    reaper = cluster.nodes["d"].reaper
    host = cluster.nodes["d"].host
    host.now_us = kept.all_handed_off_us + host.config.reap_grace_us - 1
    assert not any(reaper.may(cluster.key(at), b"", None) for at in range(8))
    host.now_us = cluster.now_us + host.config.reap_grace_us
    assert all(reaper.may(cluster.key(at), b"", None) for at in range(8))


def test_hints_are_bounded_in_bytes_and_a_dropped_one_gives_its_bytes_back() -> None:
    cluster = Cluster("abcd", max_hint_bytes=1_500, anti_entropy=False)
    kept = replica(cluster, "d")
    for at in range(3):
        cluster.hand_in(Packet("b", "d", Replicate(at, cluster.key(at), state(b"v" * 500), "a")))
    assert [packet.message.op for packet in cluster.packets(of(Refused))] == [2]
    assert (kept.hint_count, kept.hint_bytes) == (2, 2 * (500 + 128))
    cluster.hand_in(Packet("b", "d", Replicate(9, cluster.key(), state(b"w" * 500, "y"), "a")))
    assert kept.hint_bytes == 2 * (500 + 128), "a hint cannot grow beyond it either"
    cluster.sync("d")
    cluster.reboot("d")
    kept = replica(cluster, "d")
    assert kept.hint_bytes == 2 * (500 + 128)
    assert kept.drop_hint("a", cluster.key(), state(b"v" * 500))
    assert kept.hint_bytes == 500 + 128


def test_an_owner_takes_in_one_batch_of_hints_of_a_node_at_a_time() -> None:
    """Else each resending to a disk that hangs would wait there as well."""
    cluster = Cluster("abcd", anti_entropy=False)
    for at in range(3):
        cluster.hand_in(Packet("b", "d", Replicate(at, cluster.key(at), state(), "a")))
    cluster.sync("d")
    cluster.wire.clear()
    cluster.stuck.add("a")
    cluster.run(20 * SECOND)
    assert cluster.marked("d", "handoff sent again") > 2
    assert cluster.marked("a", "batch of hints came before the last was durable") > 2
    assert len(cluster.nodes["a"].host.waiting) <= 3 + 1
    cluster.stuck.clear()
    cluster.run(3 * SECOND)
    assert cluster.hints("d") == []
    assert cluster.nodes["a"].handoff.arriving == {}


def test_a_batch_with_a_record_that_cannot_be_taken_in_blocks_no_later_one() -> None:
    cluster = Cluster("abcd", anti_entropy=False)
    cluster.hand_in(Packet("b", "d", Replicate(1, cluster.key(), state(), "a")))
    cluster.sync("d")
    replica(cluster, "a").damaged[cluster.key()] = None
    cluster.fire("d", "handoff")
    cluster.settle()
    assert cluster.nodes["a"].handoff.arriving == {}
    assert len(cluster.hints("d")) == 1


def test_tombstones_are_not_loaded_for_a_vote_all_at_once() -> None:
    cluster = Cluster("abcd", reap_grace_us=5 * SECOND, anti_entropy=False, cache_records=1)
    for index in range(50):
        seen = cluster.put("a", cluster.key(index), b"v").context
        cluster.delete("a", cluster.key(index), context=seen)
    cluster.now_us += 6 * SECOND
    cluster.slow_loads.add("a")
    for _ in range(5):
        cluster.fire("a", "reap")
    assert cluster.nodes["a"].host.loads_waiting <= 32


def test_a_member_whose_disk_is_behind_gives_no_vote() -> None:
    cluster = Cluster("abcd", max_unsynced=2, reap_grace_us=5 * SECOND, anti_entropy=False)
    seen = cluster.put("a", cluster.key(), b"v").context
    cluster.delete("a", cluster.key(), context=seen)
    cluster.now_us += 6 * SECOND
    cluster.stuck.add("b")
    for op in range(2):
        cluster.hand_in(Packet("c", "b", Replicate(op, cluster.key(op + 1), state())))
    cluster.fire("a", "reap")
    cluster.settle()
    assert cluster.held("a", cluster.key()) is not None


def test_what_one_overloaded_node_is_asked_for_shows_nowhere() -> None:
    """The clear answer is true: no replica and no hint of a refused put exists, now or later."""
    cluster = Cluster("abcd", max_inflight=1, handoff_us=100 * MS, exchange_us=200 * MS)
    cluster.stuck.add("a")
    cluster.ask("a", PUT, cluster.key(), b"first")
    for number in range(20):
        cluster.ask("a", PUT, cluster.key(), b"refused %d" % number)
    cluster.stuck.clear()
    cluster.run(10 * SECOND)
    for name in "abcd":
        for held in cluster.disks[name].durable[DATA].values():
            assert isinstance(held, Siblings)
            assert [version.value for version in held.versions] == [b"first"]
        assert cluster.hints(name) == []


def test_a_request_that_came_twice_while_it_was_under_way_is_no_second_one() -> None:
    cluster = Cluster("abc", max_inflight=1)
    cluster.stuck.add("a")
    asked = cluster.ask("a", PUT, cluster.key(), b"v")
    cluster.nodes["a"].requests.asked("again", Request(asked, PUT, cluster.key(), b"v"))
    assert asked not in cluster.replies
    cluster.stuck.clear()
    cluster.settle()
    assert [response.status for response in cluster.replies[asked]] == [OK, OK]


def test_an_answered_get_that_still_listens_to_replicas_holds_its_place() -> None:
    """It keeps replies in memory for read repair until the silent ones are given up."""
    cluster = Cluster("abc", max_inflight=2, anti_entropy=False)
    cluster.cut = of(Read, to="c")
    asked = [cluster.ask("a", GET, cluster.key()) for _ in range(2)]
    cluster.settle()
    assert [cluster.reply(each).status for each in asked] == [OK, OK]
    refused(cluster, cluster.ask("a", GET, cluster.key()), "2 operations are under way here")
    cluster.run(200 * MS)
    assert cluster.get("a", cluster.key()).status == OK
