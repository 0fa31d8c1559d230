"""How long messages take: distributions as functions of a number drawn evenly between 0 and 1.

Nothing is drawn here. Whoever draws hands the numbers in, so the same numbers give the same delays.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Distribution(Protocol):
    """Delays in milliseconds."""

    def at(self, even: Floats) -> Floats:
        """The delays that belong to numbers drawn evenly from the open interval (0, 1)."""
        ...


class Mixture(NamedTuple):
    """Mostly a Pareto distribution, else an exponential one: how PBS (table 3) fits what stores measured."""

    pareto_share: float
    pareto_least_ms: float
    pareto_alpha: float
    exponential_rate: float
    """Per millisecond."""

    def at(self, even: Floats) -> Floats:
        share = self.pareto_share
        tail = even >= share
        found = np.empty_like(even)
        # Below the share, the number is as evenly drawn as before, only from a smaller interval; so is what is above.
        found[~tail] = self.pareto_least_ms * (even[~tail] / share) ** (-1.0 / self.pareto_alpha)
        found[tail] = np.log((even[tail] - share) / (1.0 - share) + 2.0**-54) / -self.exponential_rate
        return found


class Table(NamedTuple):
    """What a table of quantiles says, straight lines between them."""

    shares: tuple[float, ...]
    """Ascending, from 0 to 1."""
    delays_ms: tuple[float, ...]

    def at(self, even: Floats) -> Floats:
        return np.interp(even, self.shares, self.delays_ms)


class Sample(NamedTuple):
    """What was measured, each delay as likely as the other."""

    delays_ms: Floats

    def at(self, even: Floats) -> Floats:
        return self.delays_ms[(even * len(self.delays_ms)).astype(np.int64)]


class Later(NamedTuple):
    """Another distribution, and so much more."""

    by_ms: float
    than: Distribution

    def at(self, even: Floats) -> Floats:
        return self.than.at(even) + self.by_ms


class Legs(NamedTuple):
    """One way each: W a write to a replica and onto its disk, A its acknowledgement, R a read to a replica, S its
    reply."""

    w: Distribution
    a: Distribution
    r: Distribution
    s: Distribution


class Latencies(NamedTuple):
    """Of every replica alike, or other ones for the replica that is near the coordinator.

    With `near` each put, and each get, is coordinated beside one of the N replicas, any one with equal chance.
    """

    legs: Legs
    near: Legs | None = None
