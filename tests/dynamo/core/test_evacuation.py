"""Evacuation: what is in the wrong place after a change of the ring goes where it belongs, and is nowhere dropped
before."""

import pytest

from dynamo.core.effects import DATA, HINT, META, Change, Write, hint_key
from dynamo.core.membership import encode_table
from dynamo.core.messages import OK, Announce, Handoff, Operated, Replicate
from dynamo.core.participant import MEMBERS
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import SECOND, Cluster, Died, Packet, of


def state(value: bytes, counter: int = 1) -> Siblings:
    return Siblings({"z": counter}, (Version("z", counter, value),))


def leaving(keys: int = 2, **config: int) -> tuple[Cluster, list[bytes]]:
    """`e` leaves a ring of five; it is in the closing phase, and nothing is moved yet. Returns what it held."""
    cluster = Cluster("abcde", **config)
    found = [cluster.key(index, partition) for partition in range(5) for index in range(keys)]
    for key in found:
        assert cluster.put("a", key, b"v").status == OK
    assert cluster.operate("a", "leave", "e").status == "ok"
    cluster.reach("e", "flip")
    for name in "abcde":
        if cluster.phase("e") == "flip":
            cluster.tend(name)
    assert cluster.phase("e") == "close"
    held = [key for key in found if cluster.held("e", key) is not None]
    assert held
    return cluster, held


def only_at(cluster: Cluster, name: str, keys: list[bytes], value: bytes) -> None:
    """`name` alone holds another version of these keys; it comes as a hint."""
    cluster.hand_in(Packet("a", name, Handoff(1, tuple((key, state(value)) for key in keys))))
    cluster.sync(name)


def owners(cluster: Cluster, key: bytes) -> tuple[str, ...]:
    """The owners of a key as `a` sees them."""
    ring = cluster.nodes["a"].host.ring
    return ring.owners(ring.partition_of(key))


def test_a_record_becomes_hints_for_all_its_owners_in_one_batch_with_its_deletion() -> None:
    cluster, held = leaving(keys=1)
    cluster.fire("e", "handoff")
    cluster.answer_loads("e")
    writes = [effect for name, effect in cluster.log if name == "e" and isinstance(effect, Write)]
    for key in held:
        (batch,) = [write for write in writes if Change(DATA, key, None) in write.changes]
        assert {change.key for change in batch.changes if change.space == HINT} == {
            hint_key(owner, key) for owner in owners(cluster, key)
        }
        record = {change.record for change in batch.changes if change.space == HINT}
        assert record == {cluster.held("a" if "a" in owners(cluster, key) else "b", key)}
    assert len(owners(cluster, held[0])) == 3
    assert cluster.marked("e", "stray evacuated") == len(held)


def test_the_actor_of_a_record_dies_with_it() -> None:
    """The next put here would count on from a record that is not here any more."""
    cluster, _ = leaving(keys=1)
    alive = cluster.nodes["e"].actors.alive
    key = cluster.key(7, 2)
    alive[key] = "e0:9"
    cluster.hand_in(Packet("a", "e", Announce(encode_table(cluster.table("a")))))
    cluster.nodes["e"].replica.strays[key] = None
    cluster.tend("e")
    assert key not in alive


def test_a_hint_goes_only_when_its_owner_holds_the_record_durably() -> None:
    cluster, held = leaving(keys=1)
    only_at(cluster, "e", held, b"only here")
    cluster.stuck.update("abcd")
    for _ in range(3):
        cluster.tend("e")
    assert len(cluster.hints("e")) == 3 * len(held)
    assert cluster.phase("a") == "close", "and whoever leaves waits for them"
    cluster.stuck.clear()
    cluster.run(20 * SECOND)
    assert cluster.hints("e") == []
    assert cluster.table("a").names == ("a", "b", "c", "d")


