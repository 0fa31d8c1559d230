"""How large a system is, before it is searched: an order of magnitude, to refuse what cannot end.

A short breadth-first search gives the sizes of the first levels; random runs give the depth at which runs end, and a
bound from below. Two ways to the rest:

* Levels. The logarithm of the size of a level rises, bends and falls. A parabola through the last full level, with the
  growth that was seen there, and back to one state where the longest random run ended, is summed. Where runs do not
  end, it bends as the last levels did.
* Runs. The states that random runs visit are a sample; from how many were visited once and twice follows how many
  were not visited at least (Chao 1984).

Knuth's estimate (1975, "Estimating the efficiency of backtrack programs"), the mean product of the choices along a
random run, counts runs, not states: it says what a search without fingerprints would have before it.
"""

from collections import Counter
from itertools import pairwise
from math import exp, log, log10, sqrt
from typing import Any, NamedTuple

from model.explorer.explore import explore
from model.explorer.outcome import Bounds
from model.explorer.system import System

MOST_STEPS = 2_000
_LEAST_BEND = 0.02
_MASK = 2**64 - 1


class Estimate(NamedTuple):
    """What a search will meet."""

    states: float
    """The likely number of states, good to an order of magnitude; exact where `exact`."""
    least: float
    """Fewer states are unlikely."""
    runs: float
    """Runs from a first state to an end (Knuth), as a logarithm to base 10."""
    depth: int
    """Steps of the longest random run, or levels where exact."""
    branching: float
    """Transitions for each state, as far as was seen."""
    ends: bool
    """Whether every random run came to an end; where one did not, `states` is a guess, more likely too low."""
    exact: bool


def estimate(system: System[Any], states: int = 5_000, runs: int = 100, seed: int = 1) -> Estimate:
    """Search `states` states and take `runs` random runs of at most `MOST_STEPS` steps."""
    found = explore(system, (), Bounds(states=states))
    branching = found.transitions / max(1, found.states)
    if found.complete:
        return Estimate(found.states, found.states, 0.0, found.depth, branching, True, True)
    chance = _Chance(seed)
    visits: Counter[int] = Counter()
    lengths, products, ends = [], [], True
    for _ in range(runs):
        length, logarithm, ended = _run(system, chance, visits)
        lengths.append(length)
        products.append(logarithm)
        ends &= ended
    least = max(found.states, _chao(visits))
    highest = max(products)
    mean = highest + log10(sum(10 ** (one - highest) for one in products) / len(products))
    full = found.levels[:-1]  # the search was cut off in the last level, or could be
    likely = _levels(full, max(lengths) if ends else None)
    return Estimate(max(least, likely), least, mean, max(lengths), branching, ends, False)


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


def _run(system: System[Any], chance: _Chance, visits: Counter[int]) -> tuple[int, float, bool]:
    """A random run: its length, the logarithm of the product of its choices, whether it ended. Counts its states."""
    firsts = list(system.initial())
    state = firsts[chance.below(len(firsts))]
    logarithm = log10(len(firsts))
    here = system.fingerprint(state)
    for length in range(MOST_STEPS):
        visits[here] += 1
        others = [(mark, after) for _, after in system.steps(state) if (mark := system.fingerprint(after)) != here]
        if not others:
            return length, logarithm, True
        logarithm += log10(len(others))
        here, state = others[chance.below(len(others))]
    return MOST_STEPS, logarithm, False


def _chao(visits: Counter[int]) -> float:
    once = sum(1 for count in visits.values() if count == 1)
    twice = sum(1 for count in visits.values() if count == 2)
    return len(visits) + once * (once - 1) / (2 * (twice + 1))


def _levels(full: tuple[int, ...], depth: int | None) -> float:
    """The sum of all levels, by a parabola from the last full one down to one state at `depth`.

    Where no depth is known the parabola bends as the last levels did, at least by `_LEAST_BEND` a level.
    """
    logs = [log(size) for size in full]
    last = len(full) - 1
    if depth is None:
        rises = [after - before for before, after in pairwise(logs)]
        bends = [before - after for before, after in pairwise(rises)][-2:]
        growth = rises[-1] if rises else logs[-1]
        bend = max(_LEAST_BEND, sum(bends) / len(bends)) if bends else growth
        left = int(2 * max(0.0, growth) / bend + 2 * sqrt(logs[-1] / bend)) + 1
    else:
        back = min(3, last)
        growth = (logs[-1] - logs[-1 - back]) / back if back else log(max(2, full[-1]))
        left = max(2, depth - last)
        bend = max(0.0, 2 * (logs[-1] + left * growth) / left**2)
    rest = (exp(min(700.0, logs[-1] + growth * at - bend * at * at / 2)) for at in range(1, left + 1))
    return sum(full) + sum(rest)
