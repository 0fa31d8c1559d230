"""Small systems whose graphs are known: by a formula, by the literature, or because they are given."""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

import pytest

from model.explorer.properties import Always


class Graph:
    """A given graph: by state, its steps as pairs of a label and the next state. It starts in state 0."""

    def __init__(self, steps: list[list[tuple[str, int]]], fair: dict[str, str] | None = None) -> None:
        self.after = steps
        self.fair = fair or {}

    def initial(self) -> Iterator[int]:
        yield 0

    def steps(self, state: int) -> list[tuple[str, int]]:
        return self.after[state]

    def fingerprint(self, state: int) -> int:
        return state * 7919 + 13

    def encode(self, state: int) -> bytes:
        return state.to_bytes(4, "big")

    def decode(self, code: bytes) -> int:
        return int.from_bytes(code, "big")

    def fairness(self, label: str) -> str | None:
        return self.fair.get(label)

    def reached(self) -> dict[int, int]:
        """Naively: every reachable state and its distance from the start."""
        found, level = {0: 0}, [0]
        while level:
            following = []
            for state in level:
                for _, after in self.after[state]:
                    if after not in found:
                        found[after] = found[state] + 1
                        following.append(after)
            level = following
        return found


def random_graph(seed: int, most: int = 8) -> Graph:
    """A graph of up to `most` states, where steps called a and b are fair and c and d are not."""
    chance = Random(seed)
    size = chance.randrange(2, most)

    def steps() -> list[tuple[str, int]]:
        least = 0 if chance.random() < 0.2 else 1
        return [(chance.choice("abcd"), chance.randrange(size)) for _ in range(chance.randrange(least, 4))]

    return Graph([steps() for _ in range(size)], {"a": "A", "b": "B"})


class Grid:
    """From (0, 0) one right or one up, until both are `size`: the two kinds of steps commute."""

    def __init__(self, size: int) -> None:
        self.size = size

    def initial(self) -> Iterator[tuple[int, int]]:
        yield 0, 0

    def steps(self, state: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int]]]:
        x, y = state
        if x < self.size:
            yield "right", (x + 1, y)
        if y < self.size:
            yield "up", (x, y + 1)

    def fingerprint(self, state: tuple[int, int]) -> int:
        return state[0] << 20 | state[1]

    def encode(self, state: tuple[int, int]) -> bytes:
        return b"%d %d" % state

    def decode(self, code: bytes) -> tuple[int, int]:
        x, y = code.split()
        return int(x), int(y)

    def independent(self, one: str, other: str) -> bool:
        return one != other


class Meal(NamedTuple):
    """A step of a philosopher."""

    action: str
    who: int


class Philosophers:
    """Dining philosophers: each thinks, holds the left fork, eats with both, and puts both down."""

    def __init__(self, count: int, polite: bool = False) -> None:
        self.count = count
        self.polite = polite
        """The last one takes the right fork first."""

    def initial(self) -> Iterator[str]:
        yield "t" * self.count

    def steps(self, state: str) -> Iterator[tuple[Meal, str]]:
        for who, does in enumerate(state):
            if does == "t" and self._free(state, self._first(who)):
                yield Meal("take", who), self._now(state, who, "l")
            elif does == "l" and self._free(state, 2 * who + 1 - self._first(who)):
                yield Meal("eat", who), self._now(state, who, "e")
            elif does == "e":
                yield Meal("think", who), self._now(state, who, "t")

    def fingerprint(self, state: str) -> int:
        return int.from_bytes(state.encode(), "big")

    def encode(self, state: str) -> bytes:
        return state.encode()

    def decode(self, code: bytes) -> str:
        return code.decode()

    def independent(self, one: Meal, other: Meal) -> bool:
        return (one.who - other.who) % self.count not in (0, 1, self.count - 1)

    def _first(self, who: int) -> int:
        return who + 1 if self.polite and who == self.count - 1 else who

    def _holds(self, who: int, does: str) -> set[int]:
        forks = {"t": set[int](), "l": {self._first(who) % self.count}}
        return forks.get(does, {who, (who + 1) % self.count})

    def _free(self, state: str, fork: int) -> bool:
        held = [self._holds(who, does) for who, does in enumerate(state)]
        return not any(fork % self.count in forks for forks in held)

    def _now(self, state: str, who: int, does: str) -> str:
        return state[:who] + does + state[who + 1 :]

    def closed_form(self) -> int:
        """Words in a ring where an eater is followed by one who thinks: the trace of a matrix power."""
        allowed = {"t": "tle", "l": "tle", "e": "t"}
        total = 0
        for first in "tle":
            ways = {first: 1}
            for _ in range(self.count):
                following: dict[str, int] = {}
                for one, count in ways.items():
                    for other in allowed[one]:
                        following[other] = following.get(other, 0) + count
                ways = following
            total += ways.get(first, 0)
        return total


class Peterson(NamedTuple):
    """Peterson's mutual exclusion (1981) for two: where each stands, who is interested, whose turn it is."""

    at: tuple[str, str] = ("idle", "idle")
    wants: tuple[bool, bool] = (False, False)
    turn: int = 0


class PetersonSystem:
    """`hasty`: who finds the other interested enters all the same."""

    def __init__(self, hasty: bool = False) -> None:
        self.hasty = hasty

    def initial(self) -> Iterator[Peterson]:
        yield Peterson()

    def steps(self, state: Peterson) -> Iterator[tuple[str, Peterson]]:
        for me, at in enumerate(state.at):
            other = 1 - me
            if at == "idle":
                yield f"ask {me}", self._now(state, me, "yield", True)
            elif at == "yield":
                yield f"go {me}", self._now(state, me, "wait", True)._replace(turn=other)
            elif at == "wait" and (self.hasty or not state.wants[other] or state.turn == me):
                yield f"go {me}", self._now(state, me, "in", True)
            elif at == "in":
                yield f"go {me}", self._now(state, me, "idle", False)

    def fingerprint(self, state: Peterson) -> int:
        codes = [("idle", "yield", "wait", "in").index(at) for at in state.at]
        return codes[0] | codes[1] << 2 | state.wants[0] << 4 | state.wants[1] << 5 | state.turn << 6

    def fairness(self, label: str) -> str | None:
        return label if label.startswith("go") else None

    def _now(self, state: Peterson, me: int, at: str, wants: bool) -> Peterson:
        ats, all_wants = list(state.at), list(state.wants)
        ats[me], all_wants[me] = at, wants
        return state._replace(at=(ats[0], ats[1]), wants=(all_wants[0], all_wants[1]))


def away_from(target: object) -> Always:
    """That the target is not reached."""
    return Always(f"away from {target}", lambda state: "there" if state == target else None)


@pytest.fixture
def away() -> Callable[[object], Always]:
    return away_from


@pytest.fixture
def graph() -> type[Graph]:
    return Graph


@pytest.fixture
def random_graphs() -> list[Graph]:
    """Two hundred graphs of few states."""
    return [random_graph(seed) for seed in range(200)]


@pytest.fixture
def grid() -> type[Grid]:
    return Grid


@pytest.fixture
def philosophers() -> type[Philosophers]:
    return Philosophers


@pytest.fixture
def peterson() -> type[PetersonSystem]:
    return PetersonSystem
