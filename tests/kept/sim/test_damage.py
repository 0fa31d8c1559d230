"""Disk faults: each hits what it says, what it names is kept in the plan, and its node meets it at a restart."""

from typing import Any

import pytest

from dynamo.core.effects import DATA, HINT, META, Boot, Change, Load, Loaded, Received, Synced, Write, hint_key
from dynamo.core.siblings import Siblings
from kept.sim import faults as kinds
from kept.sim.atlas import Terms
from kept.sim.damage import REFUSED
from kept.sim.faults import Fault
from tests.kept.sim.shelves import KEYS, SECOND, fill, judged, state


@pytest.fixture
def shelf(stage: Any) -> Any:
    """Everything is on n1 and n2; n3 has nothing."""
    return fill(stage(), "n1", "n2")


def data(staged: Any, name: str = "n1") -> dict[bytes, Siblings | None]:
    return dict(staged.world.machines[name].disk.contents(DATA))


def rot(number: float = 0.0, node: str = "n1", *places: tuple[str, str]) -> Fault:
    return Fault(kinds.BIT_ROT, 0, SECOND, (node,), number=number, places=places)


# Rot


@pytest.mark.parametrize(("number", "key"), [(0.0, b"a"), (0.3, b"b"), (0.99, b"d")])
def test_rot_takes_the_record_that_its_number_points_at_and_names_it(shelf: Any, number: float, key: bytes) -> None:
    decided = shelf.world.inject(rot(number))
    assert decided.places == (("data", key.decode()),)
    assert {key for key, record in data(shelf).items() if record is None} == {key}
    assert shelf.world.counts == {kinds.BIT_ROT: 1}


def test_a_named_record_rots_whatever_the_number_says(shelf: Any) -> None:
    fault = rot(0.0, "n1", ("data", "c"))
    assert shelf.world.inject(fault) == fault
    assert data(shelf)[b"c"] is None


def test_rot_reaches_hints_and_the_nodes_own_records(shelf: Any) -> None:
    disk = shelf.world.machines["n1"].disk
    disk.write(10, (Change(HINT, hint_key("n3", b"a"), state(1)),))
    disk.synced(10)
    assert shelf.world.inject(rot(1.0)).places == (("hint", "n3\0a"),)
    assert shelf.world.inject(rot(2.0)).places == (("meta", "incarnation"),)
    assert dict(disk.meta()) == {b"incarnation": None}
    assert [record for _, record in disk.contents(HINT)] == [None]


def test_a_wish_for_a_hint_takes_a_record_where_there_is_no_hint(shelf: Any) -> None:
    assert shelf.world.inject(rot(1.3)).places == (("data", "b"),)


def test_the_atlas_turns_rot_to_a_record_that_others_have(stage: Any) -> None:
    staged = judged(fill(stage(), "n1"))
    staged.world.machines["n2"].disk.write(1, (Change(DATA, b"c", state(2)),))
    staged.world.machines["n2"].disk.synced(1)
    assert staged.world.inject(rot(0.0)).places == (("data", "c"),)
    assert staged.world.inject(rot(0.0)).places == (), "of the others there is no copy"
    assert staged.world.counts == {kinds.BIT_ROT: 1, REFUSED: 1}


def test_a_named_record_that_others_do_not_have_is_refused_and_no_other_is_taken(stage: Any) -> None:
    staged = judged(fill(stage(), "n1"))
    fault = rot(0.0, "n1", ("data", "a"))
    assert staged.world.inject(fault) == fault
    assert None not in data(staged).values()
    assert staged.world.counts == {REFUSED: 1}


def test_a_record_that_waits_for_its_sync_does_not_rot(shelf: Any) -> None:
    disk = shelf.world.machines["n1"].disk
    disk.write(10, (Change(DATA, b"a", state(3)),))
    assert shelf.world.inject(rot(0.0)).places == (("data", "b"),)


def test_rot_is_met_at_a_restart_at_its_end(shelf: Any) -> None:
    shelf.world.inject(rot(0.0))
    shelf.world.run(SECOND)
    assert len(shelf.lives["n1"]) == 2
    assert dict(shelf.boots()[1].data) == {b"a": None, **dict.fromkeys(KEYS[1:], state(2))}
    assert shelf.told("restarted") == [{"node": "n1"}]


def test_rot_that_was_written_over_needs_no_restart(shelf: Any) -> None:
    shelf.world.inject(rot(0.0))
    shelf.world.machines["n1"].disk.write(10, (Change(DATA, b"a", state(3)),))
    shelf.world.run(SECOND)
    assert len(shelf.lives["n1"]) == 1
    assert data(shelf)[b"a"] == state(3)


def test_a_load_of_a_rotten_record_says_so(stage: Any) -> None:
    staged = fill(stage(react=lambda _n, e: [Load(DATA, b"a")] if isinstance(e, Received) else []), "n1")
    staged.world.inject(rot(0.0))
    staged.world.machines["n1"].deliver("n2", "go")
    assert staged.node().of(Loaded) == [Loaded(DATA, b"a", None, corrupt=True)]


