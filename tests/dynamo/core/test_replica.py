"""A node's records: loaded in order, merged, told only when durable, and never more of them than the limits say."""

from dynamo.core.effects import DATA, HINT, Load, hint_key
from dynamo.core.messages import FAIL, PUT, Read, ReadReply, Replicate, Stored
from dynamo.core.siblings import NOTHING, Siblings, Version
from tests.dynamo.core.cluster import Cluster, Packet, of


def version(actor: str, counter: int = 1, value: bytes = b"v") -> Siblings:
    return Siblings({actor: counter}, (Version(actor, counter, value),))


def replicate(state: Siblings, key: bytes, to: str = "a", owner: str = "", op: int = 9) -> Packet:
    return Packet("b", to, Replicate(op, key, state, owner))


def test_a_key_that_is_not_in_memory_is_loaded_once_and_whoever_asks_meanwhile_waits_in_line() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.slow_loads.add("a")
    cluster.hand_in(*[Packet("b", "a", Read(op, key)) for op in (3, 1, 2)])
    assert cluster.loads["a"] == [Load(DATA, key)]
    assert cluster.wire == []
    cluster.answer_loads("a")
    assert [packet.message for packet in cluster.wire] == [ReadReply(op, b"", NOTHING) for op in (3, 1, 2)]


def test_a_record_in_memory_is_not_loaded_again() -> None:
    cluster = Cluster("abc")
    cluster.put("a", cluster.key(), b"v")
    cluster.slow_loads.add("a")
    cluster.get("a", cluster.key())
    cluster.put("a", cluster.key(), b"w")
    assert cluster.loads["a"] == []


def test_writes_that_wait_for_a_load_are_merged_into_what_it_finds() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("a", key, b"old")
    cluster.reboot("a")
    cluster.slow_loads.add("a")
    cluster.hand_in(replicate(version("x", value=b"new"), key))
    cluster.answer_loads("a")
    cluster.sync("a")
    assert cluster.values("a", key) == [b"old", b"new"]


def test_nothing_of_a_record_leaves_before_it_is_durable_here() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.hand_in(replicate(version("x"), key), Packet("c", "a", Read(5, key)))
    assert cluster.wire == []
    cluster.sync("a")
    assert [(packet.to, type(packet.message)) for packet in cluster.wire] == [("b", Stored), ("c", ReadReply)]


def test_a_write_that_brings_nothing_new_is_acknowledged_without_another_write() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    packet = replicate(version("x"), key)
    cluster.hand_in(packet)
    cluster.sync("a")
    cluster.take(of(Stored))
    cluster.hand_in(packet)
    assert cluster.disks["a"].unsynced == []
    assert len(cluster.packets(of(Stored))) == 1


def test_a_duplicate_of_a_write_that_is_not_durable_yet_waits_for_it() -> None:
    cluster = Cluster("abc")
    packet = replicate(version("x"), cluster.key())
    cluster.hand_in(packet, packet)
    assert cluster.wire == []
    cluster.sync("a")
    assert len(cluster.packets(of(Stored))) == 2


def test_hints_of_one_key_for_one_owner_are_merged() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    for actor in ("x", "y"):
        cluster.hand_in(replicate(version(actor), key, to="d", owner="a"))
    cluster.sync("d")
    kept = cluster.held("d", hint_key("a", key), HINT)
    assert kept is not None
    assert [v.actor for v in kept.versions] == ["x", "y"]
    assert cluster.nodes["d"].replica.hint_count == 1


def test_what_is_hinted_for_several_owners_is_told_as_one() -> None:
    cluster = Cluster("abcd")
    key = cluster.key()
    cluster.hand_in(
        replicate(version("x"), key, to="d", owner="a"), replicate(version("y"), key, to="d", owner="b", op=10)
    )
    cluster.sync("d")
    cluster.hand_in(Packet("c", "d", Read(5, key)))
    (reply,) = cluster.take(of(ReadReply))
    assert [v.actor for v in reply.message.state.versions] == ["x", "y"]


def test_a_hint_is_acknowledged_only_when_it_is_durable() -> None:
    cluster = Cluster("abcd")
    cluster.hand_in(replicate(version("x"), cluster.key(), to="d", owner="a"))
    assert cluster.wire == []
    cluster.sync("d")
    assert len(cluster.packets(of(Stored, to="b"))) == 1


def test_a_hint_for_the_node_itself_is_its_own_record() -> None:
    cluster = Cluster("abcd")
    cluster.hand_in(replicate(version("x"), cluster.key(), to="a", owner="a"))
    cluster.sync("a")
    assert cluster.values("a", cluster.key()) == [b"v"]
    assert cluster.hints("a") == []


def test_a_full_hint_store_acknowledges_nothing_more_but_what_it_keeps_may_grow() -> None:
    cluster = Cluster("abcd", max_hints=1)
    first, second = cluster.key(0), cluster.key(1)
    cluster.hand_in(replicate(version("x"), first, to="d", owner="a", op=1))
    cluster.hand_in(replicate(version("x"), second, to="d", owner="a", op=2))
    cluster.hand_in(replicate(version("y"), first, to="d", owner="a", op=3))
    cluster.hand_in(replicate(version("x"), second, to="d", owner="b", op=4))
    cluster.sync("d")
    assert [packet.message.op for packet in cluster.packets(of(Stored))] == [1, 3]
    assert cluster.hints("d") == [hint_key("a", first)]


