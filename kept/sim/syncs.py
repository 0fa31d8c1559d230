"""How a machine's writes reach its disk: group commit, and the faults of an operation that fails or takes long.

One sync at a time: writes that come meanwhile share the next one. What nobody waits for lies in the buffer for a
while. A write that finds no room and a sync that fails are final for the process (`dynamo.storage.port`): it stops.
"""

from typing import TYPE_CHECKING

from dynamo.core.effects import DiskSpace, Synced, Write
from kept.sim import faults as kinds
from kept.sim.entropy import stream
from kept.sim.faults import Fault

if TYPE_CHECKING:
    from kept.sim.machine import Machine

SYNC_US = (80, 400)
"""How long a sync of the disk takes, mostly."""
SLOW_SYNC_US = (1_000, 20_000)
FLUSH_US = 50_000
"""How long a write that nobody waits for may lie in the buffer."""
SLOW_SYNC_CHANCE = 0.08
"""Now and then the disk is busy; whatever is written meanwhile shares the next sync, or is lost with a crash."""


class Syncs:
    """The writes of one machine, over all its boots."""

    def __init__(self, machine: "Machine") -> None:
        self.machine = machine
        self.world = machine.world
        self.dies_dirty: Fault | None = None
        """Crash as this fault says, as soon as something has been written and before it is synced."""
        self.fails: Fault | None = None
        """The next sync, or the next read, fails as this fault says."""
        self.lying = 0
        """How many faults make the disk say synced when it is not."""
        self.slower_us: list[int] = []
        """How much longer each sync takes, of every fault that slows it down."""
        self.room: int | None = None
        """How many records still fit on the disk; None: enough."""
        self._random = stream(machine.world.seed, "sync", machine.name).random
        self._syncing = False
        self._flushing = False
        self._awaited_seq = 0
        """The last write that somebody waits for."""

    def stopped(self) -> None:
        """The process is dead."""
        self.dies_dirty = self.fails = None
        self._syncing = self._flushing = False
        self._awaited_seq = 0

    def write(self, write: Write) -> None:
        """Carry out one write; the process may be dead afterwards."""
        machine, world = self.machine, self.world
        if self.room is not None and not self._fits(write):
            world.damage.disk_ran_full(machine)
            return
        if world.watch is not None:
            world.watch.wrote(world.now_us, machine.name, machine.disk, write.changes)
        machine.disk.write(write.seq, write.changes)
        if self.dies_dirty is not None:
            due_us = world.now_us + int(self._random() * SYNC_US[0])  # no sync is that quick
            world.queue.push(due_us, machine.name, world.died_dirty, machine, self.dies_dirty)
        if write.buffered:
            if not self._flushing:
                self._flushing = True
                world.queue.push(world.now_us + FLUSH_US, machine.name, self.flush, None, machine.boots)
            return
        self._awaited_seq = write.seq
        if not self._syncing:
            self._sync()

    def _fits(self, write: Write) -> bool:
        """Whether there is room; a deletion frees some."""
        assert self.room is not None
        room = self.room - sum(1 if change.record is not None else -1 for change in write.changes)
        if room < 0:
            return False
        self.room = room
        return True

    def flush(self, _: None, boots: int) -> None:
        """What was written and nobody waits for has lain in the buffer for long enough."""
        machine = self.machine
        if boots == machine.boots:
            self._flushing = False
            if not self._syncing and machine.disk.unsynced:
                self._sync()

    def _sync(self) -> None:
        """Begin a sync. One at a time: writes that come meanwhile share the next one (group commit)."""
        self._syncing = True
        machine, world = self.machine, self.world
        chance = self._random()
        low_us, high_us = SLOW_SYNC_US if chance < SLOW_SYNC_CHANCE else SYNC_US
        due_us = world.now_us + low_us + int(self._random() * (high_us - low_us))
        if self.slower_us:
            world.count(kinds.SLOW_DISK)
            due_us += sum(self.slower_us)
        world.queue.push(due_us, machine.name, self.done, machine.disk.last_seq, machine.boots)

    def done(self, seq: int, boots: int) -> None:
        """The disk has finished a sync that began when `seq` was its last write."""
        machine = self.machine
        if boots != machine.boots:
            return
        self._syncing = False
        if self.fails is not None and not self.fails.dirty:
            self.world.damage.sync_failed(machine, self.fails)
            return
        machine.disk.synced(seq, really=not self.lying)
        machine.step(Synced(seq))
        if not self._syncing and machine.node is not None and boots == machine.boots and self._awaited_seq > seq:
            self._sync()

    def space(self, room: int | None) -> None:
        """So many records still fit, or enough again; the process hears that there is little, or enough."""
        self.room = room
        if self.machine.node is not None:
            self.machine.step(DiskSpace(room is not None))