# Misdirected writes


def misdirected(number: float = 0.0) -> Fault:
    return Fault(kinds.MISDIRECTED, 0, SECOND, ("n1",), number=number)


def test_a_misdirected_write_is_missing_at_its_own_place_and_damages_another(shelf: Any) -> None:
    decided = judged(shelf).world.inject(misdirected(0.25))
    assert decided.places == (("data", "b"), ("data", "c"))
    assert data(shelf) == {b"a": state(2), b"b": state(1), b"c": None, b"d": state(2)}
    assert shelf.world.counts == {kinds.MISDIRECTED: 1, "stale record left behind": 1}
    assert shelf.world.machines["n1"].disk.read(DATA, b"b") == state(1)


def test_a_record_that_must_not_fall_back_silently_is_damaged_instead(shelf: Any) -> None:
    """Here because a tombstone would be forgotten."""
    for name in ("n1", "n2"):
        disk = shelf.world.machines[name].disk
        disk.write(10, (Change(DATA, b"b", Siblings(state(2).context, ())),))
        disk.synced(10)
    judged(shelf).world.inject(misdirected(0.25))
    assert [key for key, record in data(shelf).items() if record is None] == [b"b", b"c"]
    assert "stale record left behind" not in shelf.world.counts


def test_what_a_process_does_not_know_to_be_stale_it_meets_at_a_restart(shelf: Any) -> None:
    judged(shelf).world.inject(misdirected(0.25))
    shelf.world.machines["n1"].disk.write(10, (Change(DATA, b"c", state(3)),))  # the damage is repaired
    shelf.world.run(SECOND)
    assert len(shelf.lives["n1"]) == 2
    assert dict(shelf.boots()[1].data)[b"b"] == state(1)
    shelf.world.inject(misdirected(0.25)._replace(at_us=SECOND))
    assert not shelf.world.machines["n1"].disk.stale or shelf.world.counts[kinds.MISDIRECTED] == 2


# Lost and old disks


def test_a_lost_disk_is_replaced_by_an_empty_one_under_another_name(shelf: Any) -> None:
    judged(shelf).world.inject(Fault(kinds.LOST_DISK, 0, SECOND, ("n1",)))
    assert not shelf.world.machines["n1"].up
    assert shelf.told("disk lost") == [{"node": "n1"}]
    shelf.world.run(SECOND)
    boot = shelf.boots()[1]
    assert (list(boot.data), dict(boot.meta), boot.fresh_disk, boot.genesis) == ([], {}, "n1.1", False)


def test_the_atlas_turns_the_loss_to_a_disk_of_which_there_is_a_copy(stage: Any) -> None:
    staged = judged(fill(stage(), "n1"))
    decided = staged.world.inject(Fault(kinds.LOST_DISK, 0, SECOND, ("n1",)))
    assert decided.nodes == ("n2",)
    assert data(staged) == dict.fromkeys(KEYS, state(2))


def test_a_disk_that_is_lost_twice_is_lost_once_more_only_if_the_other_copy_is_still_there(shelf: Any) -> None:
    judged(shelf).world.inject(Fault(kinds.LOST_DISK, 0, SECOND, ("n1",)))
    assert shelf.world.inject(Fault(kinds.LOST_DISK, 0, SECOND, ("n2",))).nodes != ("n2",)
    assert data(shelf, "n2") == dict.fromkeys(KEYS, state(2))


# Lies


def writing(node: Any, event: Any) -> list[Any]:
    """Write a record for every message."""
    if isinstance(event, Received):
        return [Write(len(node.of(Received)), (Change(DATA, event.message, state(1)),))]
    return []


