"""This store's own history.jsonl as columns: what was asked of which key, and what came back.

Contexts, dots and requests stay behind: who needs them reads `histories.jsonl`. A get of no value is a read of nil; a
get of several siblings is one value, `Siblings`.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from histories.columns import Siblings
from histories.errors import Malformed
from histories.events import TYPES, EventLog
from histories.header import HistoryHeader, parse_header
from histories.notice import Doubt, Notice
from histories.operation import KINDS
from histories.pairing import Nil, Paired, pair
from histories.rows import Row, Rows, array, integer, wrong
from histories.source import Source
from histories.text import from_json

KIND_CODES = {name: code for code, name in enumerate(TYPES)}
TORN = Notice(Doubt.TORN, 1, 0, "the file ends inside a row: what follows is missing")


def read_kept(source: Source, nil: Nil = "absent") -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    rows = Rows(source.name, _lines(source))
    numbered = iter(rows)
    log = EventLog()
    try:
        first = next(numbered, None)
        if first is None:
            raise rows.no_header("history")
        parse_header(HistoryHeader, first)
        for row in numbered:
            _add(log, row, rows.line)
    except Malformed as bad:
        raise rows.error(bad.found, bad.accepted) from None
    columns, notices = pair(log.finish(), source.name, nil, ordered=True)
    return Paired(columns, (TORN._replace(line=rows.line), *notices) if rows.truncated else notices)


def _lines(source: Source) -> Iterator[bytes]:
    """The lines, each with its end."""
    return (line for piece in source.lines() for line in BytesIO(piece))


def _add(log: EventLog, row: Row, line: int) -> None:
    kind = KIND_CODES.get(row.get("type", ""))
    if kind is None:
        raise wrong(row, "type", ", ".join(TYPES))
    f = row.get("f")
    if f not in KINDS:
        raise wrong(row, "f", ", ".join(KINDS))
    value: Any = None
    if kind == 0 and f == "put":
        value = from_json(row.get("value"), "value")
    elif kind == 1 and f == "get":
        found = tuple([from_json(value, "values") for value in array(row, "values")])
        value = Siblings(found) if len(found) > 1 else found[0] if found else None
    log.add(integer(row, "process"), kind, f, from_json(row.get("key"), "key"), value, integer(row, "time_us"), line)
