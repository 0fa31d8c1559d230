"""Gets: what is repaired, by whom and how late, where the coordinator, its disk or the ring is not as it was."""

from typing import Any

import pytest

from dynamo.core.messages import FAIL, GET, PUT, Read, ReadReply, Replicate, Stored
from tests.dynamo.core.cluster import Cluster, of
from tests.dynamo.core.operating import joining

OUTLIVED = "operation outlived its time"


def stale_coordinator(**config: Any) -> tuple[Cluster, bytes]:
    """`a` holds b"old" and the other two owners b"new", which replaced it."""
    cluster = Cluster("abc", anti_entropy=False, **config)
    key = cluster.key()
    seen = cluster.put("a", key, b"old").context
    cluster.ask("b", PUT, key, b"new", context=seen)
    cluster.sync("b")
    cluster.take(of(Replicate, to="a"))
    cluster.settle()
    for node in cluster.nodes.values():
        node.puts.pending.clear()
    assert [cluster.values(name, key) for name in "abc"] == [[b"old"], [b"new"], [b"new"]]
    return cluster, key


# The own copy


@pytest.mark.parametrize("read_repair", ["after", "blocking"])
def test_a_coordinator_repairs_its_own_copy(read_repair: str) -> None:
    cluster, key = stale_coordinator(read_repair=read_repair)
    assert cluster.get("a", key).values == (b"new",)
    assert cluster.values("a", key) == [b"new"]


def test_a_coordinator_whose_disk_is_low_answers_and_leaves_its_own_copy_as_it_is() -> None:
    cluster, key = stale_coordinator()
    cluster.nodes["a"].host.disk_low = True
    assert cluster.get("a", key).values == (b"new",)
    assert cluster.values("a", key) == [b"old"]


def test_a_coordinator_whose_disk_is_low_is_no_holder_of_what_it_answers() -> None:
    cluster, key = stale_coordinator(read_repair="blocking")
    cluster.nodes["a"].host.disk_low = True
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    cluster.sync("a")
    assert asked not in cluster.replies, "b alone holds it, as far as anybody knows"
    cluster.settle()
    assert cluster.reply(asked).values == (b"new",)


def test_a_coordinator_whose_copy_is_found_damaged_leaves_it_to_healing() -> None:
    """The record is read for the answer, evicted, and cannot be read again."""
    cluster, key = stale_coordinator(cache_records=1)
    asked = cluster.ask("a", GET, key)
    cluster.deliver(of(Read))
    cluster.disks["a"].corrupt.add(key)
    cluster.nodes["a"].replica.damage(key)
    cluster.deliver(of(ReadReply))
    assert cluster.reply(asked).values == (b"new",)
    cluster.settle()
    assert key in cluster.nodes["a"].replica.damaged


# Late


def silent(name: str, **config: Any) -> tuple[Cluster, bytes]:
    cluster = Cluster("abc", sloppy=False, anti_entropy=False, **config)
    cluster.put("a", cluster.key(), b"v")
    cluster.cut = of(Read, to=name)
    return cluster, cluster.key()


def test_who_stays_silent_after_the_answer_is_missed_once_more_when_the_time_is_up() -> None:
    """The answer came between the first look at who is silent and the deadline."""
    cluster, key = silent("c")
    asked = cluster.ask("a", GET, key)
    late = cluster.take(of(Read, to="b"))
    cluster.run(cluster.config.hedge_us)
    assert asked not in cluster.replies
    cluster.hand_in(*late)
    cluster.settle()
    assert cluster.reply(asked).values == (b"v",)
    assert cluster.nodes["a"].gets.pending, "it still listens to c"
    cluster.nodes["a"].host.detector.suspected.clear()
    cluster.run(cluster.config.timeout_us)
    assert cluster.nodes["a"].gets.pending == {}
    assert cluster.nodes["a"].host.detector.suspected == {"c"}
    assert cluster.marked("a", "get missed R") == 0


