"""Evacuation of hints: for whoever owns the key no more, or is dead, or does not exist any more."""

import pytest

from dynamo.core.effects import DATA, META, hint_key
from dynamo.core.membership import encode_table
from dynamo.core.messages import OK, Operated, Replicate
from dynamo.core.participant import MEMBERS
from tests.dynamo.core.cluster import SECOND, Cluster, Packet
from tests.dynamo.core.evacuating import leaving, owners, state


def hinting(cluster: Cluster) -> tuple[bytes, str, str]:
    """A key with a hint at a stand-in for `e`, who cannot be reached: the key, the stand-in and the node asked."""
    partition = next(at for at in range(5) if cluster.ring.owners(at)[0] != "e" and "e" in cluster.ring.owners(at))
    key = cluster.key(0, partition)
    asked, stand_in = cluster.ring.owners(partition)[0], cluster.ring.walk(partition)[3]
    cluster.nodes[asked].host.detector.missed("e", cluster.now_us)
    assert cluster.put(asked, key, b"hinted").status == OK
    assert cluster.hints(stand_in) == [hint_key("e", key)]
    for name in cluster.nodes:
        cluster.nodes[name].host.detector.missed("e", cluster.now_us)
    return key, stand_in, asked


def test_a_hint_for_a_node_that_was_removed_becomes_hints_for_the_owners() -> None:
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, asked = hinting(cluster)
    cluster.crash("e")
    driver = next(name for name in "abcd" if name != stand_in)
    assert cluster.operate(driver, "remove", "e").status == "ok"
    cluster.reach(stand_in, "flip")
    assert cluster.hints(stand_in) == [hint_key("e", key)], "until the old list is not asked any more"
    cluster.reach(stand_in, "")
    assert cluster.marked(stand_in, "hint rerouted") == 1
    cluster.run(5 * SECOND)
    assert cluster.hints(stand_in) == []
    assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"hinted"]] * 3
    assert asked in "abcd"


@pytest.mark.parametrize("finished", [True, False])
def test_a_hint_for_a_node_that_left_is_rerouted_even_if_it_comes_when_the_change_is_over(finished: bool) -> None:
    """The message that brings it may be on its way for long. (Once it stayed where it was until the next change.)"""
    cluster = Cluster("abcde", anti_entropy=False)
    key = cluster.key(0, 0)
    held = Packet("a", "d", Replicate(99, key, state(b"late"), "c"))
    assert cluster.ring.owners(0) == ("a", "b", "c")
    assert cluster.operate("a", "leave", "c").status == "ok"
    cluster.settle()
    cluster.reach("d", "" if finished else "close")
    cluster.hand_in(held)
    cluster.settle()
    cluster.run(20 * SECOND)
    assert cluster.table("d").names == ("a", "b", "d", "e")
    assert cluster.hints("d") == []
    assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"late"]] * 3


def test_whoever_keeps_a_hint_and_is_an_owner_now_takes_it_into_its_own_record() -> None:
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, _ = hinting(cluster)
    before = cluster.held(stand_in, key)
    cluster.crash("e")
    driver = next(name for name in "abcd" if name != stand_in)
    cluster.operate(driver, "remove", "e")
    cluster.settle()
    cluster.reach(stand_in, "")
    assert before is None
    assert stand_in in owners(cluster, key)
    assert cluster.values(stand_in, key) == [b"hinted"]


def test_a_hint_waits_where_the_own_record_that_it_belongs_to_is_damaged() -> None:
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, _ = hinting(cluster)
    cluster.crash("e")
    driver = next(name for name in "abcd" if name != stand_in)
    cluster.operate(driver, "remove", "e")
    cluster.reach(stand_in, "flip")
    replica = cluster.nodes[stand_in].replica
    replica.damage(key)
    cluster.nodes[stand_in].healing.tick = lambda: None  # type: ignore[method-assign]
    for _ in range(6):
        cluster.tend()
    assert cluster.phase(stand_in) == "close"
    assert hint_key("e", key) in cluster.hints(stand_in)
    del cluster.nodes[stand_in].healing.tick
    cluster.run(20 * SECOND)
    assert cluster.phase(stand_in) == ""
    assert cluster.hints(stand_in) == []
    assert cluster.values(stand_in, key) == [b"hinted"]


