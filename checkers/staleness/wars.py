"""WARS: how stale reads are, from the delays of messages (Bailis, Venkataraman, Franklin, Hellerstein, Stoica 2012).

A put reaches replica i after W_i and its acknowledgement comes back after A_i; the put is acknowledged at w, the W-th
smallest of W_i + A_i. A get that starts t later reaches replica i after R_i and has its reply after S_i; the first R
replies count. It returns the put, or something newer, if one of these replicas had the put when the get came:

    w + t + R_i >= W_i        for one of the first R replicas by R_i + S_i

So each trial has one number, the least t that is enough; the share of trials below t is the t-visibility. (The text of
the paper prints the inequality the other way round; its simulator has it as it stands here.)

Nothing is drawn here: delays come as arrays, one row a trial, one column a replica, in milliseconds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Puts(NamedTuple):
    """Puts on their way."""

    w: Floats
    a: Floats

    def acknowledged(self, quorum: int) -> Floats:
        """When W replicas have acknowledged each: the latency of the put."""
        return _kth(self.w + self.a, quorum)


class Gets(NamedTuple):
    """Gets on their way."""

    r: Floats
    s: Floats

    def answered(self, quorum: int) -> Floats:
        """When R replies are there: the latency of the get."""
        return _kth(self.r + self.s, quorum)

    def first(self, quorum: int) -> Ints:
        """The replicas whose replies count."""
        if quorum == self.r.shape[1]:
            return np.broadcast_to(np.arange(quorum), self.r.shape)
        return np.argpartition(self.r + self.s, quorum - 1, axis=1)[:, :quorum]


def enough(puts: Puts, gets: Gets, first: Ints, acknowledged: Floats) -> Floats:
    """For each trial how long after the acknowledgement the get must start at the least in order to return the put.
    Negative where it could have started before."""
    late = np.take_along_axis(puts.w - gets.r, first, axis=1)
    return np.asarray(late.min(axis=1) - acknowledged)


def _kth(times: Floats, k: int) -> Floats:
    """The k-th smallest of each row."""
    if k == 1:
        return np.asarray(times.min(axis=1))
    if k == times.shape[1]:
        return np.asarray(times.max(axis=1))
    return np.partition(times, k - 1, axis=1)[:, k - 1]
