"""Mistakes in what the user gave: a flag, a configuration, a file. One clear line each."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from histories.errors import one_line

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo

SHOWN_CHARS = 60
SHOWN_PATH_CHARS = 400


class UsageError(Exception):
    """The command line, a configuration or an input file is wrong; the message is what the user reads."""


def first_problem(error: "ValidationError", model: "type[BaseModel]") -> str:
    """One line for the first thing that pydantic found: the field, what was found, what is accepted."""
    problem = error.errors(include_url=False)[0]
    message = problem["msg"].removeprefix("Value error, ")
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] in ("value_error", "json_invalid") or not place:
        return one_line_of(message)
    if problem["type"] == "missing":
        return f"{place}: missing"
    if problem["type"] == "extra_forbidden":
        return f"{one_line_of(place)}: unknown field"
    found = f"{one_line_of(place)}: {shown(problem['input'])}"
    field = _field(model, problem["loc"])
    if field is None:
        return f"{found}: {message[:1].lower()}{message[1:]}"
    names = [str(name) for name in get_args(field.annotation)] if problem["type"] == "literal_error" else []
    accepted = ", ".join(names) or bounds(field) or message[:1].lower() + message[1:]
    return f"{found}; accepted: {accepted}{nearest(str(problem['input']), names)}"


def bounds(field: "FieldInfo") -> str:
    """The range that a number field accepts: ``1 to 1000``, ``1 or more``; empty where it has none."""
    low = high = None
    for limit in field.metadata:
        low = getattr(limit, "ge", low)
        high = getattr(limit, "le", high)
        below = getattr(limit, "lt", None)
        high = below - 1 if below is not None else high
    if low is None:
        return ""
    return f"{low} to {high}" if high is not None else f"{low} or more"


def nearest(found: str, accepted: list[str]) -> str:
    """``; did you mean ...?`` where one accepted name is near what was found, else nothing."""
    close = get_close_matches(found, accepted, 1)
    return f"; did you mean {close[0]}?" if close else ""


def unknown(what: str, found: str, accepted: list[str]) -> UsageError:
    """The error of a name that does not exist."""
    return UsageError(f"{what}: {shown(found)}; accepted: {', '.join(accepted)}{nearest(found, accepted)}")


def shown(found: Any, limit: int = SHOWN_CHARS) -> str:
    """What was found, as one short printable piece of text."""
    text = found if isinstance(found, str) else repr(found)
    short = text if len(text) <= limit else text[:limit] + "..."
    escaped = one_line(short)
    return repr(escaped) if isinstance(found, str) and (not escaped or " " in escaped) else escaped


def one_line_of(text: str) -> str:
    """A message that quotes what somebody else wrote, as one printable line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _field(model: "type[BaseModel]", place: tuple[int | str, ...]) -> "FieldInfo | None":
    """The field of `model` that `place` leads to, through nested models."""
    from pydantic import BaseModel  # noqa: PLC0415 - most mistakes are not found by it

    field = model.model_fields.get(str(place[0])) if place else None
    inner = field.annotation if field is not None else None
    if len(place) > 1:
        return _field(inner, place[1:]) if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return field
