"""Parts of a history that are evidence against the whole: what violates a level in a part violates it in the history.

A part is *closed* if every read in it has with it all writes that it may have read, those of its value to its key. Take
any explanation of the whole history (orders of its operations, a choice of what each read read). Restricted to a closed
part it explains the part: no read loses the write that it read, and whatever else is missing only ever stood between
two things, or demanded one more. So a closed part without an explanation shows that the whole has none, on every rung.

Two rungs ask for a little more or less:

* where *real time* counts (regular, k-atomic, delta-atomic), a read cannot have read a write that began after it had
  ended, so the part needs only those that began before; where all of them began later, one of them, to be shown;
* for *convergence* a read counts only once the last write of its key has ended, so that write stays with it.

A compare-and-set reads what it expects; one of unknown outcome took effect only where that was there. Taking a write
away therefore takes away every read of its value, and a compare-and-set that expected it, with all that read what that
wrote. What had no effect (failed operations, reads that nobody saw the result of) is in no part.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from histories.columns import CAS, DELETE, FAIL, NEVER, NIL, OK, READ, UNKNOWN, WRITE, Columns

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOTHING = -1
"""Asked by what reads nothing, left by what writes nothing."""
MARKS = 3
"""Codes of values begin at -3."""


class Whole:
    """A history, and what each of its reads rests on."""

    def __init__(self, history: Columns, real_time: bool = False, final: bool = False) -> None:
        """`real_time`: no read may have read a write that began after it ended; `final`: reads rest on the last write
        of their key as well."""
        self.history, self.real_time = history, real_time
        f, status, key = history.f, history.status, history.key.astype(np.int64)
        width = (
            1 + MARKS + max(int(column.max(initial=0)) for column in (history.value, history.value2, history.result))
        )
        reads = ((status == OK) & (f == READ) & (history.result != UNKNOWN)) | ((status != FAIL) & (f == CAS))
        writes = (status != FAIL) & ((f == WRITE) | (f == CAS) | (f == DELETE))
        asked = np.where(f == CAS, history.value, history.result)
        left = np.where(f == CAS, history.value2, np.where(f == DELETE, NIL, history.value))
        base = key * width + MARKS
        self.asks: Ints = np.where(reads, base + asked, NOTHING)
        """Of each row, as a number, which value of which key it read."""
        self.leaves: Ints = np.where(writes, base + left, NOTHING)
        self.start, self.end = history.precedence()
        self.last = self._last(key, writes) if final else np.full(len(f), NOTHING)
        """Of each row that reads, the last write of its key, where reads rest on it."""

    def _last(self, key: Ints, writes: Flags) -> Ints:
        """Which write of each key became quiet last: pending ones when they began, as far as anybody knows."""
        quiet = np.where(self.end == NEVER, self.start, self.end)
        rows = np.flatnonzero(writes)
        rows = rows[np.lexsort((quiet[rows], key[rows]))]
        of_key = np.full(int(key.max(initial=0)) + 2, NOTHING, dtype=np.int64)
        of_key[key[rows]] = rows
        return np.where(self.asks == NOTHING, NOTHING, of_key[key])

    def everything(self) -> Ints:
        """The largest part: all that had an effect or saw one."""
        return np.flatnonzero((self.asks != NOTHING) | (self.leaves != NOTHING))

    def closed(self, rows: Iterable[int]) -> list[int]:
        """The smallest part that contains `rows`."""
        found = set(rows)
        new = sorted(found)
        while new:
            wanted: set[int] = set(self.last[new].tolist()) - {NOTHING}
            asked = np.unique(self.asks[new])
            writers = np.flatnonzero(np.isin(self.leaves, asked[asked != NOTHING]))
            for row in new:
                if self.asks[row] != NOTHING:
                    wanted.update(self._sources(row, writers[self.leaves[writers] == self.asks[row]]))
            new = sorted(wanted - found)
            found.update(new)
        return sorted(found)

    def _sources(self, row: int, writers: Ints) -> list[int]:
        if not self.real_time or not len(writers):
            return [int(one) for one in writers]
        in_time = writers[self.start[writers] <= self.end[row]]
        return [int(one) for one in (in_time if len(in_time) else writers[:1])]

    def beginning(self, until: int) -> list[int]:
        """The largest part of the first `until` rows."""
        inside = np.zeros(len(self.asks), dtype=np.bool_)
        inside[:until] = True
        return self._within(inside)

    def ending(self, first: int) -> list[int]:
        """The largest part of the rows from `first` on."""
        inside = np.zeros(len(self.asks), dtype=np.bool_)
        inside[first:] = True
        return self._within(inside)

    def without(self, rows: Iterable[int], gone: Iterable[int]) -> list[int]:
        """The largest part of `rows` that has none of `gone`."""
        inside = np.zeros(len(self.asks), dtype=np.bool_)
        inside[list(rows)] = True
        inside[list(gone)] = False
        return self._within(inside)

    def _within(self, inside: Flags) -> list[int]:
        """Take away reads until what is left is closed."""
        inside &= (self.asks != NOTHING) | (self.leaves != NOTHING)
        order, upto, since = self._groups()
        while True:
            there = np.concatenate([[0], np.cumsum(inside[order])])
            complete = there[upto] - there[since] == upto - since
            complete &= (self.last == NOTHING) | inside[self.last]
            wrong = inside & ~complete
            if not wrong.any():
                return [int(row) for row in np.flatnonzero(inside)]
            inside &= complete

    def _groups(self) -> tuple[Ints, Ints, Ints]:
        """Writes sorted by what they leave and when they began; each row rests on those from `since` to `upto`."""
        if not hasattr(self, "_sorted"):
            rows = np.flatnonzero(self.leaves != NOTHING)
            order = rows[np.lexsort((self.start[rows], self.leaves[rows]))]
            left = self.leaves[order]
            since, upto = np.searchsorted(left, self.asks, "left"), np.searchsorted(left, self.asks, "right")
            if self.real_time:
                times = np.unique(np.concatenate([self.start, self.end]))
                when = np.unique(left, return_inverse=True)[1] * len(times) + np.searchsorted(times, self.start[order])
                group = np.searchsorted(np.unique(left), self.asks)
                ends = group * len(times) + np.searchsorted(times, self.end)
                in_time = np.maximum(np.searchsorted(when, ends, "right"), np.minimum(since + 1, upto))
                upto = np.where(since == upto, upto, in_time)
            self._sorted = (order, upto, since)
        return self._sorted


def only(history: Columns, rows: Iterable[int]) -> Columns:
    """The history of `rows` alone, with tables of no more than its own keys and values."""
    taken = history.take(list(rows))
    used, key = np.unique(taken.key, return_inverse=True)
    assert not (used < 0).any(), "operations on several keys are no register's"
    columns = [taken.value, taken.value2, taken.result]
    codes = np.unique(np.concatenate([column[column >= 0] for column in columns]))
    value, value2, result = (np.where(column >= 0, np.searchsorted(codes, column), column) for column in columns)
    return replace(
        taken, key=key.astype(np.int32), value=value, value2=value2, result=result,
        keys=[history.keys[code] for code in used.tolist()], values=[history.values[code] for code in codes.tolist()],
    )  # fmt: skip
