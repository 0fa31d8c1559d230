"""The minimal schema: one row an operation, for CSV, Parquet, JSON lines, and whatever people log themselves.

| column | | |
|---|---|---|
| `process` | number or text | the client; one operation open at a time |
| `f` | text | read, write, cas, append, add, delete, acquire, release, or a name of your own |
| `key` | number or text | leave it out where there is one object |
| `value` | any | the argument; of a cas the expected value |
| `value2` | any | the new value of a cas |
| `result` | any | what an ok read returned; empty: nil |
| `start` | whole number | when it was invoked, in any one unit |
| `end` | whole number | when it completed; empty where it never did |
| `status` | ok, fail, info | left out: ok where there is an end, info where there is none |
"""

from typing import Any, NamedTuple

from histories.events import MAX_TIME

REQUIRED = ("process", "f", "start")
OPTIONAL = ("key", "value", "value2", "result", "end", "status")
COLUMNS = (*REQUIRED, *OPTIONAL)
MAX_NAME = 60


class OperationRow(NamedTuple):
    """One operation as one row."""

    process: int | str
    f: str
    start: int
    key: Any = None
    value: Any = None
    value2: Any = None
    result: Any = None
    end: int | None = None
    status: str | None = None


def operation_row(fields: dict[str, Any]) -> OperationRow:
    """`fields` as a row; further ones are ignored. Raises `Malformed` with the first field that is wrong.

    What is right at first sight is taken at once. The model of the schema decides about the rest: to load pydantic
    takes longer than to judge a small history."""
    taken: list[Any] = [fields.get(name) for name in COLUMNS]
    row = OperationRow(*taken)
    if _plain(row):
        return row
    from histories.codecs.operation_row import validated  # noqa: PLC0415

    found = validated(fields)
    return OperationRow(*[getattr(found, name) for name in COLUMNS])


def _plain(row: OperationRow) -> bool:
    """Whether the model surely accepts `row`; no for some that it accepts."""
    start, end = row.start, row.end
    return (
        (type(row.process) is int or (type(row.process) is str and row.process.isascii()))
        and (type(row.f) is str and row.f.isascii() and 1 <= len(row.f) <= MAX_NAME)
        and (type(start) is int and -MAX_TIME <= start <= MAX_TIME)
        and (row.status in ("info", None) if end is None else row.status in ("ok", "fail", "info", None))
        and (end is None or (type(end) is int and start <= end <= MAX_TIME))
    )
