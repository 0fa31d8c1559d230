"""Writes on their way to the disk: what slows them down, what stops them, and that a dead process hears of none."""

import itertools
from typing import Any

import pytest

from dynamo.core.effects import META, Change, Received, Send, Synced, Write
from kept.sim import faults as kinds
from kept.sim.faults import Fault
from kept.sim.syncs import SLOW_SYNC_US

SECOND = 1_000_000


def write(seq: int, *keys: bytes, gone: tuple[bytes, ...] = ()) -> Write:
    return Write(seq, (*[Change(META, key, b"v") for key in keys], *[Change(META, key, None) for key in gone]))


def following(*writes: Write) -> Any:
    """Write these, one for each message, and greet n2 afterwards."""

    def react(node: Any, event: Any) -> list[Any]:
        if node.name == "n1" and isinstance(event, Received):
            return [writes[len(node.of(Received)) - 1], Send("n2", "done")]
        return []

    return react


def test_a_slow_disk_takes_longer_by_what_its_faults_add_up_to(stage: Any) -> None:
    staged = stage(("n1",), lambda node, _event: [write(len(node.heard), b"k")])
    for number in (5_000, 45_000):
        staged.world.inject(Fault(kinds.SLOW_DISK, 0, 2 * SECOND, ("n1",), number=number))
    staged.world.run(2 * SECOND)
    times = [now_us for now_us, _, event in staged.node().heard if isinstance(event, Synced)]
    waits = [later - earlier for earlier, later in itertools.pairwise(times[1:])]
    assert all(50_080 <= wait <= 50_000 + SLOW_SYNC_US[1] for wait in waits)
    assert len(waits) - 1 <= staged.world.counts[kinds.SLOW_DISK] <= len(waits) + 2


def test_what_a_step_wants_after_a_write_that_finds_no_room_never_happens(stage: Any) -> None:
    staged = stage(react=following(write(1, b"a"), write(2, b"b")))
    machine = staged.world.machines["n1"]
    machine.syncs.room = 1
    machine.deliver("n3", "go")
    machine.deliver("n3", "go")
    assert not machine.up
    staged.world.run(SECOND)
    assert len(staged.node("n2").of(Received)) == 1


def test_a_write_that_finds_no_room_leaves_no_trace(stage: Any) -> None:
    staged = stage(react=following(write(1, b"a"), write(2, b"b", b"c")))
    machine = staged.world.machines["n1"]
    machine.syncs.room = 2
    machine.deliver("n3", "go")
    staged.world.run(SECOND)
    machine.deliver("n3", "go")
    assert dict(machine.disk.meta()) == {b"a": b"v"}


@pytest.mark.parametrize(("room", "lives"), [(0, False), (1, True)])
def test_a_deletion_makes_room_for_a_record(stage: Any, room: int, lives: bool) -> None:
    staged = stage(react=following(write(1, b"a", b"b", gone=(b"c",))))
    machine = staged.world.machines["n1"]
    machine.syncs.room = room
    machine.deliver("n3", "go")
    assert machine.up == lives
    assert machine.syncs.room == 0


def test_a_lying_disk_says_synced_and_a_later_honest_sync_makes_it_true(stage: Any) -> None:
    staged = stage(react=following(write(1, b"a"), write(2, b"b")))
    machine = staged.world.machines["n1"]
    machine.syncs.lying = 1
    machine.deliver("n3", "go")
    staged.world.run(SECOND)
    assert staged.node().of(Synced) == [Synced(1)]
    assert len(machine.disk.lied()) == 1
    machine.syncs.lying = 0
    machine.deliver("n3", "go")
    staged.world.run(2 * SECOND)
    assert machine.disk.lied() == []
    machine.crash()
    assert dict(machine.disk.meta()) == {b"a": b"v", b"b": b"v"}


def test_a_process_that_is_dead_fails_no_sync_any_more(stage: Any) -> None:
    staged = stage(react=following(write(1, b"a")))
    machine = staged.world.machines["n1"]
    staged.world.inject(Fault(kinds.IO_ERROR, 0, SECOND, ("n1",)))
    machine.deliver("n3", "go")
    machine.crash()
    machine.boot()
    staged.world.run(SECOND)
    assert machine.up
    assert kinds.IO_ERROR not in staged.world.counts
