"""How large a search will be, before it has come to its end: an order of magnitude, to refuse what cannot end.

A breadth-first search ends where the longest run ends; how long runs are, random runs tell quickly. In between, levels
grow, each less in proportion than the one before, and shrink again: the logarithm of their sizes is taken for a
parabola with the size and the growth of the last full levels, that comes down to one state at the end. Where runs do
not end, it bends as the last levels did.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, sqrt
from typing import Any

from model.explorer.system import System

RUNS = 60
MOST_STEPS = 2_000
"""A random run that is longer is taken for one without an end."""
FITTED = 3
"""Over so many levels the last growth is taken."""
_LEAST_BEND = 0.02
_MASK = 2**64 - 1


def estimated_states(levels: Sequence[int], longest: int | None) -> int:
    """How many states there are in all, good to an order of magnitude.

    `levels` are the sizes of the levels that are complete, at least one; no run has more than `longest` steps. None:
    runs have no end; then it is a guess, and more likely too low.
    """
    known, last = sum(levels), len(levels) - 1
    size = log(levels[-1])
    if longest is None:
        growth, bend, left = _as_before([log(one) for one in levels])
    elif longest <= last or last < FITTED:
        return known
    else:
        left = longest - last
        growth = (size - log(levels[last - FITTED])) / FITTED
        bend = (size + growth * left) / left**2
    rest = (exp(min(700.0, size + growth * at - bend * at * at)) for at in range(1, left + 1))
    return known + int(sum(rest))


def _as_before(sizes: Sequence[float]) -> tuple[float, float, int]:
    """Growth, bend and how many levels are left, where only the logarithms of the last levels are to go by."""
    rises = [after - before for before, after in pairwise(sizes)]
    bends = [before - after for before, after in pairwise(rises)][-2:]
    growth = rises[-1] if rises else sizes[-1]
    bend = max(_LEAST_BEND, sum(bends) / len(bends)) / 2 if bends else max(growth, _LEAST_BEND)
    return growth, bend, int(max(0.0, growth) / bend + sqrt(max(0.0, sizes[-1]) / bend)) + 1


def longest_run(system: System[Any], runs: int = RUNS, seed: int = 1) -> int | None:
    """The most steps of some random runs to where nothing can happen any more; None where one had no end."""
    chance = _Chance(seed)
    longest = 0
    for _ in range(runs):
        length = _run(system, chance)
        if length is None:
            return None
        longest = max(longest, length)
    return longest


def _run(system: System[Any], chance: "_Chance") -> int | None:
    firsts = list(system.initial())
    state = firsts[chance.below(len(firsts))]
    here = system.fingerprint(state)
    for length in range(MOST_STEPS):
        others = [(mark, after) for _, after in system.steps(state) if (mark := system.fingerprint(after)) != here]
        if not others:
            return length
        here, state = others[chance.below(len(others))]
    return None


class _Chance:
    """SplitMix64 (Steele et al. 2014): the same draws everywhere."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        word = self._state
        word = ((word ^ word >> 30) * 0xBF58476D1CE4E5B9) & _MASK
        word = ((word ^ word >> 27) * 0x94D049BB133111EB) & _MASK
        return ((word ^ word >> 31) * bound) >> 64
