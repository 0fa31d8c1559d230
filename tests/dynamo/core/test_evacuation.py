"""Evacuation: what is in the wrong place after a change of the ring goes where it belongs, and is nowhere dropped
before."""

import pytest

from dynamo.core.effects import DATA, HINT, Change, Write, hint_key
from dynamo.core.membership import encode_table
from dynamo.core.messages import OK, Announce, Handoff, Replicate
from dynamo.core.weight import state_bytes
from tests.dynamo.core.cluster import SECOND, Cluster, Died, Packet, of
from tests.dynamo.core.evacuating import leaving, only_at, owners, state


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
    forest = cluster.nodes["e"].host.forest
    assert [key for partition in range(5) for key in forest.keys(partition)] == []


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
    hints = [cluster.held("e", name, HINT) for name in cluster.hints("e")]
    assert cluster.nodes["e"].replica.hint_bytes == sum(state_bytes(hint) for hint in hints if hint is not None)


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


def test_the_hints_of_a_dead_owner_go_to_the_others_and_who_takes_its_place_has_them_from_there() -> None:
    """(Whoever stays kept them for it. Where they filled all the room for hints, nothing else could move, and the
    change never ended: `kept run --limits tight --seed 895197312`.)"""
    cluster, _ = leaving_with_a_dead_owner()
    cluster.hand_in(Packet("a", "d", Replicate(3, cluster.key(1), state(b"kept"), "c")))
    cluster.run(20 * SECOND)
    assert cluster.table("b").names == tuple("abcdf")
    assert cluster.hints("d") == []
    assert cluster.operate("b", "remove", "c").status == "ok"
    cluster.run(20 * SECOND)
    assert cluster.hints("d") == []
    assert [cluster.values(name, cluster.key(1)) for name in owners(cluster, cluster.key(1))] == [[b"kept"]] * 3


def left_without_owners() -> tuple[Cluster, list[bytes]]:
    """`e` leaves; the change is decided, and then all owners of a partition die. `d` and `e` each have a hint for one
    of them that nobody else has, and room for one hint. Returns the keys."""
    cluster = Cluster("abcdefg", anti_entropy=False, max_hints=1)
    assert cluster.ring.owners(0) == ("a", "b", "c")
    assert cluster.operate("g", "leave", "e").status == "ok"
    cluster.reach("g", "flip")
    for dead in "abc":
        cluster.crash(dead)
    keys = [cluster.key(0), cluster.key(1)]
    for name, key in zip("de", keys, strict=True):
        cluster.hand_in(Packet("g", name, Replicate(1, key, state(b"of " + name.encode()), "c")))
    cluster.settle()
    for dead in "abc":
        assert cluster.operate("g", "remove", dead).status == "ok"
        cluster.settle()
    return cluster, keys


def test_where_all_owners_are_dead_who_stays_keeps_the_record_and_who_leaves_brings_it_to_a_member() -> None:
    """(It kept a hint for each of them. Where those filled all the room for hints, nothing could move, the change never
    ended, and the dead were never removed: `kept run --strategy swarm --seed 608`.)"""
    cluster, (at_d, at_e) = left_without_owners()
    for _ in range(20):
        cluster.run(SECOND)
        if cluster.held("d", at_e) is not None:
            break
    assert cluster.hints("d") == []
    assert cluster.values("d", at_d) == [b"of d"]
    assert cluster.values("d", at_e) == [b"of e"], "the first who stays"
    cluster.run(10 * SECOND)
    assert cluster.table("g").names == tuple("abcdfg"), "the change has ended"
    assert cluster.hints("e") == []
    assert cluster.held("e", at_e) is None


def test_what_had_no_owners_is_brought_to_those_that_the_next_changes_give_it() -> None:
    cluster, keys = left_without_owners()
    cluster.run(30 * SECOND)
    for left in ("abc", "ab", "a"):  # a change that is under way goes on without whoever is named, and removes the last
        for dead in left:
            assert cluster.operate("g", "remove", dead).status == "ok"
            cluster.settle()
        cluster.run(30 * SECOND)
    assert cluster.table("g").names == tuple("dfg")
    for key, value in zip(keys, (b"of d", b"of e"), strict=True):
        assert [cluster.values(name, key) for name in "dfg"] == [[value]] * 3
