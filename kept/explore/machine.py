"""One machine of an explored cluster: a node process and its disk, under a clock of its own.

The shell of `dynamo.core.node.Node` for exploration. It carries out a step's effects in their order, or only the first
of them before it dies. Loads are answered at once; a write is durable when `sync` is called. The clock stands still
while messages travel, and goes to the next deadline when that passes before them: every machine's clock by itself.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from dynamo.core.effects import (
    DATA,
    HINT,
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
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.messages import Operate, Request
from dynamo.core.node import Node
from dynamo.core.siblings import Siblings
from kept.scenario.disk import Disk

EPOCH_US = 1_000_000
"""What every clock shows at first; a deadline of 0 would mean none."""
Build = Callable[[str], Node]


class Output(NamedTuple):
    """What leaves a machine in one step."""

    sends: tuple[tuple[str, Any], ...] = ()
    """(to, message)"""
    replies: tuple[tuple[str, Any], ...] = ()
    """(client, response)"""
    minted: tuple[Minted, ...] = ()


class Machine:
    """A machine that runs, or is dead (`node` is None)."""

    paused = False
    """No machine of an exploration stands still."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.node: Node | None = None
        self.disk = Disk(f"{name}.0")
        self.boots = 0
        self.destroyed = False
        """Whether it is gone for good, with its disk."""
        self.now_us = EPOCH_US
        self.wall_us = EPOCH_US

    # Events

    def boot(self, build: Build, genesis: bool = False) -> Output:
        """Start a process with what is on the disk."""
        assert self.node is None, f"{self.name} runs already"
        self.boots += 1
        self.node = build(self.name)
        disk = self.disk
        disk.boots += 1
        fresh = disk.name if disk.boots == 1 else f"{disk.name}.{self.boots}"
        return self._take(
            Boot(disk.meta(), list(disk.contents(DATA)), list(disk.contents(HINT)), fresh, genesis, self.boots)
        )

    def deliver(self, sender: str, message: Any) -> Output:
        return self._take(Received(sender, message))

    def ask(self, client: str, request: Request | Operate, wall_us: int) -> Output:
        """A client asks, or an operator; the wall clocks show `wall_us` from then on."""
        self.wall_us = max(self.wall_us, wall_us)
        return self._take(Asked(client, request))

    def sync(self) -> Output:
        """The disk makes durable what was written."""
        return self._take(Synced(self.disk.sync()))

    def fire(self) -> Output:
        """The next deadline of an operation passes."""
        due_us = self.next_deadline_us()
        assert due_us is not None, "somebody waits"
        self.now_us = max(self.now_us, due_us)
        assert self.node is not None
        limit_us = self.node.config.gossip_us * 20
        assert self.now_us - EPOCH_US < limit_us, "so late that silence alone would convict a peer"
        return self._take(TimerFired("deadlines"))

    def tick(self, timer: str, wish: int | None = None) -> Output:
        """A background interval passes; the node chooses number `wish` where it chooses."""
        assert self.node is not None
        self.node.host.choose.wish = wish  # type: ignore[attr-defined]  # a `Choice`
        return self._take(TimerFired(timer))

    def crash(self, keep: int) -> None:
        """Stop at once; of the writes that are not durable, only the first `keep` are on the disk."""
        self.node = None
        self.disk.crash(keep)
        self.now_us = EPOCH_US

    def destroy(self) -> None:
        """Never come back."""
        self.node, self.disk, self.destroyed = None, Disk(f"{self.name}.0"), True

    # What can happen

    @property
    def unsynced(self) -> int:
        return self.disk.unsynced

    def next_deadline_us(self) -> int | None:
        """When the next operation that is still open has a deadline."""
        if self.node is None:
            return None
        entries = self.node.host._deadlines  # the shell has set a timer for the first of them
        return min((entry[0] for entry in entries if not entry[2].closed), default=None)

    # Effects

    def effects_of(self, event: Event) -> list[Effect]:
        """Let the node take an event in; its effects in their order, with those of what it had to load."""
        node = self.node
        assert node is not None
        effects: list[Effect] = []
        events = [event]
        written: dict[tuple[str, bytes], Any] = {}
        while events:
            for effect in node.step(events.pop(0), self.now_us, self.wall_us):
                if isinstance(effect, Load):
                    place = (effect.space, effect.key)
                    record = written[place] if place in written else self.disk.read(*place)[0]
                    events.append(Loaded(effect.space, effect.key, record))
                    continue
                if isinstance(effect, Write):
                    written |= {(space, key): record for space, key, record in effect.changes}
                effects.append(effect)
        return effects

    def carry_out(self, effects: list[Effect]) -> Output:
        """Do what the node asks for."""
        sends, replies, minted = [], [], []
        for effect in effects:
            if isinstance(effect, Send):
                sends.append((effect.to, effect.message))
            elif isinstance(effect, Write):
                self.disk.write(effect)
            elif isinstance(effect, Reply):
                replies.append((effect.client, effect.message))
            elif isinstance(effect, Minted):
                minted.append(effect)
        return Output(tuple(sends), tuple(replies), tuple(minted))

    def _take(self, event: Event) -> Output:
        return self.carry_out(self.effects_of(event))

    def durable(self, key: bytes) -> list[Siblings]:
        """Every copy of `key` here that a crash would leave, own or kept for another owner."""
        image = self.disk.image() if self.disk.unsynced else self.disk
        found = [record for stored, record in image.contents(DATA) if stored == key and record is not None]
        tail = b"\0" + key
        found += [record for stored, record in image.contents(HINT) if stored.endswith(tail) and record is not None]
        return found
