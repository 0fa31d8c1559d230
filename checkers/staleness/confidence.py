"""How sure a share or a quantile of a sample is: intervals that hold the true one in 95 of 100 samples.

Shares have Wilson's score interval (1927): unlike the textbook's it stays within 0 to 1, and says something where
nothing or everything was a success. Quantiles have the interval between two order statistics, which assumes nothing of
the distribution. Both take the members of a sample to be independent.
"""

from math import ceil, floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
_Z = 1.959963984540054
"""How many standard deviations hold that much of a normal distribution."""

Floats = NDArray[np.float64]


class Proportion(NamedTuple):
    """How many of so many."""

    successes: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1; of nothing it is not a number."""
        return self.successes / self.of if self.of else float("nan")

    @property
    def low(self) -> float:
        return self._wilson(-1) if self.successes else 0.0

    @property
    def high(self) -> float:
        return self._wilson(1) if self.successes < self.of else 1.0

    def _wilson(self, sign: int) -> float:
        count, share = self.of, self.share
        middle = share + _Z * _Z / (2 * count)
        spread = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
        return (middle + sign * spread) / (1 + _Z * _Z / count)


class Quantile(NamedTuple):
    """A quantile of a sample, and the order statistics around it."""

    value: float
    low: float | None
    """None where the sample is too small to say how low it may be."""
    high: float | None


def quantile(ascending: Floats, share: float) -> Quantile:
    """The least member of the sample, sorted, that `share` of the members do not exceed. The sample is not empty."""
    count = len(ascending)
    assert count, "an empty sample has no quantiles"
    assert 0 <= share <= 1
    spread = _Z * sqrt(count * share * (1 - share))
    low, high = floor(count * share - spread), ceil(count * share + spread) + 1
    at = max(ceil(count * share - 1e-9), 1)
    return Quantile(
        float(ascending[at - 1]),
        float(ascending[low - 1]) if low >= 1 else None,
        float(ascending[high - 1]) if high <= count else None,
    )
