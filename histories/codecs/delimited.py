"""The minimal schema as CSV: a header with the names of columns, comma, semicolon or tab between cells.

CSV has no types. A column whose every cell is a whole number holds numbers, and `value`, `value2` and `result` count
as one column; everything else is text. An empty cell says nothing.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from typing import Any, TextIO

import numpy as np

from histories.codecs.minimal import COLUMNS, REQUIRED, operation_row
from histories.codecs.minimal_jsonl import fields_of
from histories.codecs.misspelt import notices_of
from histories.columns import NEVER, Columns
from histories.errors import HistoryError, Malformed
from histories.interning import Interned
from histories.notice import Doubt, Notice
from histories.pairing import Nil, Paired
from histories.source import Source
from histories.spans import SpanLog, Spans, columns_of

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
TIMES = ("start", "end")
DELIMITERS = ",;\t"
MAX_CELL_CHARS = 1 << 26


def read_csv(source: Source, nil: Nil = "absent") -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    pieces = _Pieces(source)
    log = SpanLog()
    notices: tuple[Notice, ...] = ()
    rows = _rows(source, pieces)
    for line, cells in rows:
        try:
            log.add(operation_row(_typed(cells)), line)
        except Malformed as bad:
            if not _ended(rows) or not pieces.torn:
                raise source.error(line, bad.found, bad.accepted) from None
            notices = (Notice(Doubt.TORN, 1, line, "the file ends inside a row: what follows is missing"),)
    columns, more = columns_of(_numbered(log.finish()), source.name, nil)
    return Paired(columns, (*notices_of(pieces.names, 1), *notices, *more))


def _ended(rows: Iterator[Any]) -> bool:
    try:
        return next(rows, None) is None
    except HistoryError:
        return False


class _Pieces:
    """The lines of a file, each with its end."""

    def __init__(self, source: Source) -> None:
        self._texts = source.texts()
        self.torn = False
        """Whether the line read last had no end."""
        self.delimiter = ","
        self.names: list[str] = []
        """The header, once it was read."""

    def __iter__(self) -> Iterator[str]:
        first = True
        for text in self._texts:
            for line in StringIO(text.removeprefix("\ufeff") if first else text, newline=""):
                if first:
                    self.delimiter = max(DELIMITERS, key=line.count)
                first = False
                self.torn = not line.endswith(("\n", "\r"))
                yield line


def _rows(source: Source, pieces: _Pieces) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(MAX_CELL_CHARS)
    lines = iter(pieces)
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=pieces.delimiter, strict=True)
    names: list[str] = []
    try:
        begun = 1
        for cells in reader:
            if not names:
                names = pieces.names = _header(source, cells)
            elif cells:
                if len(cells) > len(names):
                    raise source.error(begun, f"{len(cells)} cells", f"{len(names)}, as in the header")
                yield begun, dict(zip(names, cells, strict=False))
            begun = reader.line_num + 1
    except csv.Error as wrong:
        raise source.error(reader.line_num, str(wrong), "CSV with quotes doubled inside quotes") from None


def _header(source: Source, cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    for name in REQUIRED:
        if name not in names:
            raise source.error(1, f"the columns {', '.join(names)} without {name!r}", ", ".join(COLUMNS))
    for name in names:
        if names.count(name) > 1:
            raise source.error(1, f"two columns {name!r}", "each name once")
    return names


def _typed(cells: dict[str, str]) -> dict[str, Any]:
    """The cells that say something: times are numbers, everything else is text until all of it is known."""
    return {
        name: int(cell) if name in TIMES and INTEGER.fullmatch(cell) else cell
        for name in COLUMNS
        if (cell := cells.get(name, "")) != ""
    }


def _numbered(spans: Spans) -> Spans:
    """The same with numbers where a column holds nothing else."""
    if spans.processes and _whole(spans.processes):
        (process,), names = _numbers(spans.processes, spans.process)
        small = max(map(abs, names)) < NEVER
        numbers = np.array(names, np.int64)[process] if small else process
        spans = spans._replace(process=numbers, processes=() if small else tuple(names))
    if _whole(spans.keys):
        (key,), keys = _numbers(spans.keys, spans.key)
        spans = spans._replace(key=key.astype(np.int32), keys=keys)
    if _whole(spans.values):
        (value, value2, result), values = _numbers(spans.values, spans.value, spans.value2, spans.result)
        spans = spans._replace(value=value, value2=value2, result=result, values=values)
    return spans


def _whole(table: Sequence[Any]) -> bool:
    return all(text is None or INTEGER.fullmatch(text) for text in table)


def _numbers(table: Sequence[Any], *columns: Any) -> tuple[list[Any], list[Any]]:
    """The codes and the table of numbers that the texts in `table` spell: ``-0`` is 0."""
    interned = Interned()
    codes = np.array([interned.code(None if text is None else int(text)) for text in table] or [0], np.int64)
    return [np.where(column < 0, column, codes[np.maximum(column, 0)]) for column in columns], interned.table


def write_csv(columns: Columns, out: TextIO) -> None:
    """Write the minimal schema. Raises `ValueError` for values that CSV would not give back: nested ones, and ''."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in columns.rows():
        fields = fields_of(row)
        for name, cell in fields.items():
            if not isinstance(cell, int | str) or isinstance(cell, bool) or cell == "":
                raise ValueError(f"found {name} {cell!r}; accepted: whole numbers and text that is not empty")
        writer.writerow(fields)
