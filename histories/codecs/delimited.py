"""The minimal schema as CSV: a header with the names of columns, comma, semicolon or tab between cells.

CSV has no types. A column whose every cell is a whole number holds numbers, and `value`, `value2` and `result` count
as one column; everything else is text. An empty cell says nothing.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any, TextIO

from histories.codecs.minimal import COLUMNS, REQUIRED, operation_row
from histories.codecs.minimal_jsonl import fields_of
from histories.columns import Columns
from histories.errors import Malformed
from histories.notice import Doubt, Notice
from histories.pairing import Nil, Paired
from histories.source import Source
from histories.spans import SpanLog, columns_of

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
VALUES = ("value", "value2", "result")
TYPED = (("process",), ("key",), VALUES)
DELIMITERS = ",;\t"
MAX_CELL_CHARS = 1 << 26


def read_csv(source: Source, nil: Nil = "absent") -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    text = source.text().removeprefix("\ufeff")
    rows = list(_rows(source, text))
    torn = bool(text) and not text.endswith(("\n", "\r"))
    numbers = {name for group in TYPED if _all_numbers(rows, group) for name in group}
    log = SpanLog()
    notices: tuple[Notice, ...] = ()
    for at, (line, cells) in enumerate(rows):
        try:
            log.add(operation_row(_typed(cells, numbers)), line)
        except Malformed as bad:
            if torn and at == len(rows) - 1:
                notices = (Notice(Doubt.TORN, 1, line, "the file ends inside a row: what follows is missing"),)
                break
            raise source.error(line, bad.found, bad.accepted) from None
    columns, more = columns_of(log.finish(), source.name, nil)
    return Paired(columns, (*notices, *more))


def _rows(source: Source, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(MAX_CELL_CHARS)
    lines = text.splitlines(keepends=True)
    delimiter = max(DELIMITERS, key=lambda found: lines[0].count(found) if lines else 0)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names: list[str] = []
    try:
        begun = 1
        for cells in reader:
            if not names:
                names = _header(source, cells)
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


def _all_numbers(rows: list[tuple[int, dict[str, str]]], group: tuple[str, ...]) -> bool:
    return all(not (cell := cells.get(name, "")) or INTEGER.fullmatch(cell) for _, cells in rows for name in group)


def _typed(cells: dict[str, str], numbers: set[str]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name in COLUMNS:
        cell = cells.get(name, "")
        if cell == "":
            continue
        if name in numbers or (name in {"start", "end"} and INTEGER.fullmatch(cell)):
            typed[name] = int(cell)
        else:
            typed[name] = cell
    return typed


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
