"""A history as a table of operations with start and end (the minimal schema), made into columns.

`SpanLog` grows row by row and ends as `Spans`; formats that come as arrays make `Spans` at once.
"""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.arguments import Misfit, fill
from histories.columns import ACROSS, CAS, FUNCTIONS, INFO, NEVER, NIL, NONE, OK, READ, STATUSES, WRITE, Columns, Ints
from histories.errors import HistoryError, Malformed
from histories.events import MAX_FUNCTIONS, SYNONYMS
from histories.interning import Interned
from histories.notice import Doubt, Notice
from histories.pairing import NIL_CODES, Nil, Paired, narrow


class Spans(NamedTuple):
    """Operations in the order of the rows; arrays of one length."""

    process: Ints
    f: NDArray[np.int8]
    key: NDArray[np.int32]
    """Index into `keys`, or `ACROSS`."""
    value: Ints
    """Index into `values`, or `NIL` where the row says nothing; so are `value2` and `result`."""
    value2: Ints
    result: Ints
    start: Ints
    end: Ints
    """`NEVER` where the row says nothing."""
    status: NDArray[np.int8]
    line: NDArray[np.int32]
    keys: Sequence[Any]
    values: Sequence[Any]
    functions: tuple[str, ...]
    processes: tuple[Any, ...] = ()


ARRAYS = ("process", "f", "key", "value", "value2", "result", "start", "end", "status", "line")


def columns_of(spans: Spans, file: str, nil: Nil = "absent") -> Paired:
    """The columns of `spans`, sorted by start. Raises `HistoryError` where a process has two operations open."""
    if (spans.start[1:] < spans.start[:-1]).any():
        order = np.argsort(spans.start, kind="stable")
        spans = spans._replace(**{name: getattr(spans, name)[order] for name in ARRAYS})
    ends = np.where(spans.status == INFO, NEVER, spans.end)
    _check(spans, ends, file)
    swaps = spans.f == CAS
    plain = np.where(swaps, WRITE, spans.f).astype(np.int8)  # here both arguments have a column of their own
    try:
        filled = fill(plain, spans.value, spans.result, spans.status, spans.values, NIL_CODES[nil])
    except Misfit as bad:
        raise HistoryError(file, int(spans.line[bad.index]), bad.bad.found, bad.bad.accepted) from None
    value2 = np.where(swaps, spans.value2, NONE)
    columns = Columns(
        spans.process, spans.f, spans.key, filled.value, value2, filled.result, spans.start, ends,
        spans.status, spans.line, spans.keys, filled.values, spans.functions, spans.processes,
    )  # fmt: skip
    lost = np.flatnonzero((spans.f == READ) & (spans.status == OK) & (spans.result == NIL))
    if nil == "absent" or not len(lost):
        return Paired(columns, ())
    text = "reads of nil are taken as not recorded"
    return Paired(columns, (Notice(Doubt.NIL_UNKNOWN, len(lost), int(spans.line[lost[0]]), text),))


def _check(spans: Spans, ends: Ints, file: str) -> None:
    """Raise the error of the first line that does not fit; `spans` are sorted by start."""
    early = np.flatnonzero(ends < spans.start)
    if len(early):
        row = int(early[np.argmin(spans.line[early])])
        raise HistoryError(
            file,
            int(spans.line[row]),
            f"end {ends[row]} before start {spans.start[row]}",
            "an end not before the start",
        )
    order = np.argsort(narrow(spans.process), kind="stable")
    if not len(_overlapping(spans, ends, order)):
        return
    order = np.lexsort((ends, spans.start, spans.process))  # of two that start at one time, the shorter comes first
    overlapping = _overlapping(spans, ends, order)
    if len(overlapping):
        at = int(overlapping[np.argmin(spans.line[order[overlapping + 1]])])
        row, before = int(order[at + 1]), int(order[at])
        client = spans.processes[spans.process[row]] if spans.processes else int(spans.process[row])
        raise HistoryError(
            file,
            int(spans.line[row]),
            f"process {client!r} starting at {spans.start[row]} while its operation of line {spans.line[before]}"
            " is open",
            "one open operation per process",
        )


def _overlapping(spans: Spans, ends: Ints, order: Ints) -> Ints:
    """Places in `order` of operations that still run when the next one of their process starts."""
    process = narrow(spans.process)[order]
    again = np.flatnonzero((spans.start[order[1:]] < ends[order[:-1]]) & (process[1:] == process[:-1]))
    return np.asarray(again[spans.status[order[again]] != INFO])


class SpanLog:
    """Takes rows one by one."""

    def __init__(self) -> None:
        self._numbers = [array("q") for _ in range(10)]
        self._keys, self._values, self._names = Interned(), Interned(), Interned()
        self._functions = {name: code for code, name in enumerate(FUNCTIONS)}
        self._numbered = True

    def __len__(self) -> int:
        return len(self._numbers[0])

    def add(self, row: Any, line: int) -> None:
        """One `histories.codecs.minimal.OperationRow`, its values immutable. Raises `Malformed`."""
        name = SYNONYMS.get(row.f, row.f)
        f = self._functions.get(name)
        if f is None:
            if len(self._functions) >= MAX_FUNCTIONS:
                raise Malformed(f"function {name!r} after {MAX_FUNCTIONS} others", f"at most {MAX_FUNCTIONS} functions")
            f = self._functions[name] = len(self._functions)
        status = row.status or ("info" if row.end is None else "ok")
        numbers = (
            self._client(row.process),
            f,
            ACROSS if name == "txn" and row.key is None else self._keys.code(row.key),
            *[NIL if value is None else self._values.code(value) for value in (row.value, row.value2, row.result)],
            row.start,
            NEVER if row.end is None else row.end,
            STATUSES.index(status),
            line,
        )
        for column, number in zip(self._numbers, numbers, strict=True):
            column.append(number)

    def _client(self, process: Any) -> int:
        if self._numbered:
            if type(process) is int and abs(process) < NEVER:
                return process
            self._numbered = False
            self._numbers[0] = array("q", [self._names.code(number) for number in self._numbers[0]])
        return self._names.code(process)

    def finish(self) -> Spans:
        """Everything that was added."""
        process, f, key, value, value2, result, start, end, status, line = [
            np.array(column, np.int64) for column in self._numbers
        ]
        return Spans(
            process, f.astype(np.int8), key.astype(np.int32), value, value2, result, start, end,
            status.astype(np.int8), line.astype(np.int32),
            self._keys.table, self._values.table, tuple(self._functions), tuple(self._names.table),
        )  # fmt: skip