@pytest.mark.parametrize("looked", [False, True], ids=["before it looked who is silent", "after it"])
@pytest.mark.parametrize("answered", [False, True])
def test_a_coordinator_that_slept_too_long_spreads_nothing_that_it_had_learned(looked: bool, answered: bool) -> None:
    """What it knows may have been deleted and forgotten since by all others."""
    cluster, key = stale_coordinator(sloppy=False)
    cluster.cut = of(Read, to="c")
    asked = cluster.ask("a", GET, key, r=3)
    if looked:
        cluster.run(cluster.config.hedge_us)
    cluster.deliver(of(Read, to="b"))
    cluster.deliver(of(ReadReply))
    if answered:
        get = next(iter(cluster.nodes["a"].gets.pending.values()))
        get.answered = True
    cluster.now_us += cluster.config.operation_life_us + 1
    cluster.fire("a", "deadlines")
    assert cluster.packets(of(Replicate)) == []
    assert cluster.nodes["a"].gets.pending == {}
    assert cluster.marked("a", OUTLIVED) == 1
    assert cluster.values("a", key) == [b"old"]
    assert (asked in cluster.replies) == (not answered)
    if not answered:
        assert cluster.reply(asked).status == FAIL


def test_an_acknowledged_repair_of_a_get_that_is_over_is_no_acknowledgement_of_a_put() -> None:
    cluster, key = stale_coordinator(sloppy=False)
    cluster.cut = of(Read, to="c")
    cluster.ask("b", GET, key)
    op = next(iter(cluster.nodes["b"].gets.pending))
    assert cluster.nodes["b"].gets.repaired("a", op), "it is not repaired by blocking; still it is a get's"
    cluster.settle()
    cluster.run(cluster.config.timeout_us)
    assert cluster.nodes["b"].gets.pending == {}
    assert cluster.nodes["b"].gets.repaired("a", op)
    assert not cluster.nodes["b"].gets.repaired("a", 7)


# While the membership changes


def test_blocking_repair_waits_for_so_many_holders_in_each_list_of_owners() -> None:
    """Else a get that asks the other list could miss what was shown."""
    cluster = joining("transfer", read_repair="blocking", anti_entropy=False)
    ring = cluster.nodes["a"].host.ring
    partition = next(at for at in range(8) if len(ring.quorums(at)) == 2)
    key = cluster.key(0, partition)
    old, new = (set(owners) for owners in ring.quorums(partition))
    (going,), staying = old - new, sorted(old & new)
    assert new - old == {"x"}
    cluster.ask(going, PUT, key, b"v")
    cluster.sync(going)
    cluster.take(of(Replicate))
    asked = cluster.ask(going, GET, key)
    cluster.deliver(of(Read, to=staying[0]))
    cluster.deliver(of(ReadReply))
    repairs = {packet.to: packet for packet in cluster.take(of(Replicate))}
    assert set(repairs) == {*staying, "x"}, "the one that no get asks yet must hold it too"
    for name, answered in ((staying[0], False), ("x", True)):
        cluster.hand_in(repairs[name])
        cluster.sync(name)
        cluster.deliver(of(Stored))
        assert (asked in cluster.replies) == answered
    assert cluster.reply(asked).values == (b"v",)


def test_where_both_lists_are_the_same_owners_one_quorum_of_holders_is_enough() -> None:
    cluster = joining("transfer", read_repair="blocking", anti_entropy=False)
    ring = cluster.nodes["a"].host.ring
    partition = next(at for at in range(8) if len(ring.quorums(at)) == 1)
    key, (one, other, _) = cluster.key(0, partition), ring.owners(partition)
    cluster.ask(one, PUT, key, b"v")
    cluster.sync(one)
    cluster.take(of(Replicate))
    asked = cluster.ask(one, GET, key)
    cluster.deliver(of(Read, to=other))
    cluster.deliver(of(ReadReply))
    cluster.deliver(of(Replicate, to=other))
    cluster.sync(other)
    assert asked not in cluster.replies
    cluster.deliver(of(Stored))
    assert cluster.reply(asked).values == (b"v",)
