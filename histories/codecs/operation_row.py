"""The minimal schema (`histories.codecs.minimal`) as a pydantic model: it accepts all rows, and explains wrong ones."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from histories.codecs.minimal import MAX_NAME, REQUIRED
from histories.errors import Malformed
from histories.events import MAX_TIME

_TIME = "a whole number of 62 bits at the most"
_ACCEPTED = {
    "process": "a whole number or text",
    "f": f"Unicode text of 1 to {MAX_NAME} characters",
    "start": _TIME,
    "end": f"{_TIME}, or nothing",
    "status": "ok, fail or info",
}


class OperationModel(BaseModel):
    """One operation as one row; further columns are ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", arbitrary_types_allowed=True)

    process: int | str
    f: str = Field(min_length=1, max_length=MAX_NAME)
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


def validated(fields: dict[str, Any]) -> OperationModel:
    """`fields` as the model of a row. Raises `Malformed` with the first field that is wrong."""
    try:
        return OperationModel.model_validate(fields)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "missing":
            found, accepted = f"no {name}", f"a row with {', '.join(REQUIRED)}"
        elif name:
            found, accepted = f"{name}: {first['input']!r}", _ACCEPTED[name]
        else:
            found = first["msg"].removeprefix("Value error, ")
            accepted = "ok and fail with an end, which is not before the start"
        raise Malformed(found, accepted) from None
