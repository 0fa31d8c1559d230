"""A history as reads and writes in sessions: what each read read from, on arrays.

A session is a client. A compare-and-set that succeeded is a read followed by a write of the same session. A failed
operation had no effect; a read that nobody saw the result of says nothing. A write whose outcome is unknown may take
effect late or never, so it has causes but no successors in its session: it stands in a *column* of its own, and is left
out where nobody read it. All other writes of a session share the session's column.

Where several writes to a key wrote one value, a read of it has several candidates; `readings` goes through the choices.
"""

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.check import state_code
from histories.columns import CAS, DELETE, INFO, NIL, OK, READ, UNKNOWN, WRITE, Columns

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

READS, WRITES, PENDING = range(3)
"""Kinds of accesses."""
INITIAL, NOWHERE = -1, -2
"""Sources of a read that no write wrote: it read the initial value, or one that was never there."""
CODES_BELOW = 3
"""Codes of values begin at -3: marks stand below the values."""


class Accesses(NamedTuple):
    """Accesses sorted by session, and within a session in its order. Writes are numbered column by column."""

    bounds: Ints
    """The accesses of session s are those from `bounds[s]` to `bounds[s + 1]`."""
    session: Ints
    kind: NDArray[np.int8]
    key: Ints
    write: Ints
    """The number of the write: of itself, or of what it read, or `INITIAL` or `NOWHERE`."""
    row: Ints
    """The row in the history."""
    columns: Ints
    """The writes of column c are those numbered from `columns[c]` to `columns[c + 1]`; column s belongs to session s,
    then come those of pending writes."""
    column: Ints
    """Of each write."""
    access: Ints
    """Of each write: its place among the accesses."""

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.columns) - 1


class Readings(NamedTuple):
    """A history, and every choice of what its reads read from."""

    bounds: Ints
    session: Ints
    kind: NDArray[np.int8]
    key: Ints
    row: Ints
    source: Ints
    """Of a read with one candidate only: that write's place, or `INITIAL` or `NOWHERE`."""
    choices: tuple[tuple[int, tuple[int, ...]], ...]
    """Reads with several candidates, and these, the likeliest first."""

    @property
    def ways(self) -> int:
        """How many choices there are."""
        return int(np.prod([len(candidates) for _, candidates in self.choices], dtype=object))

    def some(self, most: int) -> Iterator[Accesses]:
        """The first `most` of the choices."""
        reads = [read for read, _ in self.choices]
        for chosen in islice(product(*[candidates for _, candidates in self.choices]), most):
            source = self.source
            if reads:
                source = source.copy()
                source[reads] = chosen
            yield self._with(source)

    def _with(self, source: Ints) -> Accesses:
        """Number the writes that take effect."""
        kind, session, key, row, bounds = self.kind, self.session, self.key, self.row, self.bounds
        read = np.zeros(len(kind), dtype=np.bool_)
        read[source[source >= 0]] = True
        unread = (kind == PENDING) & ~read
        if unread.any():
            kept = ~unread
            place = np.cumsum(kept) - 1
            source = np.where(source >= 0, place[np.maximum(source, 0)], source)[kept]
            bounds = np.concatenate([[0], np.cumsum(kept)])[bounds]
            kind, session, key, row = kind[kept], session[kept], key[kept], row[kept]
        sure, pending = np.flatnonzero(kind == WRITES), np.flatnonzero(kind == PENDING)
        access = np.concatenate([sure, pending])
        number = np.empty(len(kind), dtype=np.int64)
        number[access] = np.arange(len(access))
        write = np.where(kind != READS, number, np.where(source >= 0, number[np.maximum(source, 0)], source))
        sessions = len(bounds) - 1
        column = np.concatenate([session[sure], sessions + np.arange(len(pending))])
        columns = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=sessions + len(pending)))])
        return Accesses(bounds, session, kind, key, write, row, columns, column, access)


