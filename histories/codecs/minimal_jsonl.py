"""The minimal schema as JSON lines: one operation an object."""

import json
from typing import Any, TextIO

from histories.codecs.jepsen_json import json_rows
from histories.codecs.minimal import operation_row
from histories.columns import Columns, Mark, Row
from histories.errors import Malformed
from histories.notice import Notice
from histories.pairing import Nil, Paired
from histories.source import Source
from histories.spans import SpanLog, columns_of
from histories.values import plain

ACCEPTED = 'operations such as {"process":0,"f":"read","key":"x","result":1,"start":10,"end":12}'


def read_minimal_jsonl(source: Source, nil: Nil = "absent") -> Paired:
    """The history in `source`. Raises `HistoryError`."""
    torn: list[Notice] = []
    log = SpanLog()
    for line, fields in json_rows(source, torn, ACCEPTED):
        try:
            log.add(operation_row(dict(fields)), line)
        except Malformed as bad:
            raise source.error(line, bad.found, bad.accepted) from None
    columns, notices = columns_of(log.finish(), source.name, nil)
    return Paired(columns, (*torn, *notices))


def write_minimal_jsonl(columns: Columns, out: TextIO) -> None:
    """Write one operation a line."""
    for row in columns.rows():
        out.write(json.dumps(fields_of(row), separators=(",", ":")) + "\n")


def fields_of(row: Row) -> dict[str, Any]:
    """What the minimal schema says of an operation; fields that say nothing are left out."""
    fields: dict[str, Any] = {"process": plain(row.process), "f": row.f}
    for name in ("key", "value", "value2", "result"):
        value = getattr(row, name)
        if value is not None and not isinstance(value, Mark):
            fields[name] = plain(value)
    fields["start"] = row.start
    if row.end is not None:
        fields["end"] = row.end
    return {**fields, "status": row.status}
