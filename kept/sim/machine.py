"""One machine: a node process, its disk and its clocks, as the world sees them.

The simulated shell of `dynamo.core.node.Node`: it turns effects into events, and it can die between two of them.
"""

from collections import deque
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
    TimerFired,
    Write,
)
from dynamo.core.node import Node
from kept.sim import faults as kinds
from kept.sim.clock import Clock
from kept.sim.disk import Disk
from kept.sim.entropy import stream
from kept.sim.syncs import Syncs

if TYPE_CHECKING:
    from kept.sim.world import World

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
        self.syncs = Syncs(self)
        self.slower_us: list[int] = []
        """How long each step takes, of every fault that slows the process down."""
        self._busy_until_us = 0
        self._random = stream(world.seed, "choices", name).random
        self._timers: dict[str, tuple[int, int]] = {}
        """name -> (token, local time)"""
        self._inbox: deque[tuple[int, Event]] = deque()

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
        disk.boots += 1
        meta = dict(disk.meta())
        fresh = disk.name if disk.boots == 1 else f"{disk.name}.{self.boots}"
        self.step(Boot(meta, disk.contents("data"), disk.contents("hint"), fresh, genesis, self.boots))

    def crash(self, keep_share: float = 0.0, torn_at: float | None = None) -> tuple[int, bool]:
        """Stop at once. Returns how many unsynced batches were lost, and whether one was torn."""
        lied = len(self.disk.lied())
        return self.crash_keeping(lied + int(self.disk.unsynced * keep_share), torn_at)

    def crash_keeping(self, keep: int, torn_at: float | None = None) -> tuple[int, bool]:
        """Stop at once, and lose all batches that are not durable but the first `keep`."""
        self.node = None
        self.paused = False
        self.dies_after = None
        self._busy_until_us = 0
        self._timers.clear()
        self._inbox.clear()
        self.syncs.stopped()
        self.boots += 1  # what was scheduled for this process finds another one, or none
        return self.disk.crash(keep, torn_at)

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
        """Go on: what has piled up and is still alive is taken in now, as fast as the process is."""
        self.paused = False
        self._catch_up()

    def slow_down(self, by_us: int, sign: int) -> None:
        """Every step takes so much longer (1), or no more (-1)."""
        if sign > 0:
            self.slower_us.append(by_us)
            return
        self.slower_us.remove(by_us)
        if not self.slower_us and not self.paused:
            self._busy_until_us = 0
            self._catch_up()

    def _catch_up(self, _: None = None, boots: int | None = None) -> None:
        """Take in what waits, until the process is busy again, dead, or has nothing to do."""
        if boots is not None and boots != self.boots:
            return
        inbox, world = self._inbox, self.world
        while inbox and self.node is not None and not self.paused and world.now_us >= self._busy_until_us:
            arrived_us, event = inbox.popleft()
            if arrived_us >= world.now_us - MESSAGE_LIFE_US or not isinstance(event, Received | Asked):
                self._take_in(event)

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

    def step(self, event: Event) -> None:
        """Let the node take in one event, and carry out what it asks for; later where it stands still or is busy."""
        assert self.node is not None
        if self.paused or (self._busy_until_us and (self.world.now_us < self._busy_until_us or self._inbox)):
            self._inbox.append((self.world.now_us, event))
        else:
            self._take_in(event)

    def _take_in(self, event: Event) -> None:
        node = self.node
        assert node is not None
        world = self.world
        if self.slower_us and not isinstance(event, Loaded | Boot):  # both are the end of something that was begun
            world.count(kinds.SLOW_NODE)
            self._busy_until_us = world.now_us + sum(self.slower_us)
            world.queue.push(self._busy_until_us, self.name, self._catch_up, None, self.boots)
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
                self.syncs.write(effect)
                if self.node is None:  # there was no room for it
                    return
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
        if self.node is not None:
            self.world.died_in_step(self)

    def _set_timer(self, name: str, at_us: int) -> None:
        world = self.world
        due_us = max(world.now_us, self.clock.when(at_us))
        world.timers += 1
        self._timers[name] = (world.timers, at_us)
        world.queue.push(due_us, self.name, self.fire, name, world.timers)

    def _load(self, load: Load) -> None:
        """Read one record. The process is in the middle of a step, so it takes the answer in at once."""
        space, key = load
        if (space, key) in self.disk.damaged or self._read_fails(load):
            self._take_in(Loaded(space, key, None, corrupt=True))
        else:
            self._take_in(Loaded(space, key, self.disk.read(space, key)))

    def _read_fails(self, load: Load) -> bool:
        fails = self.syncs.fails
        return fails is not None and fails.dirty and self.world.damage.read_failed(self, load)

    def _below(self, limit: int) -> int:
        return int(self._random() * limit)
