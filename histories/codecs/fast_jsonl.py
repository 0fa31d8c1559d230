"""Large files of JSON lines by the compiled scanner: this store's own history, and the minimal schema.

Each function gives exactly what its reader in Python gives, or None: where numba is missing, and where a row is not
what the scanner accepts. Then the reader in Python takes over, which explains what is wrong, if anything is.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from histories.codecs.scanned import Declined, Scanned, Wanted
from histories.columns import ACROSS, FUNCTIONS, INFO, NEVER, NIL, OK, STATUSES, TXN, Ints, Siblings
from histories.errors import HistoryError, Malformed
from histories.events import MAX_FUNCTIONS, MAX_TIME, SYNONYMS, TYPES, Events
from histories.header import HistoryHeader, parse_header
from histories.notice import Doubt, Notice
from histories.operation import KINDS
from histories.pairing import Nil, Paired, pair
from histories.rows import Rows
from histories.source import Source
from histories.spans import Spans, columns_of
from histories.text import from_json
from histories.values import from_document

TORN = "the file ends inside a row: what follows is missing"

KEPT = (
    *map(Wanted, ("time_us", "process", "type", "f", "key", "value")),
    Wanted("values", unwrap=True),
)
MINIMAL = tuple(map(Wanted, ("process", "f", "key", "value", "value2", "result", "start", "end", "status")))


class Functions:
    """Names of functions as numbers."""

    def __init__(self) -> None:
        self.known = list(FUNCTIONS)

    def code(self, name: str) -> int:
        name = SYNONYMS.get(name, name)
        if name not in self.known:
            if len(self.known) >= MAX_FUNCTIONS or not 1 <= len(name) <= 60:
                raise Declined
            self.known.append(name)
        return self.known.index(name)


def fast_kept(source: Source, nil: Nil) -> Paired | None:
    """What `histories.codecs.kept_jsonl.read_kept` gives, or None."""
    pieces = _Pieces(source)
    try:
        first = next(pieces.lines, b"")
        begin = first.find(b"\n") + 1
        if not begin:
            return None
        parse_header(HistoryHeader, next(iter(Rows(source.name, [first[:begin]]))))
        rows = Scanned(chain([first[begin:]], pieces.lines), KEPT)
        if not rows.rows:
            return None
        columns, notices = pair(_kept_events(rows), source.name, nil, ordered=True)
    except (Declined, Malformed, HistoryError):
        return None
    if pieces.torn:
        notices = (Notice(Doubt.TORN, 1, rows.rows + 2, TORN), *notices)
    return Paired(columns, notices)


class _Pieces:
    """The whole lines of a file."""

    def __init__(self, source: Source) -> None:
        self.torn = False
        """Whether something stood behind them."""
        self.lines = self._whole(source)

    def _whole(self, source: Source) -> Iterator[bytes]:
        for piece in source.lines():
            self.torn = not piece.endswith(b"\n")
            if not self.torn:
                yield piece


def _kept_events(rows: Scanned) -> Events:
    kind = rows.names("type", lambda name: _one_of(TYPES, name))
    f = rows.names("f", lambda name: FUNCTIONS.index(SYNONYMS.get(KINDS[_one_of(KINDS, name)], name)))
    (key,), keys = rows.coded(["key"], _kept_value, numbers=False)
    if (key == NIL).any():
        raise Declined
    (put, got), values = rows.coded(["value", "values"], _kept_value, numbers=False)
    puts = (kind == 0) & (f == FUNCTIONS.index("write"))
    gets = (kind == 1) & (f == FUNCTIONS.index("read"))
    if (put[puts] == NIL).any() or rows.missing("values", gets):
        raise Declined
    value = np.where(puts, put, np.where(gets, got, NIL))
    line = np.arange(2, rows.rows + 2, dtype=np.int32)
    process = rows.whole("process", 0, MAX_TIME)
    time = rows.whole("time_us", 0, MAX_TIME)
    return Events(process, kind, f, key.astype(np.int32), value, time, line, keys, values, FUNCTIONS)


def _kept_value(found: Any) -> Any:
    if type(found) is list:
        return Siblings(tuple([from_json(value, "values") for value in found]))
    return from_json(found, "value")


def _one_of(accepted: tuple[str, ...], name: str) -> int:
    if name not in accepted:
        raise Declined
    return accepted.index(name)


def fast_minimal(source: Source, nil: Nil) -> Paired | None:
    """What `histories.codecs.minimal_jsonl.read_minimal_jsonl` gives, or None."""
    pieces = _Pieces(source)
    try:
        rows = Scanned(pieces.lines, MINIMAL)
        if pieces.torn or not rows.rows:
            return None
        return columns_of(_minimal_spans(rows), source.name, nil)
    except (Declined, HistoryError):
        return None


def _minimal_spans(rows: Scanned) -> Spans:
    functions = Functions()
    f = rows.names("f", functions.code)
    (key,), keys = rows.coded(["key"], from_document, numbers=True)
    if (key == NIL).any():  # rows without a key stand for one object, or are transactions
        across = (key == NIL) & (f == TXN)
        if not across.all():
            key, keys = np.where(key == NIL, len(keys), key), [*keys, None]
        key = np.where(across, ACROSS, key)
    (value, value2, result), values = rows.coded(["value", "value2", "result"], from_document, numbers=True)
    process, processes = _clients(rows)
    start = rows.whole("start", -MAX_TIME, MAX_TIME)
    end = rows.whole("end", -MAX_TIME, MAX_TIME, empty=NEVER)
    implied = np.where(end == NEVER, INFO, OK).astype(np.int8)
    told = rows.names("status", lambda name: _one_of(STATUSES, name), empty=-1)
    status = np.where(told < 0, implied, told).astype(np.int8)
    if ((end == NEVER) & (status != INFO)).any():
        raise Declined
    line = np.arange(1, rows.rows + 1, dtype=np.int32)
    return Spans(
        process, f, key.astype(np.int32), value, value2, result, start, end, status, line,
        keys, values, tuple(functions.known), processes,
    )  # fmt: skip


def _clients(rows: Scanned) -> tuple[Ints, tuple[Any, ...]]:
    if rows.all_numbers("process"):
        return rows.whole("process", -MAX_TIME, MAX_TIME), ()
    (process,), names = rows.coded(["process"], from_document, numbers=True)
    if (process == NIL).any() or not all(type(name) in {int, str} for name in names):
        raise Declined
    return process, tuple(names)
