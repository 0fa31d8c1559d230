"""How large a scope is, from the levels of a breadth-first search that has not come to its end.

Such a search ends where the longest run ends; how long runs are, random walks tell quickly. In between, levels grow,
each less in proportion than the one before, and shrink again: the logarithm of their sizes is taken for a parabola
with the size and the growth of the last levels, that comes down to one state at the end. An estimate, of the right
order of magnitude: docs/explore-real.md compares it with scopes that were explored to their ends.
"""

from collections.abc import Sequence
from math import exp, log
from typing import Any

from kept.sim.entropy import stream
from model.explorer.system import System

WALKS = 60
FITTED = 3
"""Over so many levels the last growth is taken."""


def estimated_states(levels: Sequence[int], longest: int) -> int:
    """How many states there are in all, where `levels` are the sizes of the levels that are complete, and no run has
    more than `longest` steps."""
    known = sum(levels)
    last = len(levels) - 1
    left = longest - last
    if left <= 0 or len(levels) <= FITTED:
        return known
    size = log(levels[-1])
    growth = (size - log(levels[-1 - FITTED])) / FITTED
    bend = -(size + growth * left) / left**2
    return known + int(sum(exp(size + growth * at + bend * at * at) for at in range(1, left + 1)))


def longest_run(system: System[Any], seed: int = 0) -> int:
    """The most steps of some random walks to where nothing can happen any more."""
    draw = stream(seed, "walks")
    longest = 0
    for _ in range(WALKS):
        state = next(iter(system.initial()))
        length = 0
        while steps := list(system.steps(state)):
            state = steps[int(draw.random() * len(steps))][1]
            length += 1
        longest = max(longest, length)
    return longest
