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

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from histories.errors import Malformed
from histories.events import MAX_TIME

REQUIRED = ("process", "f", "start")
OPTIONAL = ("key", "value", "value2", "result", "end", "status")
COLUMNS = (*REQUIRED, *OPTIONAL)


class OperationRow(BaseModel):
    """One operation as one row; further columns are ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", arbitrary_types_allowed=True)

    process: int | str
    f: str = Field(min_length=1, max_length=60)
    start: int = Field(ge=-MAX_TIME, le=MAX_TIME)
    key: Any = None
    value: Any = None
    value2: Any = None
    result: Any = None
    end: int | None = Field(default=None, ge=-MAX_TIME, le=MAX_TIME)
    status: Literal["ok", "fail", "info"] | None = None

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.end is None and self.status in {"ok", "fail"}:
            raise ValueError(f"{self.status} without an end")
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end {self.end} before start {self.start}")
        return self


def operation_row(fields: dict[str, Any]) -> OperationRow:
    """`fields` as a row. Raises `Malformed` with the first field that is wrong."""
    try:
        return OperationRow.model_validate(fields)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "missing":
            found = f"no {name}"
        elif name:
            found = f"{name}: {first['input']!r}"
        else:
            found = first["msg"].removeprefix("Value error, ")
        accepted = first["msg"] if name else "ok and fail with an end, which is not before the start"
        raise Malformed(found, accepted) from None
