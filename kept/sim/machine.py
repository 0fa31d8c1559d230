"""One machine: a node process, its disk and its clocks, as the world sees them.

The simulated shell of `dynamo.core.node.Node`: it turns effects into events, and it can die between two of them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dynamo.core.effects import (
    Asked,
    Boot,
    Effect,
    Event,
    Load,
    Loaded,
    Minted,
    Received,
    Reply,
    Send,
    SetTimer,
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.node import Node
from kept.sim.clock import Clock
from kept.sim.disk import Disk
from kept.sim.entropy import stream
from kept.sim.faults import Fault

if TYPE_CHECKING:
    from kept.sim.world import World

SYNC_US = (80, 400)
"""How long a sync of the disk takes, mostly."""
SLOW_SYNC_US = (1_000, 20_000)
FLUSH_US = 50_000
"""How long a write that nobody waits for may lie in the buffer."""
SLOW_SYNC_CHANCE = 0.08
"""Now and then the disk is busy; whatever is written meanwhile shares the next sync, or is lost with a crash."""
MESSAGE_LIFE_US = 1_500_000
"""A message that nobody has taken in for longer is gone: the connection of a peer that stands still is reset."""


class Machine:
    """A machine that can run, stand still, or be dead."""

    def __init__(self, world: "World", name: str, build: Callable[..., Node]) -> None:
        self.world = world
        self.name = name
        self.build = build
        self.disks = 1
        self.disk = Disk(f"{name}.0")
        self.clock = Clock()
        self.node: Node | None = None
        self.paused = False
        self.destroyed = False
        """Whether it is gone for good, with its disk."""
        self.boots = 0
        self.dies_after: int | None = None
        """Die in the next step that has more effects than this, after so many of them."""
        self.dies_dirty: Fault | None = None
        """Crash as this fault says, as soon as something has been written and before it is synced."""
        self._random = stream(world.seed, "choices", name).random
        self._sync_random = stream(world.seed, "sync", name).random
        self._timers: dict[str, tuple[int, int]] = {}
        """name -> (token, local time)"""
        self._inbox: list[tuple[int, Event]] = []
        self._syncing = False
        self._flushing = False
        self._awaited_seq = 0
        """The last write that somebody waits for."""

    @property
    def up(self) -> bool:
        return self.node is not None

    @property
    def serving(self) -> bool:
        return self.node is not None and self.node.serving

    # Life and death

    def boot(self, genesis: bool = False) -> None:
        """Start the process with what is on the disk."""
        assert self.node is None, f"{self.name} runs already"
        self.boots += 1
        self.node = self.build(self.name, self._below)
        disk = self.disk
        meta = dict(disk.meta())
        fresh = f"{disk.name}.{self.boots}" if meta else disk.name
        self.step(Boot(meta, disk.contents("data"), disk.contents("hint"), fresh, genesis, self.boots))

    def crash(self, keep_share: float = 0.0, torn_at: float | None = None) -> tuple[int, bool]:
        """Stop at once. Returns how many unsynced batches were lost, and whether one was torn."""
        self.node = None
        self.paused = False
        self.dies_after = None
        self.dies_dirty = None
        self._timers.clear()
        self._inbox.clear()
        self._syncing = self._flushing = False
        self._awaited_seq = 0
        self.boots += 1  # what was scheduled for this process finds another one, or none
        return self.disk.crash(int(self.disk.unsynced * keep_share), torn_at)

    def lose_disk(self) -> None:
        """Replace the disk by an empty one. The process must be dead."""
        assert self.node is None, f"{self.name} still runs"
        self.disk = Disk(f"{self.name}.{self.disks}")
        self.disks += 1

    def destroy(self) -> None:
        """The machine is gone for good."""
        if self.node is not None:
            self.crash()
        self.lose_disk()
        self.destroyed = True

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        """Go on: what has piled up and is still alive is taken in now."""
        self.paused = False
        inbox, self._inbox = self._inbox, []
        oldest_us = self.world.now_us - MESSAGE_LIFE_US
        for arrived_us, event in inbox:
            if self.node is None:
                return
            if arrived_us >= oldest_us or type(event) in (TimerFired, Synced):
                self.step(event)

    # Events

    def deliver(self, sender: str, message: Any) -> None:
        """A message from another node arrives."""
        if self.node is not None:
            self.step(Received(sender, message))

    def asked(self, client: str, request: Any) -> None:
        """A message from a client arrives."""
        if self.node is not None:
            self.step(Asked(client, request))

    def fire(self, name: str, token: int) -> None:
        set_for = self._timers.get(name)
        if set_for is None or set_for[0] != token:
            return
        world, at_us = self.world, set_for[1]
        if not self.clock.true and self.clock.read(world.now_us) < at_us:  # the clock has slowed down since
            world.queue.push(self.clock.when(at_us), self.name, self.fire, name, token)
            return
        del self._timers[name]
        self.step(TimerFired(name))

    def sync_done(self, seq: int, boots: int) -> None:
        """The disk has finished a sync that began when `seq` was its last write."""
        if boots != self.boots:
            return
        self._syncing = False
        self.disk.synced(seq)
        self.step(Synced(seq))
        if not self._syncing and self.node is not None and self._awaited_seq > seq:
            self._sync()

    def step(self, event: Event) -> None:
        """Let the node take in one event, and carry out what it asks for."""
        node = self.node
        assert node is not None
        world = self.world
        if self.paused:
            self._inbox.append((world.now_us, event))
            return
        clock = self.clock
        now_us = world.now_us if clock.true else clock.read(world.now_us)
        effects = node.step(event, now_us, now_us + clock.offset_us)
        if effects:
            if self.dies_after is None:
                self._carry_out(effects)
            else:
                self._carry_out_and_die(effects)

    # Effects

    def _carry_out(self, effects: list[Effect]) -> None:
        world = self.world
        loads: list[Load] | None = None
        for effect in effects:
            if isinstance(effect, Send):
                to, message = effect
                world.network.send(self.name, to, world.now_us, world.machines[to].deliver, self.name, message)
                if world.watch is not None:
                    world.watch.sent(world.now_us, self.name, to, message)
            elif isinstance(effect, Write):
                self._write(effect)
            elif isinstance(effect, Reply):
                world.reply(self.name, effect.client, effect.message)
            elif isinstance(effect, SetTimer):
                self._set_timer(effect.name, effect.at_us)
            elif isinstance(effect, Minted):
                world.observer.minted(world.now_us, self.name, effect)
            else:
                loads = loads or []
                loads.append(effect)
        if loads is not None:
            for load in loads:
                if self.node is not None:
                    self._load(load)

    def _carry_out_and_die(self, effects: list[Effect]) -> None:
        """Carry out the first effects of a step and die before the rest."""
        assert self.dies_after is not None
        if len(effects) <= self.dies_after:
            self._carry_out(effects)
            return
        first = effects[: self.dies_after]
        self._carry_out(first)
        self.world.died_in_step(self)

    def _write(self, write: Write) -> None:
        if self.world.watch is not None:
            self.world.watch.wrote(self.world.now_us, self.name, self.disk, write.changes)
        self.disk.write(write.seq, write.changes)
        if self.dies_dirty is not None:
            due_us = self.world.now_us + int(self._sync_random() * SYNC_US[0])  # no sync is that quick
            self.world.queue.push(due_us, self.name, self.world.died_dirty, self, self.dies_dirty)
        if write.buffered:
            if not self._flushing:
                self._flushing = True
                self.world.queue.push(self.world.now_us + FLUSH_US, self.name, self.flush, None, self.boots)
            return
        self._awaited_seq = write.seq
        if not self._syncing:
            self._sync()

    def flush(self, _: None, boots: int) -> None:
        """What was written and nobody waits for has lain in the buffer for long enough."""
        if boots == self.boots:
            self._flushing = False
            if not self._syncing and self.disk.unsynced:
                self._sync()

    def _sync(self) -> None:
        """Begin a sync. One at a time: writes that come meanwhile share the next one (group commit)."""
        self._syncing = True
        chance = self._sync_random()
        low_us, high_us = SLOW_SYNC_US if chance < SLOW_SYNC_CHANCE else SYNC_US
        due_us = self.world.now_us + low_us + int(self._sync_random() * (high_us - low_us))
        self.world.queue.push(due_us, self.name, self.sync_done, self.disk.last_seq, self.boots)

    def _set_timer(self, name: str, at_us: int) -> None:
        world = self.world
        due_us = max(world.now_us, self.clock.when(at_us))
        world.timers += 1
        self._timers[name] = (world.timers, at_us)
        world.queue.push(due_us, self.name, self.fire, name, world.timers)

    def _load(self, load: Load) -> None:
        record = self.disk.read(load.space, load.key)
        self.step(Loaded(load.space, load.key, record))

    def _below(self, limit: int) -> int:
        return int(self._random() * limit)