def readings(history: Columns, initial: Any = None) -> Readings:
    """The accesses of `history`, whose keys all hold `initial` at first. Raises ValueError where the history holds an
    operation that a register does not have."""
    start_code = state_code(history, initial)
    order, process = _sessions(history)
    f, status, result = history.f[order], history.status[order], history.result[order]
    reads = (f == READ) & (status == OK) & (result != UNKNOWN)
    swaps = (f == CAS) & (status == OK)
    writes = ((f == WRITE) | (f == DELETE) | (f == CAS)) & ((status == OK) | (status == INFO))
    times = reads.astype(np.int64) + writes + swaps
    if times.min(initial=1) == times.max(initial=1) == 1:
        row, session, second = order, process, np.zeros(len(order), dtype=np.bool_)
    else:
        at = np.repeat(np.arange(len(order)), times)
        row, session = order[at], process[at]
        second = np.concatenate([[False], at[1:] == at[:-1]])
    f = history.f[row]
    read = (f == READ) | ((f == CAS) & ~second & (history.status[row] == OK))
    kind = np.where(read, READS, np.where(history.status[row] == INFO, PENDING, WRITES)).astype(np.int8)
    asked = np.where(f == CAS, history.value[row], history.result[row])
    left = np.where(f == CAS, history.value2[row], np.where(f == DELETE, NIL, history.value[row]))
    value = np.where(read, asked, left)
    sessions = int(session[-1]) + 1 if len(session) else 0
    bounds = np.searchsorted(session, np.arange(sessions + 1))
    key = history.key[row].astype(np.int64)
    source, choices = _sources(history, row, kind, key, value, start_code)
    return Readings(bounds, session, kind, key, row, source, choices)


def _sessions(history: Columns) -> tuple[Ints, Ints]:
    """Rows sorted by client, and the session of each."""
    used = np.bincount(history.f, minlength=len(history.functions))
    for code in np.flatnonzero(used).tolist():
        if code not in (READ, WRITE, CAS, DELETE):
            line = int(history.line[np.argmax(history.f == code)])
            raise ValueError(
                f"line {line}: a register has no operation {history.functions[code]!r}; "
                "accepted: read, write, cas, delete"
            )
    process = history.process
    least = int(process.min(initial=0))
    if int(process.max(initial=0)) - least < 1 << 16:
        order = np.argsort((process - least).astype(np.uint16), kind="stable")  # a radix sort
    else:
        order = np.argsort(process, kind="stable")
    sorted_by = process[order]
    return order, np.cumsum(np.diff(sorted_by, prepend=sorted_by[:1]) != 0)


def _sources(
    history: Columns, row: Ints, kind: NDArray[np.int8], key: Ints, value: Ints, start_code: int
) -> tuple[Ints, tuple[tuple[int, tuple[int, ...]], ...]]:
    """What each read read from: the only candidate, or several."""
    read, written = np.flatnonzero(kind == READS), np.flatnonzero(kind != READS)
    source = np.full(len(kind), NOWHERE, dtype=np.int64)
    width = 1 + CODES_BELOW + max(int(value.max(initial=0)), start_code)
    owner = np.full(width, NOWHERE, dtype=np.int64)
    owner[value[written] + CODES_BELOW] = written
    if np.array_equal(owner[value[written] + CODES_BELOW], written):  # every value was written once, to one key
        found = owner[value[read] + CODES_BELOW]
        mine = (found >= 0) & (key[np.maximum(found, 0)] == key[read])
        first = value[read] == start_code
        source[read] = np.where(first, INITIAL, np.where(mine, found, NOWHERE))
        several = read[first & mine]
        return source, tuple(
            (int(at), _likeliest(history, row, int(at), owner[[start_code + CODES_BELOW]], True)) for at in several
        )
    code = key * width + value + CODES_BELOW
    by_code = written[np.argsort(code[written], kind="stable")]
    table = code[by_code]
    low, high = np.searchsorted(table, code[read], "left"), np.searchsorted(table, code[read], "right")
    first = value[read] == start_code
    one = (high - low == 1) & ~first
    source[read[one]] = by_code[low[one]]
    source[read[first & (high == low)]] = INITIAL
    several = np.flatnonzero(high - low + first > 1)
    choices = tuple(
        (int(read[at]), _likeliest(history, row, int(read[at]), by_code[low[at] : high[at]], bool(first[at])))
        for at in several
    )
    return source, choices


def _likeliest(history: Columns, row: Ints, read: int, writes: Ints, initial: bool) -> tuple[int, ...]:
    """Candidates that began before the read ended first, the latest of them first."""
    start, end = history.precedence()
    until = end[row[read]]
    found = sorted(writes.tolist(), key=lambda at: (bool(start[row[at]] > until), -int(start[row[at]]), at))
    sooner = sum(bool(start[row[at]] <= until) for at in found)
    return (*found[:sooner], *([INITIAL] if initial else []), *found[sooner:])
