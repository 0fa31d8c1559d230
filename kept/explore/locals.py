"""Local states and their steps: one machine with its disk, interned, and what it does with one event, remembered.

A step of the cluster changes one machine, and most steps of different cluster states are the same local step: the node
itself runs only once for each (local state, event). Everything else is a look-up.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dynamo.core.effects import SPACES, Asked, Event, Minted, Received, Synced, TimerFired
from dynamo.core.messages import Operate, Request
from dynamo.core.siblings import Siblings
from histories.errors import one_line
from kept.explore.canon import Canon, Form, digest64
from kept.explore.freezing import Freezer, tidy
from kept.explore.interning import Message, Messages
from kept.explore.lines import Lines
from kept.explore.machine import Build, Machine, Output

_EVENT_BITS = 32


class LocalStep(NamedTuple):
    """What one machine does with one event."""

    to: int
    """The local state afterwards."""
    sends: tuple[int, ...] = ()
    """Numbers of messages."""
    replies: tuple[tuple[str, Any], ...] = ()
    minted: tuple[Minted, ...] = ()
    error: str = ""
    """What the node raised, if it did."""


class Death(NamedTuple):
    """A machine dies in the middle of a step."""

    step: LocalStep
    what: str
    """After how many of its effects, and what it loses."""


class LocalEvent(NamedTuple):
    """Something that can happen at a machine."""

    kind: str
    """deliver, ask, sync, fire, tick, boot, crash or destroy."""
    message: int = -1
    client: str = ""
    request: Request | Operate | None = None
    wall_us: int = 0
    timer: str = ""
    number: int = 0
    """crash: how many unsynced writes are kept; tick: what the node chooses."""


class Facts(NamedTuple):
    """What the cluster asks of a local state."""

    name: str
    up: bool
    serving: bool
    unsynced: int
    waits: bool
    """Whether an open operation has a deadline."""
    hints: bool
    down: frozenset[str]
    generation: int
    """The number of its process' boot; 0 where none runs."""
    changing: bool
    """Whether a change of membership is under way, as far as it knows."""
    destroyed: bool


class Locals:
    """All local states of all machines that were ever met."""

    def __init__(self, names: Sequence[str], build: Build, freezer: Freezer, quiet: bool) -> None:
        self.names = tuple(names)
        self.index = {name: at for at, name in enumerate(self.names)}
        self.build = build
        self.quiet = quiet
        self.messages = Messages()
        self.digests: list[int] = []
        self.facts: list[Facts] = []
        self.frozen: list[bytes] = []
        self.materialised = 0
        """How often a node really ran."""
        self.lines = Lines()
        self.events: list[LocalEvent] = []
        self._event_numbers: dict[LocalEvent, int] = {}
        self._freezer = freezer
        self._known: dict[int, int] = {}
        self._steps: dict[int, LocalStep] = {}
        self._deaths: dict[int, tuple[Death, ...]] = {}

    def event(self, event: LocalEvent) -> int:
        """The number of an event."""
        number = self._event_numbers.get(event)
        if number is None:
            number = self._event_numbers[event] = len(self.events)
            self.events.append(event)
        return number

    # Materialised machines

    def number(self, machine: Machine) -> int:
        """The number of a machine's state. The machine is not to be used afterwards."""
        if machine.node is not None:
            tidy(machine.node)
        digest = digest64(form_of(machine, self.quiet))
        number = self._known.get(digest)
        if number is None:
            number = self._add(digest, facts_of(machine), self._freezer.freeze(machine))
        return number

    def _add(self, digest: int, facts: Facts, frozen: bytes) -> int:
        number = self._known[digest] = len(self.digests)
        self.digests.append(digest)
        self.facts.append(facts)
        self.frozen.append(frozen)
        return number

    def thaw(self, number: int) -> Machine:
        """A machine in this state, to be used freely."""
        machine = self._freezer.thaw(self.frozen[number])
        assert isinstance(machine, Machine)
        return machine

    def of_digest(self, digest: int) -> int | None:
        """The number of the state with this digest; None where it is not known here."""
        return self._known.get(digest)

    def learn(self, digest: int, frozen: bytes) -> int:
        """Take over a state that another process has met."""
        known = self._known.get(digest)
        if known is not None:
            return known
        machine = self._freezer.thaw(frozen)
        return self._add(digest, facts_of(machine), frozen)

    # Steps

    def step(self, state: int, event: int) -> LocalStep:
        """What the machine does with the event."""
        place = state << _EVENT_BITS | event
        found = self._steps.get(place)
        if found is None:
            found = self._steps[place] = self._take(state, self.events[event])
        return found

    def steps_fail(self, state: int, event: int) -> bool:
        """Whether the node raises an error at this event."""
        return bool(self.step(state, event).error)

    def _take(self, state: int, event: LocalEvent) -> LocalStep:
        self.materialised += 1
        machine = self.thaw(state)
        try:
            output = self.lines.watching(carry_out, machine, event, self.messages.all, self.build)
        except Exception as error:  # whatever the store stumbles over is a finding
            return LocalStep(state, error=told(error))
        return self._step(machine, output)

    def _step(self, machine: Machine, output: Output) -> LocalStep:
        me = self.index[machine.name]
        sends = []
        for to, content in output.sends:
            if to in self.index:
                sends.append(self.messages.number(Message(machine.name, to, content), me, self.index[to]))
        return LocalStep(self.number(machine), tuple(sends), output.replies, output.minted)

    def deaths(self, state: int, event: int) -> tuple[Death, ...]:
        """What is left where the machine dies in the middle of the step: after some of its effects, not after none or
        all of them (a crash before or after the step is a step of its own), with any writes lost that a crash may take.
        """
        place = state << _EVENT_BITS | event
        found = self._deaths.get(place)
        if found is None:
            found = self._deaths[place] = self._die(state, self.events[event])
        return found

    def _die(self, state: int, event: LocalEvent) -> tuple[Death, ...]:
        whole = self.step(state, event=self.event(event))
        if len(whole.sends) + len(whole.replies) < 1 or whole.error:
            return ()  # nothing leaves the machine: it is as if the event had never come, or had come just before
        machine = self.thaw(state)
        effects = machine.effects_of(node_event(machine, event, self.messages.all))
        plain = {self._crashed(self.thaw(state), keep) for keep in range(machine.unsynced + 1)}
        plain |= {self._crashed_whole(state, event, keep) for keep in range(self.facts[whole.to].unsynced + 1)}
        found: dict[LocalStep, str] = {}
        for count in range(1, len(effects)):
            if isinstance(effects[count], Minted):  # a note to the observer, and part of the write before it
                continue
            for keep in range(self.facts[state].unsynced + count + 1):
                dying = self.thaw(state)
                if event.kind == "sync":
                    dying.disk.sync()
                output = dying.carry_out(effects[:count])
                lost = dying.unsynced - keep
                if lost >= 0:
                    dead = self._crashed(dying, keep, output)
                    if dead not in plain:
                        found.setdefault(dead, f"dies after {count} of {len(effects)} effects{_losing(lost)}")
        return tuple(Death(step, what) for step, what in found.items())

    def _crashed(self, machine: Machine, keep: int, output: Output | None = None) -> LocalStep:
        machine.crash(keep)
        return self._step(machine, output or Output())

    def _crashed_whole(self, state: int, event: LocalEvent, keep: int) -> LocalStep:
        machine = self.thaw(state)
        output = carry_out(machine, event, self.messages.all, self.build)
        return self._crashed(machine, keep, output)


