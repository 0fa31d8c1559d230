"""Anti-entropy with Merkle trees (Dynamo, section 4.7), and the recovery of a lost disk with it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core.messages import (
    PUT,
    Read,
    ReadReply,
    Replicate,
    TreeLeaves,
    TreeNodes,
    TreeRecord,
    TreeRoots,
    TreeSame,
)
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of

TREE = of(TreeRoots, TreeNodes, TreeLeaves, TreeRecord, TreeSame)


def fill(cluster: Cluster, name: str, index: int, actors: tuple[str, ...]) -> None:
    """`name`, and nobody else, holds one version of each of `actors` under key number `index`."""
    for actor in actors:
        state = Siblings({actor: 1}, (Version(actor, 1, actor.encode()),))
        cluster.hand_in(Packet("b" if name == "a" else "a", name, Replicate(1, cluster.key(index), state)))
    cluster.sync(name)
    cluster.wire.clear()


def exchange(cluster: Cluster, starts: str, lose: int = -1) -> list[Packet]:
    """One round of `starts` with a peer; message number `lose` of it is lost. Returns what travelled."""
    cluster.fire(starts, "exchange")
    travelled: list[Packet] = []
    while packets := cluster.take(lambda _packet: True):
        for packet in packets:
            if len(travelled) != lose:
                cluster.hand_in(packet)
            travelled.append(packet)
            cluster.sync()
    return travelled


def same(cluster: Cluster) -> bool:
    """Whether the two nodes `a` and `b` hold the same records on their disks and in their trees."""
    a, b = (cluster.disks[name].durable["data"] for name in "ab")
    roots = [cluster.nodes[name].host.forest.roots(range(2)) for name in "ab"]
    assert (a == b) == (roots[0] == roots[1]), "the trees say what the disks hold"
    return a == b


PAIR = {"n": 2, "r": 1, "w": 1}
CONTENTS = st.dictionaries(st.integers(0, 9), st.sets(st.sampled_from("xyz"), min_size=1).map(sorted).map(tuple))


@given(CONTENTS, CONTENTS, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_two_replicas_that_differ_converge_in_one_round(
    mine: dict[int, tuple[str, ...]], theirs: dict[int, tuple[str, ...]], depth: int
) -> None:
    cluster = Cluster("ab", merkle_depth=depth, **PAIR)
    for name, contents in (("a", mine), ("b", theirs)):
        for index, actors in contents.items():
            fill(cluster, name, index, actors)
    exchange(cluster, "a")
    assert same(cluster)
    for index in mine.keys() | theirs.keys():
        union = sorted({*mine.get(index, ()), *theirs.get(index, ())})
        assert cluster.values("a", cluster.key(index)) == [actor.encode() for actor in union]


@given(CONTENTS, CONTENTS, st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_the_loss_of_any_one_message_only_postpones_convergence(
    mine: dict[int, tuple[str, ...]], theirs: dict[int, tuple[str, ...]], lost: int
) -> None:
    cluster = Cluster("ab", **PAIR)
    for name, contents in (("a", mine), ("b", theirs)):
        for index, actors in contents.items():
            fill(cluster, name, index, actors)
    exchange(cluster, "a", lose=lost)
    exchange(cluster, "b")
    assert same(cluster)


def test_only_records_that_differ_travel() -> None:
    cluster = Cluster("ab", **PAIR)
    for index in range(20):
        cluster.put("a", cluster.key(index), b"v")
    fill(cluster, "b", 3, ("x",))
    fill(cluster, "a", 17, ("y",))
    records = [packet for packet in exchange(cluster, "a") if isinstance(packet.message, TreeRecord)]
    assert {packet.message.key for packet in records} == {cluster.key(3), cluster.key(17)}
    assert len(records) == 4, "each side sends its record of each key once"


def test_equal_replicas_exchange_their_roots_and_nothing_else() -> None:
    cluster = Cluster("ab", **PAIR)
    for index in range(5):
        cluster.put("a", cluster.key(index), b"v")
    assert [type(packet.message) for packet in exchange(cluster, "a")] == [TreeRoots]


def test_a_record_that_one_side_lacks_travels_once() -> None:
    cluster = Cluster("ab", **PAIR)
    fill(cluster, "a", 0, ("x",))
    records = [packet for packet in exchange(cluster, "b") if isinstance(packet.message, TreeRecord)]
    assert [packet.sender for packet in records if packet.message.state.versions] == ["a"]
    assert [packet.sender for packet in records if packet.message.wanted] in ([], ["b"])
    assert same(cluster)


def test_a_message_sets_no_more_records_in_motion_than_the_limit() -> None:
    cluster = Cluster("ab", exchange_keys=3, **PAIR)
    for index in range(10):
        fill(cluster, "a", index, ("x",))
    for _ in range(10):
        cluster.fire("a", "exchange")
        while not cluster.packets(of(TreeLeaves)) and cluster.wire:
            cluster.deliver()
        for packet in cluster.take(of(TreeLeaves)):
            cluster.hand_in(packet)
            assert len(cluster.packets(of(TreeRecord, sender=packet.to))) <= 3
        cluster.settle()
    assert same(cluster)


def test_nothing_that_is_not_durable_travels() -> None:
    cluster = Cluster("ab", **PAIR)
    cluster.stuck.add("a")
    cluster.ask("a", PUT, cluster.key(), b"v")
    for starts in "ab":
        cluster.fire(starts, "exchange")
        cluster.settle()
    assert cluster.held("b", cluster.key()) is None


def test_a_tombstone_travels_and_what_it_covers_does_not_come_back() -> None:
    cluster = Cluster("abc")
    key = cluster.key()
    shown = cluster.put("a", key, b"v", w=3)
    cluster.cut = of(to="c")
    cluster.delete("a", key, context=shown.context)
    cluster.run(1 * SECOND)
    cluster.cut = lambda _packet: False
    cluster.run(20 * SECOND)
    assert [cluster.values(name, key) for name in "abc"] == [[], [], []]
    assert [cluster.held(name, key) is not None for name in "abc"] == [True] * 3


def test_a_record_for_a_key_that_the_node_does_not_own_is_not_taken() -> None:
    cluster = Cluster("abcd")
    state = Siblings({"x": 1}, (Version("x", 1, b"v"),))
    cluster.hand_in(Packet("a", "d", TreeRecord(cluster.key(), state, False)))
    assert cluster.disks["d"].unsynced == []


# Recovery of a lost disk


def lost(keys: int = 3) -> tuple[Cluster, bytes]:
    """`a` has lost its disk and has booted on another one."""
    cluster = Cluster("abc")
    for index in range(keys):
        cluster.put("b", cluster.key(index), b"v")
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.sync("a")
    return cluster, cluster.key()


def told(cluster: Cluster, key: bytes) -> Siblings | None:
    """What `a` answers to a read."""
    cluster.hand_in(Packet("b", "a", Read(5, key)))
    cluster.sync("a")
    (reply,) = cluster.take(of(ReadReply, to="b"))
    state = reply.message.state
    assert state is None or isinstance(state, Siblings)
    return state


def until(cluster: Cluster, done: Callable[[], bool]) -> None:
    """Rounds that `a` starts, until `done`."""
    for _ in range(60):
        if done():
            return
        cluster.fire("a", "exchange")
        cluster.settle()
    raise AssertionError("it does not end")


def test_a_partition_answers_reads_only_after_every_other_owner_has_confirmed_it() -> None:
    cluster, key = lost()
    recovering = cluster.nodes["a"].replica.recovering
    partition = cluster.ring.partition_of(key)
    assert recovering[partition] == {"b", "c"}
    cluster.cut = of(to="c")
    until(cluster, lambda: recovering[partition] == {"c"})
    assert told(cluster, key) is None, "one owner has not confirmed it"
    cluster.cut = lambda _packet: False
    until(cluster, lambda: recovering == {})
    assert told(cluster, key) == cluster.held("b", key)


def test_who_recovers_asks_those_first_who_have_not_confirmed_it_and_the_others_too() -> None:
    """(Once it met its peers by chance alone, and among ten of them one could stay away for more than a minute.)"""
    cluster = Cluster("abcdefgh", n=7, partitions=8)
    node = cluster.nodes["a"]
    partition = node.host.ring.partitions_of("a")[0]
    lacking = next(name for name in node.host.ring.owners(partition) if name != "a")

    def asked(rounds: int) -> list[str]:
        for _ in range(rounds):
            cluster.fire("a", "exchange")
        return [packet.to for packet in cluster.take(of(TreeRoots, sender="a"))]

    assert asked(70).count(lacking) < 25
    node.replica.recovering[partition] = {lacking}
    met = asked(70)
    assert met.count(lacking) > 30
    assert set(met) == set("bcdefgh")
    node.host.detector.missed(lacking, cluster.now_us)
    assert lacking not in asked(20)


def test_a_copy_that_still_differs_is_not_confirmed() -> None:
    cluster, _ = lost()
    partition = cluster.ring.partition_of(cluster.key())
    cluster.fire("a", "exchange")
    cluster.deliver(of(TreeRoots))
    (confirmed,) = [packet.message.partitions for packet in cluster.packets(of(TreeSame))]
    assert partition not in confirmed


def test_writes_are_taken_and_acknowledged_during_recovery() -> None:
    cluster, key = lost()
    assert cluster.put("a", key, b"new", w=3).status == "ok"
    assert told(cluster, key) is None
    until(cluster, lambda: not cluster.nodes["a"].replica.recovering)
    assert cluster.values("a", key) == cluster.values("b", key) == [b"new", b"v"]


def test_a_restart_in_the_middle_of_recovery_does_not_end_it() -> None:
    """The new disk has an identity by now, and is as empty as before: an answer would deny an acknowledged put."""
    cluster, key = lost()
    cluster.reboot("a")
    assert told(cluster, key) is None


def test_an_acknowledged_put_is_read_after_one_disk_was_lost_and_its_node_restarted_twice() -> None:
    """R + W > N, and fewer than W disks lost (section 4.5). Only `a` and `b` had acknowledged the put."""
    cluster = Cluster("abc", sloppy=False)
    key = cluster.key()
    cluster.ask("b", PUT, key, b"v")
    cluster.sync("b")
    cluster.take(of(Replicate, to="c"))
    cluster.settle()
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.sync("a")
    cluster.reboot("a")
    cluster.cut = of(to="b")
    asked = cluster.ask("c", "get", key)
    cluster.settle()
    assert asked not in cluster.replies or cluster.reply(asked).values == (b"v",)


def test_a_confirmation_of_what_an_earlier_life_held_is_not_believed() -> None:
    """`TreeSame` speaks of one moment since the start; this one answers roots from before the disk was lost again."""
    cluster, key = lost()
    until(cluster, lambda: cluster.held("a", key) == cluster.held("b", key))
    late: list[Packet] = []
    for _ in range(20):
        cluster.fire("a", "exchange")
        cluster.deliver(of(TreeRoots))
        late += cluster.take(of(TreeSame, to="a"))
        cluster.settle()
    assert {packet.sender for packet in late} == {"b", "c"}
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.sync("a")
    cluster.hand_in(*late)
    assert told(cluster, key) is None


@pytest.mark.parametrize("names", ["a", "ab"])
def test_where_nobody_else_owns_a_partition_there_is_nothing_to_wait_for(names: str) -> None:
    cluster = Cluster(names, n=1, r=1, w=1)
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.settle()
    assert cluster.get("a", cluster.key()).status == "ok"
