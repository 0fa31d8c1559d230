"""Runs that never come to where they must: states without steps, and fair cycles.

A run that stays outside the goal for ever ends in a state without steps or goes round in a strongly connected
component of the states outside the goal (Vardi and Wolper 1986). Weak fairness needs no search for the right cycle:
the more of a component a cycle visits the fairer it is, so a component has a fair cycle iff going through all of it is
fair. That is so if each class of steps is taken inside it, or is impossible in one of its states.

Steps from a state to itself are left out throughout: they are no progress.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.explorer.graph import PROGRESS, Edges

Numbers = NDArray[np.int64]


class Stuck(NamedTuple):
    """A run that breaks an `Eventually`: it comes to `state` and ends there, or goes round."""

    state: int
    """In the whole search."""
    walk: tuple[tuple[int, Hashable | None], ...]
    """The states of the cycle after the first, ending with it again; with each step's class, if it matters."""


class Graph:
    """The edges of all parts, with states numbered through part by part."""

    def __init__(self, parts: Sequence[Edges]) -> None:
        self.parts = len(parts)
        sizes = [len(edges.settled) for edges in parts]
        self._offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.settled = np.concatenate([np.frombuffer(edges.settled, np.uint8) for edges in parts])
        self.expanded = np.zeros(len(self.settled), np.bool_)
        for offset, edges in zip(self._offsets, parts, strict=False):
            self.expanded[offset : offset + edges.expanded] = True
        self.classes: dict[Hashable | None, int] = {None: PROGRESS}
        tables = []
        for edges in parts:
            for name in edges.classes:
                self.classes.setdefault(name, len(self.classes))
            tables.append(np.array([self.classes[name] for name in edges.classes], np.int64))
        self._join(parts, tables)

    def _join(self, parts: Sequence[Edges], tables: Sequence[Numbers]) -> None:
        sources, targets, duties = [], [], []
        for edges in parts:
            source = np.frombuffer(edges.sources, np.uint32).astype(np.int64) if edges.sources else _NONE
            target = np.frombuffer(edges.targets, np.uint32).astype(np.int64) if edges.targets else _NONE
            duty = np.frombuffer(edges.duties, np.uint16).astype(np.int64) if edges.duties else _NONE
            common = np.zeros(len(duty), np.int64)
            for sender, table in enumerate(tables):  # a step's class has the number that its sender gave it
                sent = source % self.parts == sender
                common[sent] = table[duty[sent]]
            sources.append(self._dense(source))
            targets.append(self._dense(target))
            duties.append(common)
        source, target, duty = (np.concatenate(column) for column in (sources, targets, duties))
        moving = np.flatnonzero(source != target)
        order = moving[np.argsort(source[moving], kind="stable")]
        self.source, self.target, self.duty = source[order], target[order], duty[order]

    def _dense(self, numbers: Numbers) -> Numbers:
        return self._offsets[numbers % self.parts] + numbers // self.parts

    def whole(self, state: int) -> int:
        """The number of a state in the whole search."""
        part = int(np.searchsorted(self._offsets, state, side="right")) - 1
        return (state - int(self._offsets[part])) * self.parts + part

    # Asking

    def stuck(self, bit: int) -> Iterator[Stuck]:
        """Runs that break property number `bit`: for each part its first end, then its first fair cycle."""
        outside = (self.settled >> bit & 1) == 0
        leaves = np.zeros(len(outside), np.bool_)
        leaves[self.source] = True
        ends = np.flatnonzero(outside & self.expanded & ~leaves)
        for start, stop in zip(self._offsets, self._offsets[1:], strict=False):
            here = ends[(ends >= start) & (ends < stop)]
            if len(here):
                yield Stuck(self.whole(int(here[0])), ())
        for component in self._fair(outside):
            yield self._lasso(component)
            return

    def _fair(self, outside: NDArray[np.bool_]) -> Iterator[list[int]]:
        """The components outside the goal that have a fair cycle."""
        cyclic = self._trim(outside & self.expanded)
        for component in components(self._adjacency(cyclic), np.flatnonzero(cyclic).tolist()):
            if len(component) > 1 and all(self._met(component, duty) for duty in range(1, len(self.classes))):
                yield sorted(component)

    def _trim(self, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Without the states that cannot go on for ever among the `kept`."""
        while True:
            inner = kept[self.source] & kept[self.target]
            goes_on = np.zeros(len(kept), np.bool_)
            goes_on[self.source[inner]] = True
            if np.array_equal(kept, goes_on):
                return kept
            kept = goes_on

    def _adjacency(self, kept: NDArray[np.bool_]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {state: [] for state in np.flatnonzero(kept).tolist()}
        inner = np.flatnonzero(kept[self.source] & kept[self.target])
        for source, target in zip(self.source[inner].tolist(), self.target[inner].tolist(), strict=True):
            found[source].append(target)
        return found

    def _leaving(self, state: int) -> Iterator[tuple[int, int]]:
        first, last = np.searchsorted(self.source, [state, state + 1])
        yield from zip(self.target[first:last].tolist(), self.duty[first:last].tolist(), strict=True)

    def _met(self, component: list[int], duty: int) -> bool:
        return self._obligation(component, frozenset(component), duty) is not None

    def _obligation(self, component: list[int], inside: frozenset[int], duty: int) -> tuple[int, int | None] | None:
        """How a cycle can be fair to a class: by visiting a state where it is impossible, or by taking one of it."""
        for state in component:
            steps = list(self._leaving(state))
            if all(duty != own for _, own in steps):
                return state, None
            for target, own in steps:
                if own == duty and target in inside:
                    return state, target
        return None

    def _lasso(self, component: list[int]) -> Stuck:
        inside, names = frozenset(component), {number: name for name, number in self.classes.items()}
        at = entry = component[0]
        walk: list[tuple[int, Hashable | None]] = []

        def go(goal: int) -> None:
            nonlocal at
            walk.extend((state, None) for state in self._way(at, goal, inside))
            at = goal

        for duty in range(1, len(self.classes)):
            found = self._obligation(component, inside, duty)
            assert found is not None, "the component is fair"
            go(found[0])
            if found[1] is not None:
                walk.append((found[1], names[duty]))
                at = found[1]
        if at == entry:
            if walk:
                return Stuck(self.whole(entry), self._told(walk))
            first = next(target for target, _ in self._leaving(entry) if target in inside)
            walk.append((first, None))
            at = first
        go(entry)
        return Stuck(self.whole(entry), self._told(walk))

    def _told(self, walk: list[tuple[int, Hashable | None]]) -> tuple[tuple[int, Hashable | None], ...]:
        return tuple((self.whole(state), duty) for state, duty in walk)

    def _way(self, start: int, goal: int, inside: frozenset[int]) -> list[int]:
        """The states after `start` on a shortest way to `goal` inside a component."""
        before: dict[int, int] = {start: start}
        waiting = deque([start])
        while goal not in before:
            state = waiting.popleft()
            for target, _ in self._leaving(state):
                if target in inside and target not in before:
                    before[target] = state
                    waiting.append(target)
        way = []
        while goal != start:
            way.append(goal)
            goal = before[goal]
        return way[::-1]


_NONE = np.empty(0, np.int64)


def components(after: dict[int, list[int]], states: list[int]) -> Iterator[list[int]]:
    """Strongly connected components (Tarjan 1972), without recursion."""
    met: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    height: dict[int, int] = {}
    closed: set[int] = set()
    for root in states:
        if root in met:
            continue
        met[root] = low[root] = len(met)
        height[root] = len(waiting)
        waiting.append(root)
        path = [(root, iter(after[root]))]
        while path:
            state, rest = path[-1]
            for target in rest:
                if target not in met:
                    met[target] = low[target] = len(met)
                    height[target] = len(waiting)
                    waiting.append(target)
                    path.append((target, iter(after[target])))
                    break
                if target not in closed:
                    low[state] = min(low[state], met[target])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[state])
                if low[state] == met[state]:
                    component = waiting[height[state] :]
                    del waiting[height[state] :]
                    closed.update(component)
                    yield component