def test_after_a_leave_every_record_is_at_its_owners_and_nothing_at_the_one_that_left() -> None:
    cluster, held = leaving(keys=5)
    cluster.run(20 * SECOND)
    assert cluster.table("a").names == ("a", "b", "c", "d")
    for key in held:
        assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"v"]] * 3
    assert cluster.disks["e"].durable[DATA] == {}
    assert cluster.disks["e"].durable[HINT] == {}


@pytest.mark.parametrize("effects", range(40))
def test_a_crash_between_any_two_effects_loses_no_record(effects: int) -> None:
    """Only `e` holds the last version of its records."""
    cluster, held = leaving(keys=2, anti_entropy=False)
    only_at(cluster, "e", held, b"only here")
    cluster.mortal["e"] = effects
    try:
        cluster.run(3 * SECOND)
    except Died:
        cluster.crash("e")
    cluster.mortal.clear()
    if "e" not in cluster.nodes:
        cluster.boot("e")
    cluster.run(40 * SECOND)
    assert cluster.table("a").names == ("a", "b", "c", "d")
    for key in held:
        assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"v", b"only here"]] * 3


def test_a_batch_is_moved_per_interval_and_no_more_than_there_is_room_for() -> None:
    cluster, held = leaving(keys=5, handoff_batch=4, max_hints=100)
    assert len(held) > 8
    cluster.cut = of(Handoff)
    cluster.tend("e")
    assert len(cluster.hints("e")) == 4 * 3
    cluster.tend("e")
    assert len(cluster.hints("e")) == 8 * 3


def test_without_room_for_its_hints_a_record_stays() -> None:
    cluster, held = leaving(keys=5, max_hints=7)
    cluster.cut = of(Handoff)
    for _ in range(3):
        cluster.tend("e")
    assert len(cluster.hints("e")) == 6
    assert len(cluster.nodes["e"].replica.strays) == len(held) - 2
    cluster.cut = lambda _packet: False
    cluster.run(60 * SECOND)
    assert cluster.table("a").names == ("a", "b", "c", "d")
    for key in held:
        assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"v"]] * 3


def test_hints_that_are_there_already_are_merged_with_the_record() -> None:
    cluster, held = leaving(keys=1)
    key = held[0]
    owner = owners(cluster, key)[0]
    cluster.cut = of(Handoff)
    cluster.hand_in(Packet("a", "e", Replicate(1, key, state(b"hinted"), owner)))
    cluster.tend("e")
    kept = cluster.held("e", hint_key(owner, key), HINT)
    assert kept is not None
    assert [version.value for version in kept.versions] == [b"v", b"hinted"]
    assert cluster.nodes["e"].replica.hint_count == len(cluster.hints("e")) == 3 * len(held)


def test_a_damaged_record_has_nothing_to_bring_and_goes() -> None:
    """The owners fetched everything while it was whole."""
    cluster, held = leaving(keys=1)
    cluster.crash("e")
    cluster.disks["e"].corrupt.add(held[0])
    cluster.boot("e")
    cluster.run(20 * SECOND)
    assert cluster.table("a").names == ("a", "b", "c", "d")
    assert cluster.disks["e"].durable[DATA] == {}
    assert cluster.nodes["e"].host.marks.get("damaged stray dropped") == 1
    assert [cluster.values(name, held[0]) for name in owners(cluster, held[0])] == [[b"v"]] * 3


def test_whatever_comes_to_a_node_that_does_not_own_it_any_more_is_brought_to_the_owners() -> None:
    """Hints for it may still be on their way."""
    cluster, _ = leaving()
    cluster.reach("a", "")
    ring = cluster.nodes["b"].host.ring
    partition = next(at for at in range(5) if "b" not in ring.owners(at))
    key = cluster.key(3, partition)
    cluster.hand_in(Packet("a", "b", Handoff(1, ((key, state(b"late")),))))
    cluster.settle()
    assert cluster.values("b", key) == [b"late"]
    assert not cluster.nodes["b"].evacuation.finished
    cluster.run(5 * SECOND)
    assert cluster.held("b", key) is None
    assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"late"]] * 3