def lying(stage: Any) -> Any:
    """n1 was told that `a` is durable; n2 has it too."""
    staged = stage(("n1", "n2"), writing)
    for name in ("n1", "n2"):
        disk = staged.world.machines[name].disk
        disk.write(1, (Change(META, b"incarnation", f"{name}.0".encode()),))
        disk.synced(1)
    staged.world.inject(Fault(kinds.LYING, 0, SECOND, ("n1",)))
    for name in ("n2", "n1"):
        staged.world.machines[name].deliver("c", b"a")
    staged.world.run(SECOND // 2)
    assert staged.node().of(Synced) == [Synced(1)]
    return staged


def test_a_lie_ends_with_a_power_failure_that_takes_what_others_have(stage: Any) -> None:
    staged = lying(stage)
    staged.world.damage.ask(Terms(lambda _key: ("n1", "n2")))
    staged.world.run(SECOND)
    assert len(staged.lives["n1"]) == 2
    assert list(staged.boots()[1].data) == []
    assert staged.world.counts == {kinds.LYING: 1, "synced writes lost": 1, "unsynced writes lost": 1}


def test_a_lie_about_the_only_copy_does_no_harm(stage: Any) -> None:
    staged = lying(stage)
    staged.world.damage.ask(Terms(lambda _key: ("n1", "n2")))
    staged.world.machines["n2"].disk.rot((DATA, b"a"))
    staged.world.run(SECOND)
    assert dict(staged.boots()[1].data) == {b"a": state(1)}
    assert kinds.LYING not in staged.world.counts


def test_any_crash_meanwhile_shows_the_lie_and_a_restart_in_good_order_does_not(stage: Any) -> None:
    staged = lying(stage)
    staged.world.inject(Fault(kinds.CRASH, 0, 1_000, ("n1",)))
    assert list(staged.world.machines["n1"].disk.contents(DATA)) == []
    staged = lying(stage)
    staged.world.inject(rot(0.0, "n2"))
    staged.world.run(staged.world.now_us + 100)
    staged.world.heal()
    assert dict(staged.boots("n2")[1].data) == {b"a": None}


# Full disks and I/O errors


def test_a_node_hears_that_its_disk_runs_full_before_a_write_fails_and_again_when_there_is_room(stage: Any) -> None:
    staged = stage(("n1",), writing)
    machine = staged.world.machines["n1"]
    staged.world.inject(Fault(kinds.DISK_FULL, 0, SECOND, ("n1",), number=2))
    machine.deliver("c", b"a")
    machine.deliver("c", b"b")
    assert machine.up
    machine.deliver("c", b"c")
    assert not machine.up, "the third one does not fit"
    assert [event.low for _, _, event in staged.node().heard if hasattr(event, "low")] == [True]
    staged.world.run(SECOND)
    assert machine.up
    assert machine.syncs.room is None
    assert staged.world.counts["node stopped by a full disk"] == 1
    staged.world.inject(Fault(kinds.DISK_FULL, 0, SECOND, ("n1",), number=2))
    staged.world.run(3 * SECOND)
    assert [event.low for _, _, event in staged.node().heard if hasattr(event, "low")] == [True, False]


def test_of_two_faults_that_fill_a_disk_the_tighter_one_counts_until_it_is_over(stage: Any) -> None:
    staged = stage(("n1",), writing)
    syncs = staged.world.machines["n1"].syncs
    staged.world.inject(Fault(kinds.DISK_FULL, 0, 2 * SECOND, ("n1",), number=9))
    staged.world.inject(Fault(kinds.DISK_FULL, 0, SECOND, ("n1",), number=3))
    assert syncs.room == 3
    staged.world.run(SECOND)
    assert syncs.room == 9
    staged.world.run(2 * SECOND)
    assert syncs.room is None


@pytest.mark.parametrize(("share", "survives"), [(0.0, []), (1.0, [b"a"])])
def test_a_failed_sync_stops_the_process_and_its_writes_survive_or_not(
    stage: Any, share: float, survives: list[bytes]
) -> None:
    staged = stage(("n1",), writing)
    staged.world.inject(Fault(kinds.IO_ERROR, 0, SECOND, ("n1",), number=share))
    staged.world.machines["n1"].deliver("c", b"a")
    staged.world.run(SECOND // 2)
    assert not staged.world.machines["n1"].up
    assert staged.node().of(Synced) == []
    assert staged.world.counts[kinds.IO_ERROR] == 1
    staged.world.run(SECOND)
    assert [key for key, _ in staged.boots()[1].data] == survives


def test_a_read_fails_once_and_the_record_is_there(stage: Any) -> None:
    staged = fill(stage(react=lambda _n, e: [Load(DATA, b"a")] if isinstance(e, Received) else []), "n1")
    staged.world.inject(Fault(kinds.IO_ERROR, 0, SECOND, ("n1",), dirty=True))
    for _ in range(2):
        staged.world.machines["n1"].deliver("n2", "go")
    assert staged.node().of(Loaded) == [Loaded(DATA, b"a", None, corrupt=True), Loaded(DATA, b"a", state(2))]
    assert staged.world.counts == {kinds.IO_ERROR: 1, "failed reads": 1}


def test_no_read_of_the_only_copy_fails(stage: Any) -> None:
    """The node would heal it from the others, and write over it what they do not have."""
    staged = judged(fill(stage(react=lambda _n, e: [Load(DATA, b"a")] if isinstance(e, Received) else []), "n1"))
    staged.world.inject(Fault(kinds.IO_ERROR, 0, SECOND, ("n1",), dirty=True))
    staged.world.machines["n1"].deliver("n2", "go")
    assert staged.node().of(Loaded) == [Loaded(DATA, b"a", state(2))]


def test_a_dead_node_boots_when_the_fault_that_killed_it_is_over_and_not_before(stage: Any) -> None:
    staged = stage(("n1",), writing)
    staged.world.inject(Fault(kinds.DISK_FULL, 0, 2 * SECOND, ("n1",), number=0))
    staged.world.machines["n1"].deliver("c", b"a")
    staged.world.inject(Fault(kinds.CRASH, 0, SECOND, ("n1",)))
    staged.world.run(2 * SECOND - 1)
    assert not staged.world.machines["n1"].up
    staged.world.run(2 * SECOND)
    assert staged.node().of(Boot)
    assert len(staged.lives["n1"]) == 2