def test_a_hint_that_has_gone_meanwhile_or_is_right_again_is_left_alone() -> None:
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, _ = hinting(cluster)
    replica = cluster.nodes[stand_in].replica
    replica.misrouted["e", key] = None
    replica.misrouted["e", b"gone"] = None
    assert not cluster.nodes[stand_in].evacuation.finished
    cluster.tend(stand_in)
    assert replica.misrouted == {}
    assert cluster.hints(stand_in) == [hint_key("e", key)]
    assert cluster.marked(stand_in, "hint rerouted") == 0


def test_a_hint_that_is_loaded_for_twice_is_rerouted_once() -> None:
    """Its keeper is an owner now, and the own record comes slower than the intervals pass."""
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, _ = hinting(cluster)
    cluster.crash("e")
    cluster.operate(next(name for name in "abcd" if name != stand_in), "remove", "e")
    cluster.reach(stand_in, "flip")
    for name in "abcd":
        if cluster.phase(stand_in) == "flip":
            cluster.tend(name)
    assert cluster.phase(stand_in) == "close"
    assert cluster.hints(stand_in) == [hint_key("e", key)]
    cluster.nodes[stand_in].replica.cache.clear()
    cluster.slow_loads.add(stand_in)
    for _ in range(2):
        cluster.now_us += cluster.config.handoff_us
        cluster.fire(stand_in, "handoff")
    assert cluster.marked(stand_in, "hint rerouted") == 0
    cluster.slow_loads.clear()
    cluster.answer_loads(stand_in)
    assert cluster.marked(stand_in, "hint rerouted") == 1
    cluster.settle()
    assert cluster.nodes[stand_in].replica.misrouted == {}
    assert cluster.values(stand_in, key) == [b"hinted"]


def test_nothing_is_moved_while_the_disk_is_low() -> None:
    """Hints take room before the record leaves it."""
    cluster, held = leaving(keys=1)
    cluster.nodes["e"].host.disk_low = True
    for _ in range(3):
        cluster.tend()
    assert [key for key in held if cluster.held("e", key) is not None] == held
    assert cluster.hints("e") == []
    assert cluster.phase("e") == "close", "and the change waits for it"
    cluster.nodes["e"].host.disk_low = False
    cluster.reach("a", "")
    assert cluster.disks["e"].durable[DATA] == {}


def test_what_is_loaded_twice_is_moved_once() -> None:
    """The disk answers slower than the intervals pass."""
    cluster, held = leaving(keys=1)
    cluster.nodes["e"].replica.cache.clear()
    cluster.slow_loads.add("e")
    for _ in range(2):
        cluster.now_us += cluster.config.handoff_us
        cluster.fire("e", "handoff")
    cluster.slow_loads.clear()
    cluster.answer_loads("e")
    cluster.settle()
    assert cluster.marked("e", "stray evacuated") == len(held)
    assert cluster.nodes["e"].evacuation.finished


def test_a_node_in_no_ring_moves_nothing() -> None:
    cluster, _ = leaving()
    cluster.reach("a", "")
    cluster.settle()
    assert cluster.nodes["e"].host.involved == frozenset()
    cluster.nodes["e"].replica.strays[b"k"] = None
    cluster.nodes["e"].evacuation.look()
    assert cluster.nodes["e"].evacuation.finished
    assert isinstance(cluster.operate("e", "status"), Operated)


def test_a_node_that_starts_finds_what_is_in_the_wrong_place() -> None:
    """The table is durable, and then the node crashes before it has moved anything."""
    cluster, held = leaving()
    cluster.crash("e")
    assert cluster.disks["e"].durable[META][MEMBERS] == encode_table(cluster.table("a"))
    cluster.boot("e")
    cluster.sync("e")
    assert {*cluster.nodes["e"].replica.strays} == {*held}
