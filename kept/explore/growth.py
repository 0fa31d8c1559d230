"""How large a scope is, from the levels of a breadth-first search that has not come to its end.

The levels of such a search grow, each less in proportion than the one before, and shrink again. The logarithm of the
growth from level to level falls about linearly; it is fitted over the last levels and prolonged until nothing is left.
An estimate, of the right order of magnitude: docs/explore-real.md compares it with scopes explored to their ends.
"""

from collections.abc import Sequence
from math import exp, log

FITTED = 8
"""How many of the last growths are fitted."""
MOST_LEVELS = 400
SLOWEST_FALL = 0.005
"""The growth is taken to fall by at least this from level to level; else no end would be in sight."""


def estimated_states(levels: Sequence[int]) -> int:
    """How many states there are in all, by the sizes of the levels that are complete."""
    known = sum(levels)
    growths = [log(after / before) for before, after in zip(levels, levels[1:], strict=False)]
    if len(growths) < 2:
        return known
    last = growths[-FITTED:]
    count = len(last)
    mean_at, mean = (count - 1) / 2, sum(last) / count
    spread = sum((at - mean_at) ** 2 for at in range(count))
    slope = sum((at - mean_at) * (growth - mean) for at, growth in enumerate(last)) / spread
    slope = min(slope, -SLOWEST_FALL)
    growth = mean + slope * (count - 1 - mean_at)
    level, total = float(levels[-1]), float(known)
    for _ in range(MOST_LEVELS):
        growth += slope
        level *= exp(growth)
        if level < 1:
            break
        total += level
    return int(total)
