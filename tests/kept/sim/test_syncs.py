"""Writes on their way to the disk: what slows them down, what stops them, and that a dead process hears of none."""

import itertools
from typing import Any

import pytest

from dynamo.core.effects import META, Boot, Change, Received, Send, Synced, Write
from kept.sim import faults as kinds
from kept.sim.faults import Fault
from kept.sim.syncs import FLUSH_US, SLOW_SYNC_US

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


# Group commit


def record(seq: int, key: bytes = b"k") -> Write:
    return Write(seq, (Change(META, key, b"%d" % seq),))


def on(kind: type, *effects: Any) -> Any:
    """Answer the events of one kind with these effects."""
    return lambda _node, event: list(effects) if isinstance(event, kind) else []


def meta(stage: Any) -> dict[bytes, bytes]:
    return dict(stage.world.machines["n1"].disk.meta())


def test_writes_that_come_during_a_sync_share_the_next_one(stage: Any) -> None:
    """Group commit: ten writes, two syncs."""

    def react(node: Any, event: Any) -> list[Any]:
        return [record(len(node.of(Received)))] if isinstance(event, Received) else []

    staged = stage(("n1",), react)
    for _ in range(10):
        staged.world.machines["n1"].deliver("n2", "go")
    staged.world.run(SECOND)
    assert staged.node().of(Synced) == [Synced(1), Synced(10)]
    assert staged.world.machines["n1"].disk.unsynced == 0


def test_a_write_that_nobody_waits_for_lies_in_the_buffer_for_a_while(stage: Any) -> None:
    staged = stage(("n1",), on(Received, record(1)._replace(buffered=True)))
    staged.world.machines["n1"].deliver("n2", "go")
    staged.world.run(FLUSH_US - 1)
    assert staged.node().of(Synced) == []
    staged.world.run(FLUSH_US + SLOW_SYNC_US[1])
    assert staged.node().of(Synced) == [Synced(1)]


def test_a_write_that_somebody_waits_for_takes_the_buffer_along(stage: Any) -> None:
    staged = stage(("n1",), on(Received, record(1)._replace(buffered=True), record(2, b"awaited")))
    staged.world.machines["n1"].deliver("n2", "go")
    staged.world.run(SLOW_SYNC_US[1])
    assert staged.node().of(Synced) == [Synced(2)]


def test_a_sync_of_a_dead_process_never_reaches_the_next(stage: Any) -> None:
    staged = stage(("n1",), on(Boot, record(1), record(2)))
    machine = staged.world.machines["n1"]
    staged.world.run(10)
    assert machine.crash() == (2, False)
    assert meta(staged) == {}
    machine.boot()
    staged.world.run(SECOND)
    first, second = staged.lives["n1"]
    assert first.of(Synced) == []
    assert second.of(Synced) == [Synced(1), Synced(2)]


def test_syncs_are_mostly_quick_and_now_and_then_slow(stage: Any) -> None:
    def react(node: Any, event: Any) -> list[Any]:
        return [record(len(node.heard))]  # one after another, for ever

    staged = stage(("n1",), react)
    staged.world.run(2 * SECOND)
    times = [now_us for now_us, _, event in staged.node().heard if isinstance(event, Synced)]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    slow = [wait for wait in waits if wait >= SLOW_SYNC_US[0]]
    assert 0.04 < len(slow) / len(waits) < 0.13
    assert 80 <= min(waits) <= max(waits) <= SLOW_SYNC_US[1]
