"""Short runs of the abstract store, written as text."""

from collections.abc import Callable, Iterable
from random import Random

import pytest

from model.abstract.evaluation import State
from model.abstract.instance import Instance, instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.store import STORE

THREE = instance({"old": "abc"}, r=2, w=2, deletes=("del1",), reads=("get1", "get2"), nodes="f")
MOVE = instance({"old": "a", "new": "b"}, r=1, w=1, reads=("get1", "get2"))


class World:
    """One instance of the store and its present state."""

    def __init__(self, chosen: Instance) -> None:
        self.interpreter = Interpreter(STORE, chosen)
        self.state: State = self.interpreter.initial

    def blocked(self, text: str) -> tuple[str, ...]:
        """The guards that keep the step ``action argument argument`` from happening."""
        return self.interpreter.broken(self.state, step(text))

    def play(self, text: str) -> "World":
        """Take the steps of `text`, separated by semicolons. Every one must be possible."""
        for one in text.split(";"):
            assert self.blocked(one) == (), one
            self.state = self.interpreter.apply(self.state, step(one))
        return self

    def rows(self, relation: str) -> set[str]:
        """The tuples of a relation, each joined by blanks."""
        return {" ".join(row) for row in self.interpreter.value(self.state, relation)}

    def allows(self, name: str, **values: Iterable[tuple[str, ...]]) -> bool:
        """Whether a state has the invariant `name`: that in which relations have these `values`, the others none."""
        state = self.interpreter.state({relation: frozenset(rows) for relation, rows in values.items()})
        return self.interpreter.holds(state, self.interpreter.protocol.invariant(name).formula)


def step(text: str) -> Step:
    action, *args = text.split()
    return Step(action, tuple(args))


@pytest.fixture
def three() -> World:
    """Owners a, b and c of the list "old", R = W = 2, and a fallback f."""
    return World(THREE)


@pytest.fixture
def move() -> World:
    """The list "old" of a alone, and the list "new" of b alone."""
    return World(MOVE)


@pytest.fixture
def walk() -> Callable[[Interpreter, int, int], Iterable[State]]:
    """States of a random run: of the possible actions each is as likely as any other, however many ways it has."""

    def states(interpreter: Interpreter, seed: int, length: int) -> Iterable[State]:
        chance = Random(seed)
        state = interpreter.initial
        names = [action.name for action in interpreter.protocol.actions]
        for _ in range(length):
            yield state
            for name in chance.sample(names, len(names)):
                ways = [Step(name, args) for args in interpreter.arguments(name)]
                chance.shuffle(ways)
                possible = next((way for way in ways if not interpreter.broken(state, way)), None)
                after = state if possible is None else interpreter.apply(state, possible)
                if after != state:
                    state = after
                    break

    return states