def _losing(lost: int) -> str:
    return f", and loses {lost} write{'s' * (lost > 1)}" if lost else ""


def told(error: Exception) -> str:
    """An error of the store in one line."""
    return one_line(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def carry_out(machine: Machine, event: LocalEvent, messages: Sequence[Message], build: Build) -> Output:
    """Let an event happen at a machine."""
    if event.kind == "deliver":
        message = messages[event.message]
        return machine.deliver(message.sender, message.content)
    if event.kind == "ask":
        assert event.request is not None
        return machine.ask(event.client, event.request, event.wall_us)
    if event.kind == "boot":
        return machine.boot(build)
    if event.kind == "tick":
        return machine.tick(event.timer, event.number)
    if event.kind == "crash":
        machine.crash(event.number)
    elif event.kind == "destroy":
        machine.destroy()
    if machine.node is None:
        return Output()
    happen: Callable[[], Output] = {"sync": machine.sync, "fire": machine.fire}[event.kind]
    return happen()


def node_event(machine: Machine, event: LocalEvent, messages: Sequence[Message]) -> Event:
    """The event as the node takes it in; the machine is made ready for it."""
    if event.kind == "deliver":
        return Received(messages[event.message].sender, messages[event.message].content)
    if event.kind == "ask":
        machine.wall_us = max(machine.wall_us, event.wall_us)
        return Asked(event.client, event.request)
    if event.kind == "sync":
        return Synced(machine.disk.sync())
    if event.kind == "fire":
        machine.now_us = max(machine.now_us, machine.next_deadline_us() or 0)
        return TimerFired("deadlines")
    assert event.kind == "tick"
    assert machine.node is not None
    machine.node.host.choose.wish = event.number  # type: ignore[attr-defined]  # a `Choice`
    return TimerFired(event.timer)


def form_of(machine: Machine, quiet: bool) -> Form:
    """The canonical form of a machine's state."""
    canon = Canon(machine.node, quiet)
    engine = machine.disk.engine
    records: list[Form] = []
    for space in SPACES:
        for key, record in engine.scan(space):
            records.append((space, key, record.digest if isinstance(record, Siblings) else record))
    undo = [canon.form(before) for _, before in machine.disk._undo]  # what a crash may take
    disk = (machine.disk.name, machine.disk.boots, tuple(sorted(records)), tuple(undo))
    node = None if machine.node is None else canon.form(machine.node)
    return ("machine", machine.name, machine.boots, machine.destroyed, machine.wall_us, disk, node)


def facts_of(machine: Machine) -> Facts:
    """What the cluster asks of a machine's state."""
    node = machine.node
    return Facts(
        machine.name,
        node is not None,
        node is not None and node.serving,
        machine.unsynced,
        machine.next_deadline_us() is not None,
        node is not None and bool(node.replica.hints),
        frozenset() if node is None else frozenset(node.host.detector.down),
        0 if node is None else node.host.generation,
        node is not None and node.host.changing,
        machine.destroyed,
    )
