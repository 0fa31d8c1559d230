"""How stale the reads of one history were: t-visibility and k-staleness as they were measured.

A read is in the sample if some write of its key was acknowledged before it began. The *newest* of these is the one that
began last. A read is *fresh* if it returned the newest or anything that may be newer, however concurrent writes are
ordered; it *missed* each acknowledged write that certainly stands between what it returned and its own start. So what
is told is the least staleness that explains the history.

The intervals take reads to be independent. They are not: reads that fall into one partition, or that follow one slow
write, are stale together, so the true intervals are wider.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.staleness.confidence import Proportion

Ints = NDArray[np.int64]

BUCKETS = 16
"""How many ranges of ages are told at the most."""
STEPS = (1, 2, 5)


class Reads(NamedTuple):
    """The sample: parallel arrays, one entry a read."""

    row: Ints
    """Its place in the history."""
    age: Ints
    """How long before it the newest write was acknowledged, in the history's unit of time."""
    missed: Ints
    """How many acknowledged writes it missed; 0: it was fresh."""


class LeftOut(NamedTuple):
    """Reads that are not in the sample."""

    too_early: int
    """No write of their key was acknowledged before them."""
    unexplained: int
    """Nobody wrote what they returned, or not in time."""
    unheard: int
    """They failed, were never answered, or their result was not recorded."""


class Visibility(NamedTuple):
    """Reads that began in one range of time after the newest write was acknowledged."""

    since: int
    before: int | None
    """None: in the last range."""
    fresh: Proportion


class Within(NamedTuple):
    """Reads that returned one of the last k writes."""

    k: int
    reads: Proportion


class Staleness(NamedTuple):
    """What one history shows."""

    reads: int
    fresh: Proportion
    visibility: tuple[Visibility, ...]
    """By age, the youngest first; ranges without reads are left out."""
    within: tuple[Within, ...]
    """For each k up to which it grows."""
    most_missed: int
    oldest_stale: int | None
    """The greatest age at which a read was stale; None where none was."""
    oldest_row: int | None
    """The read."""
    left_out: LeftOut
    repeated: bool = False
    """Whether values were written several times, so that each read was given the freshest write that fits."""


def summarised(reads: Reads, left_out: LeftOut, repeated: bool = False) -> Staleness:
    """What the sample shows."""
    stale = np.flatnonzero(reads.missed > 0)
    oldest = int(stale[np.argmax(reads.age[stale])]) if len(stale) else None
    count = len(reads.row)
    return Staleness(
        count,
        Proportion(count - len(stale), count),
        _visibility(reads),
        _within(reads.missed),
        int(reads.missed.max(initial=0)),
        None if oldest is None else int(reads.age[oldest]),
        None if oldest is None else int(reads.row[oldest]),
        left_out,
        repeated,
    )


def _visibility(reads: Reads) -> tuple[Visibility, ...]:
    edges = _edges(int(reads.age.max(initial=0)))
    at = np.searchsorted(edges, reads.age, "right") - 1
    every = np.bincount(at, minlength=len(edges))
    fresh = np.bincount(at[reads.missed == 0], minlength=len(edges))
    return tuple(
        Visibility(
            int(edges[bucket]),
            int(edges[bucket + 1]) if bucket + 1 < len(edges) else None,
            Proportion(int(fresh[bucket]), int(every[bucket])),
        )
        for bucket in np.flatnonzero(every).tolist()
    )


def _edges(most: int) -> Ints:
    """Where ranges begin: at 0, and then at 1, 2, 5, 10 and so on, or at powers of ten, up to the greatest age."""
    for steps in (STEPS, (1,)):
        found = [0]
        scale = 1
        while scale <= most:
            found += [step * scale for step in steps if step * scale <= most]
            scale *= 10
        if len(found) <= BUCKETS:
            break
    return np.array(found, dtype=np.int64)


def _within(missed: Ints) -> tuple[Within, ...]:
    """The share of reads that missed fewer than k writes, for each k at which it differs from the one before."""
    values, counts = np.unique(missed, return_counts=True)
    below = np.cumsum(counts)
    told = [
        Within(int(value) + 1, Proportion(int(so_far), len(missed)))
        for value, so_far in zip(values, below, strict=True)
    ]
    return tuple(told if len(told) <= BUCKETS else [*told[: BUCKETS - 1], told[-1]])