def leaving_with_a_dead_owner() -> tuple[Cluster, bytes]:
    """`e` keeps a hint for `c`, which has died, and leaves. The change was decided when `c` died, so `c` is a member
    still when it ends. Returns the key, of which `e` alone holds the last version."""
    cluster = Cluster("abcdef", anti_entropy=False)
    assert cluster.ring.owners(0) == ("a", "b", "c")
    key = cluster.key()
    assert cluster.put("a", key, b"v").status == OK
    assert cluster.operate("a", "leave", "e").status == "ok"
    cluster.settle()
    cluster.reach("b", "flip")
    cluster.crash("c")
    cluster.hand_in(Packet("a", "e", Replicate(1, key, state(b"for c"), "c")))
    cluster.settle()
    assert cluster.operate("b", "remove", "c").status == "ok"
    cluster.settle()
    return cluster, key


def test_who_leaves_brings_the_hints_of_a_dead_owner_to_the_others_and_does_not_wait_for_it() -> None:
    """(Once it waited for ever, and so did the removal of the dead one, for one change is under way at a time.)"""
    cluster, key = leaving_with_a_dead_owner()
    cluster.run(20 * SECOND)
    assert cluster.table("b").names == tuple("abcdf")
    assert cluster.hints("e") == []
    assert [cluster.values(name, key) for name in "ab"] == [[b"v", b"for c"]] * 2
    assert cluster.operate("b", "remove", "c").status == "ok"
    cluster.run(20 * SECOND)
    assert cluster.table("b").names == tuple("abdf")
    assert [cluster.values(name, key) for name in owners(cluster, key)] == [[b"v", b"for c"]] * 3


def test_a_hint_for_a_dead_owner_that_comes_late_does_not_hold_up_the_leaver_either() -> None:
    cluster, key = leaving_with_a_dead_owner()
    cluster.reach("e", "close")
    late = cluster.key(1)
    cluster.hand_in(Packet("a", "e", Replicate(2, late, state(b"late"), "c")))
    cluster.run(20 * SECOND)
    assert cluster.table("b").names == tuple("abcdf")
    assert [cluster.values(name, late) for name in "ab"] == [[b"late"]] * 2
    assert key != late


def test_who_stays_keeps_the_hints_of_a_dead_owner_for_the_one_that_takes_its_place() -> None:
    cluster, _ = leaving_with_a_dead_owner()
    cluster.hand_in(Packet("a", "d", Replicate(3, cluster.key(1), state(b"kept"), "c")))
    cluster.run(20 * SECOND)
    assert cluster.table("b").names == tuple("abcdf")
    assert cluster.hints("d") == [hint_key("c", cluster.key(1))]
    assert cluster.operate("b", "remove", "c").status == "ok"
    cluster.run(20 * SECOND)
    assert cluster.hints("d") == []
    assert [cluster.values(name, cluster.key(1)) for name in owners(cluster, cluster.key(1))] == [[b"kept"]] * 3


# Hints for whoever owns the key no more


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


def test_the_actor_of_a_hint_dies_when_the_hint_is_rerouted() -> None:
    """With one copy the hint may be rerouted into the own record; the next put in an owner's place sees nothing of it
    and would count from the start."""
    cluster = Cluster("abcde", anti_entropy=False)
    key, stand_in, _ = hinting(cluster)
    actors = cluster.nodes[stand_in].actors
    actors.standing_in[key] = f"{stand_in}0:9"
    cluster.crash("e")
    assert cluster.operate(next(name for name in "abcd" if name != stand_in), "remove", "e").status == "ok"
    cluster.reach(stand_in, "flip")
    cluster.reach(stand_in, "")
    assert cluster.marked(stand_in, "hint rerouted") == 1
    assert key not in actors.standing_in


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
