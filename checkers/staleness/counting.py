"""How many intervals lie between two times, for many pairs of times at once.

Points stand in a row, and each has a rank. `Ranks.above(first, rank)` counts, for many questions, how many of the first
`first` points have a rank of at least `rank`. It is a wavelet matrix (Claude and Navarro 2012): the points are parted
by the highest bit of their rank, then by the next, and counts of ones lead from one level to the next. Building and
asking are O(log n) passes over arrays, so a million questions about a million points take a fraction of a second.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Ranks:
    """A row of points, of which each has a rank of its own from 0 to their number."""

    def __init__(self, ranks: Ints) -> None:
        self._bits = max(len(ranks), 1).bit_length()
        self._levels: list[Ints] = []
        """For each bit, the highest first: how many of the first i points of the level have it."""
        row = ranks
        for bit in range(self._bits - 1, -1, -1):
            ones = (row >> bit) & 1
            self._levels.append(np.concatenate([[0], np.cumsum(ones)]))
            row = np.concatenate([row[ones == 0], row[ones == 1]])

    def above(self, first: Ints, rank: Ints) -> Ints:
        """For each question how many of the first `first` points have a rank of at least `rank`."""
        begin, end = np.zeros_like(first), first
        found = np.zeros_like(first)
        for level, bit in zip(self._levels, range(self._bits - 1, -1, -1), strict=True):
            asked = (rank >> bit) & 1 == 1
            ones_begin, ones_end = level[begin], level[end]
            zeros = len(level) - 1 - level[-1]
            found += np.where(asked, 0, ones_end - ones_begin)
            begin = np.where(asked, zeros + ones_begin, begin - ones_begin)
            end = np.where(asked, zeros + ones_end, end - ones_end)
        return np.asarray(found + end - begin)