def test_a_fallback_coordinator_with_a_full_hint_store_fails_the_put() -> None:
    cluster = Cluster("abcd", max_hints=0)
    for name in "abc":
        cluster.nodes["d"].host.detector.missed(name, cluster.now_us)
    asked = cluster.ask("d", PUT, cluster.key(), b"v", w=1)
    assert cluster.reply(asked)[1:3] == (FAIL, "the coordinator's hint store is full")
    cluster.settle()
    assert cluster.minted == []
    assert cluster.get("b", cluster.key(), r=3).values == ()


def test_the_cache_is_bounded_when_cold_keys_are_read() -> None:
    cluster = Cluster("abc", cache_records=4)
    for index in range(30):
        cluster.put("b", cluster.key(index), b"v")
    cluster.reboot("a")
    for index in range(30):
        assert cluster.get("a", cluster.key(index)).values == (b"v",)
        assert len(cluster.nodes["a"].replica.cache) <= 4


def test_the_cache_shrinks_to_its_bound_after_a_burst_of_writes() -> None:
    """While a write is not durable its record must stay; afterwards it need not."""
    cluster = Cluster("abc", cache_records=4)
    for index in range(30):
        cluster.ask("a", PUT, cluster.key(index), b"v")
    cluster.settle()
    for index in range(30, 36):
        cluster.put("a", cluster.key(index), b"v")
    assert len(cluster.nodes["a"].replica.cache) <= 5


def test_a_key_that_is_written_all_the_time_does_not_keep_the_others_in_memory() -> None:
    """Its record is never durable when another one comes in."""
    cluster = Cluster("abc", cache_records=4)
    hot = cluster.key(0)
    for index in range(1, 40):
        cluster.ask("a", PUT, hot, b"v")
        cluster.ask("a", PUT, cluster.key(index), b"v")
        cluster.settle()
    assert len(cluster.nodes["a"].replica.cache) <= 6


def test_an_evicted_record_is_found_again() -> None:
    cluster = Cluster("abc", cache_records=1)
    for index in range(5):
        cluster.put("a", cluster.key(index), b"%d" % index)
    assert [cluster.get("a", cluster.key(index)).values for index in range(5)] == [(b"%d" % i,) for i in range(5)]


def test_a_damaged_record_that_a_load_finds_is_told_to_nobody_and_takes_no_writes() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    cluster.put("a", key, b"v")
    cluster.reboot("a")
    cluster.disks["a"].corrupt.add(key)
    cluster.hand_in(replicate(version("x"), key), Packet("b", "a", Read(5, key)))
    asked = cluster.ask("a", PUT, key, b"w")
    cluster.sync("a")
    assert [packet.message for packet in cluster.wire] == [ReadReply(5, b"", None)]
    assert cluster.reply(asked).status == FAIL
    assert cluster.disks["a"].unsynced == []


# Buffered writes (section 6.1)


def buffered() -> tuple[Cluster, bytes]:
    """`b` has acknowledged a version from memory; `a`, its coordinator, has it on its disk."""
    cluster = Cluster("abc", durable_copies=1, sloppy=False)
    key = cluster.key()
    cluster.ask("a", "put", key, b"v")
    cluster.sync("a")
    cluster.deliver(of(Replicate, to="b"))
    return cluster, key


def test_a_write_that_nobody_waits_for_says_so_and_is_acknowledged_before_it_is_durable() -> None:
    cluster, key = buffered()
    assert [packet.sender for packet in cluster.packets(of(Stored))] == ["b"]
    assert cluster.held("b", key) is None
    assert [write.buffered for write in cluster.disks["b"].unsynced] == [True]


def test_a_buffered_version_is_shown_to_readers_because_its_coordinator_has_it_on_disk() -> None:
    cluster, key = buffered()
    cluster.hand_in(Packet("c", "b", Read(7, key)))
    (reply,) = cluster.packets(of(ReadReply))
    assert [version.value for version in reply.message.state.versions] == [b"v"]


def test_a_buffered_version_is_not_counted_as_durable_by_whoever_needs_it_to_be() -> None:
    """An acknowledgement that must come from the disk waits, though the version is in memory already."""
    cluster, _ = buffered()
    cluster.take(of(Stored))
    (replicate,) = cluster.packets(of(Replicate, to="c"))
    cluster.hand_in(Packet("a", "b", replicate.message._replace(op=99, durable=True)))
    assert cluster.packets(of(Stored)) == []
    cluster.sync("b")
    assert [packet.message.op for packet in cluster.packets(of(Stored))] == [99]


def test_a_crash_may_take_a_buffered_version_from_a_replica_but_not_from_the_store() -> None:
    cluster, key = buffered()
    cluster.settle()
    cluster.reboot("b")
    cluster.settle()
    assert cluster.get("c", key, r=3).values == (b"v",)
