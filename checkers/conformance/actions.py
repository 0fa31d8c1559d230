"""Taking actions of the abstract store while a trace is walked, and saying which one a step is not."""

from typing import NamedTuple

from checkers.conformance.places import Places


class Mismatch(NamedTuple):
    """The first step that no action explains."""

    at: int
    """Its position in the trace, from 0."""
    action: str
    """The nearest action."""
    guard: str
    """Which of its guards does not hold; `effect`: the step does what the action would not."""
    sentence: str


class Nonconforming(Exception):
    """A step that no action explains."""

    def __init__(self, action: str, guard: str, sentence: str) -> None:
        super().__init__(sentence)
        self.action, self.guard, self.sentence = action, guard, sentence


class OutOfScope(Exception):
    """From here on the key does what the abstract store has no action for. The reason is a clause."""


class Actions:
    """The actions of one key, as the places allow them."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.taken: dict[str, int] = {}
        """How often each action happened."""

    def take(self, action: str, *args: str) -> None:
        """Let an action happen. Raises `Nonconforming` where a guard does not hold."""
        self.require(action, *args)
        self.count(action)
        self.places.take(action, *args)

    def require(self, action: str, *args: str) -> None:
        """Raises `Nonconforming` where a guard of the action does not hold."""
        broken = self.places.broken(action, *args)
        if broken:
            self.refuse(action, broken[0])

    def refuse(self, action: str, guard: str) -> None:
        """A guard does not hold."""
        raise Nonconforming(action, guard, self.places.sentence(action, guard))

    def count(self, action: str) -> None:
        """An action has happened whose effect the walk has worked out itself."""
        self.taken[action] = self.taken.get(action, 0) + 1
