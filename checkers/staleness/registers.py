"""The staleness of reads of registers, on arrays: O(n log n), all keys at once.

Where a value was written several times, a read of it is given the write that ended last of those that began in time:
the freshest that it may have read (`checkers.ladder.regular`).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.regular import BEFORE_TIME, NOT_WRITTEN, ROOM, Timed, latest_end, timed
from checkers.linearizability.check import state_code
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import register_transitions
from checkers.staleness.counting import Ranks
from checkers.staleness.measured import LeftOut, Reads, Staleness, summarised
from histories.columns import READ, Columns

Ints = NDArray[np.int64]


class Acknowledged(NamedTuple):
    """The acknowledged writes, so sorted by key that each question is one look-up."""

    by_start: Ints
    """Places of the writes, by key and start."""
    starts: Ints
    """Their keys and starts, ascending."""
    ends: Ints
    """Keys and ends of the writes, ascending."""
    rank: Ints
    """In the order of `ends`: the place of each among `by_start`."""
    firsts: Ints
    """How many writes come before those of each key; one entry more than keys."""


def staleness(history: Columns, initial: Any = None) -> Staleness:
    """How stale the reads of a history of registers were. Raises ValueError where it holds another operation."""
    code = state_code(history, initial)
    reads, writes = timed(register_transitions(history, code))
    kept = np.flatnonzero(history.f[reads.row] == READ)
    reads = Timed(*(column[kept] for column in reads))
    source = latest_end(writes, reads, code)
    told = source != NOT_WRITTEN
    unexplained = int(np.count_nonzero(~told))
    unheard = int(np.count_nonzero(history.f == READ)) - len(reads.row)
    found, early = _missed(history, Timed(*(column[told] for column in reads)), source[told], writes)
    repeated = _repeated(writes, len(history.values))
    return summarised(found, LeftOut(early, unexplained, unheard), repeated)


def _missed(history: Columns, reads: Timed, source: Ints, writes: Timed) -> tuple[Reads, int]:
    """The sample, and how many reads came too early for it."""
    sure = np.flatnonzero(writes.end != NEVER)
    acknowledged = Timed(*(column[sure] for column in writes))
    place = _Places(acknowledged, reads, source)
    table = _sorted(acknowledged, place, int(max(writes.key.max(initial=-1), reads.key.max(initial=-1))) + 1)
    before = np.searchsorted(table.ends, place.of(reads.key, reads.start), "left")
    some = before > table.firsts[reads.key]
    reads, source, before = Timed(*(column[some] for column in reads)), source[some], before[some]
    # Keys come one after the other, so the highest rank so far is one of the same key.
    newest = table.by_start[np.maximum.accumulate(table.rank)[before - 1]] if len(before) else before
    age = np.maximum(history.start[reads.row] - history.end[acknowledged.row[newest]], 0)
    missed = np.zeros(len(before), dtype=np.int64)
    stale = np.flatnonzero((source != NEVER) & (acknowledged.start[newest] > source))
    if len(stale):
        key = reads.key[stale]
        later = np.searchsorted(table.starts, place.of(key, source[stale]), "right")
        missed[stale] = Ranks(table.rank).above(before[stale], np.maximum(later, table.firsts[key]))
    return Reads(reads.row, age, missed), int(np.count_nonzero(~some))


class _Places:
    """Times of each key moved to a range of their own, so that those of all keys stand in one order."""

    def __init__(self, writes: Timed, reads: Timed, source: Ints) -> None:
        times = np.concatenate([writes.start, writes.end, reads.start, source])
        times = times[(times != BEFORE_TIME) & (times != NEVER)]
        keys = int(max(writes.key.max(initial=0), reads.key.max(initial=0))) + 1
        self._least = int(times.min(initial=0))
        self._span = int(times.max(initial=0)) - self._least + 2
        self._times: Ints | None = None
        if keys * self._span >= ROOM:  # then the order of the times has to do, which has room
            self._times = np.sort(times)
            self._span = len(times) + 2

    def of(self, key: Ints, time: Ints) -> Ints:
        """The place of each time, which is one of those given; before time comes before all of its key."""
        before = time == BEFORE_TIME
        at = np.where(before, self._least, time) - self._least if self._times is None else self._ordered(time)
        return np.asarray(key * self._span + np.where(before, 0, at + 1))

    def _ordered(self, time: Ints) -> Ints:
        assert self._times is not None
        return np.asarray(np.searchsorted(self._times, time))


def _sorted(writes: Timed, place: _Places, keys: int) -> Acknowledged:
    starts, ends = place.of(writes.key, writes.start), place.of(writes.key, writes.end)
    by_start, by_end = np.argsort(starts, kind="stable"), np.argsort(ends, kind="stable")
    rank = np.empty(len(starts), dtype=np.int64)
    rank[by_start] = np.arange(len(starts))
    firsts = np.searchsorted(writes.key[by_start], np.arange(keys + 1))
    return Acknowledged(by_start, starts[by_start], ends[by_end], rank[by_end], firsts)


def _repeated(writes: Timed, values: int) -> bool:
    """Whether a value was written twice to one key."""
    code = np.sort(writes.key * (values + 4) + writes.value + 3)
    return bool((code[1:] == code[:-1]).any())
