"""The script: what the clients of a run do, and when, as data.

Clients decide by their own random streams, so an operation by itself cannot be taken out of a run: how many numbers a
client draws depends on what it is told, and whatever it does later hangs on that. A script fixes it. Noting, it
collects each intent of each client with its time and with the place that the client's stream had reached; prescribing,
it gives the clients their intents, and winds their streams to these places, so that every intent finds the node and
the habits that it had, whichever others were taken out. A whole script gives the same bytes as the run that it was
noted from.
"""

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from kept.lab.client import Client
from kept.lab.workload import Intent
from kept.sim.entropy import Stream

STOP = "stop"
"""The intent of a client to do nothing more: until then the run lasts."""


class Planned(NamedTuple):
    """One intent. `key` is text; an intent that is due while the one before is under way waits for its end."""

    client: int
    due_us: int
    kind: str
    """One of `workload.INTENTS`, or ``stop``."""
    key: str
    draws: int
    """How many numbers the client's stream had given when the intent was chosen."""


class Wound(Stream):
    """A stream that knows how many numbers it gave, and can be wound to any place."""

    def __init__(self, original: Stream) -> None:
        super().__init__()
        self._start = original.getstate()
        self.rewind()

    def rewind(self) -> None:
        """Back to the first number."""
        self.setstate(self._start)
        self.given = 0

    def random(self) -> float:
        self.given += 1
        return super().random()

    def wind(self, given: int) -> None:
        """Go to the place where so many numbers have been given."""
        if given < self.given:
            self.rewind()
        while self.given < given:
            self.random()


class Script:
    """What the clients of one run do: prescribed, or, where `intents` is None, to be noted."""

    def __init__(self, intents: Iterable[Planned] | None = None) -> None:
        self.noting = intents is None
        self.intents: list[Planned] = [] if intents is None else list(intents)
        """In the order in which the intents begin or, prescribed, as given."""

    def client(self, index: int) -> Callable[..., Client]:
        """The class of the client with this index: to be called with a `Client`'s arguments."""
        if self.noting:
            return partial(NotingClient, self.intents)
        return partial(ScriptedClient, [intent for intent in self.intents if intent.client == index])


class NotingClient(Client):
    """Decides for itself, and notes what it decided."""

    def __init__(self, notes: list[Planned], *arguments: Any) -> None:
        super().__init__(*arguments)
        self.notes = notes
        self.stream = self.draw = Wound(self.draw)
        self.index = self.process
        self.due_us = 0

    def rest_until(self, due_us: int) -> None:
        self.due_us = due_us
        super().rest_until(due_us)

    def wanted(self) -> Intent:
        intent = super().wanted()
        self.notes.append(Planned(self.index, self.due_us, intent.kind, intent.key.decode(), self.stream.given))
        return intent

    def begin(self, _one: Any = None, _two: Any = None) -> None:
        before = len(self.notes)
        super().begin()
        if len(self.notes) == before:  # it was refused
            self.notes.append(Planned(self.index, self.due_us, STOP, "", 0))


class ScriptedClient(Client):
    """Does what it is told when it is told, and stops after the last of it."""

    def __init__(self, intents: list[Planned], *arguments: Any) -> None:
        super().__init__(*arguments)
        self.left = deque(intents)
        self.stream = self.draw = Wound(self.draw)

    def rest_until(self, due_us: int) -> None:
        """How long it thinks is not its own choice."""
        if self.left:
            super().rest_until(max(self.world.now_us, self.left[0].due_us))
        else:
            self.done()

    def wanted(self) -> Intent:
        planned = self.left.popleft()
        self.stream.wind(planned.draws)
        return Intent(planned.kind, planned.key.encode())

    def begin(self, _one: Any = None, _two: Any = None) -> None:
        if self.left[0].kind == STOP:
            self.done()
        else:
            super().begin()
