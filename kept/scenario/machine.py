"""One machine of a scenario: a node process, its disk, its timers and its wall clock.

The hand-held shell of `dynamo.core.node.Node`. Its disk answers loads at once, and syncs at once unless it is held.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dynamo.core.effects import (
    DATA,
    HINT,
    Boot,
    Effect,
    Event,
    Load,
    Loaded,
    Minted,
    Reply,
    Send,
    SetTimer,
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.node import Node
from kept.scenario.disk import Disk
from kept.scenario.wire import Packet

if TYPE_CHECKING:
    from kept.scenario.stage import Stage

FLUSH = "flush"
FLUSH_US = 50_000
"""How long a write that nobody waits for lies in the buffer."""


class Dice:
    """A node's choices: a fixed sequence for each name. A tick may prescribe the next ones (`wishes`); what it says
    nothing of takes the last side then."""

    def __init__(self, name: str) -> None:
        self._state = sum(name.encode())
        self.wishes: list[tuple[int, int]] | None = None
        """(number of sides, what to choose of them): the next choices in their order."""

    def __call__(self, sides: int) -> int:
        if self.wishes is not None:
            if self.wishes and self.wishes[0][0] == sides:
                return self.wishes.pop(0)[1]
            return sides - 1
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self._state >> 33) % sides


class Machine:
    """A machine that runs, stands still, or is down."""

    def __init__(self, stage: "Stage", name: str, build: Callable[[str, Dice], Node]) -> None:
        self.stage = stage
        self.name = name
        self.node: Node | None = None
        self.destroyed = False
        """Whether it is gone for good, with its disk."""
        self.paused = False
        self.disk_held = False
        """Whether its disk does not sync."""
        self.wall_offset_us = 0
        self.disk = Disk(f"{name}.0")
        self.copy: Disk | None = None
        """A copy of its disk, to be put back."""
        self.timers: dict[str, int] = {}
        self.dice = Dice(name)
        self._build = build
        self._boots = 0
        self._disks = 1
        self._loads: list[Load] = []

    def boot(self, genesis: bool = False) -> None:
        """Start a process on what is on the disk."""
        assert self.node is None, f"{self.name} runs already"
        self._boots += 1
        self.node = self._build(self.name, self.dice)
        disk = self.disk
        disk.boots += 1
        fresh = disk.name if disk.boots == 1 else f"{disk.name}.{self._boots}"
        self.step(Boot(disk.meta(), disk.contents(DATA), disk.contents(HINT), fresh, genesis, self._boots))

    def crash(self, keep: int) -> int:
        """The process ends; all unsynced batches but the oldest `keep` are lost. How many that were."""
        self.node = None
        self.paused = False
        self.timers.clear()
        self._loads.clear()
        return self.disk.crash(keep)

    def lose_disk(self) -> None:
        """Put an empty disk in the place of the old one; the process must be down."""
        assert self.node is None, f"{self.name} still runs"
        self.disk = Disk(f"{self.name}.{self._disks}")
        self._disks += 1

    def put_back(self) -> None:
        """Put the copy in the place of the disk; the process must be down."""
        assert self.node is None, f"{self.name} still runs"
        assert self.copy is not None, f"there is no copy of {self.name}"
        boots = self.disk.boots
        self.disk = self.copy.image()
        self.disk.boots = max(boots, self.disk.boots)

    def destroy(self) -> None:
        """The machine is gone for good, with its disk."""
        self.crash(0)
        self.lose_disk()
        self.destroyed = True

    # Events and effects

    def step(self, event: Event) -> None:
        """Take in one event, carry out what the node asks for, and let the disk catch up."""
        assert self.node is not None
        stage = self.stage
        for effect in self.node.step(event, stage.now_us, stage.now_us + self.wall_offset_us):
            self._carry_out(effect)
        while self._loads and self.node is not None:
            load = self._loads.pop(0)
            record, damaged = self.disk.read(load.space, load.key)
            self.step(Loaded(load.space, load.key, record, damaged))
        if self.disk.awaited and not self.disk_held:
            self.sync()

    def sync(self, batches: int | None = None) -> None:
        """Make the oldest batches durable (None: all), and tell the node."""
        seq = self.disk.sync(batches)
        if seq and self.node is not None:
            self.step(Synced(seq))

    def fire(self, timer: str) -> None:
        """Fire one timer now."""
        self.timers.pop(timer, None)
        if timer != FLUSH:
            self.step(TimerFired(timer))
        elif not self.disk_held:
            self.sync()

    def _carry_out(self, effect: Effect) -> None:
        stage = self.stage
        if isinstance(effect, Send):
            stage.wire.moving.append(Packet(self.name, effect.to, effect.message))
        elif isinstance(effect, Reply):
            stage.wire.moving.append(Packet(self.name, effect.client, effect.message))
        elif isinstance(effect, Write):
            self.disk.write(effect)
            if effect.buffered:
                self.timers.setdefault(FLUSH, stage.now_us + FLUSH_US)
        elif isinstance(effect, SetTimer):
            self.timers[effect.name] = effect.at_us
        elif isinstance(effect, Minted):
            stage.watcher.minted(self.name, effect)
        else:
            self._loads.append(effect)
