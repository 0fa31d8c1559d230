"""Usage errors: one clear printable line each, with the field, what was found and what is accepted."""

from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from kept.lab.usage import SHOWN_CHARS, UsageError, bounds, first_problem, nearest, one_line_of, shown, unknown


class Inner(BaseModel, extra="forbid"):
    size: int = Field(1, ge=0, lt=10)
    kind: str = "a"


class Outer(BaseModel, extra="forbid"):
    inner: Inner = Inner()
    count: int = Field(ge=2)
    free: int = 0


def problem(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Outer(**fields)
    return first_problem(refused.value, Outer)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "count: missing"),
        ({"count": 1}, "count: 1; accepted: 2 or more"),
        ({"count": 2, "inner": {"size": 10}}, "inner.size: 10; accepted: 0 to 9"),
        ({"count": 2, "hue": 1}, "hue: unknown field"),
        ({"count": 2, "h\nue": 1}, "h\\nue: unknown field"),
        ({"count": 2, "inner": {"h\tue": 1}}, "inner.h\\tue: unknown field"),
    ],
)
def test_the_first_problem_is_told_in_one_line(fields: dict[str, Any], line: str) -> None:
    assert problem(**fields) == line


def test_the_first_problem_stays_printable_and_short_whatever_was_found() -> None:
    line = problem(count="x\n\x1b[31m" + "y" * 1_000)
    assert line.isprintable()
    assert len(line) < 200
    assert line.startswith("count: ")


def test_what_the_accepted_range_is() -> None:
    assert bounds(Inner.model_fields["size"]) == "0 to 9"
    assert bounds(Outer.model_fields["count"]) == "2 or more"
    assert bounds(Outer.model_fields["free"]) == ""


@pytest.mark.parametrize(
    ("found", "text"),
    [("crash", "crash"), ("", "''"), ("two words", "'two words'"), (17, "17"), (None, "None"), ("a\nb", "a\\nb")],
)
def test_what_was_found_is_shown_as_it_was_written_unless_that_would_be_unclear(found: Any, text: str) -> None:
    assert shown(found) == text


def test_what_was_found_is_shown_up_to_a_length() -> None:
    assert shown("x" * 61) == "x" * SHOWN_CHARS + "..."
    assert shown("x" * 60) == "x" * 60


def test_a_near_name_is_suggested_and_a_far_one_is_not() -> None:
    assert nearest("crsh", ["crash", "pause"]) == "; did you mean crash?"
    assert nearest("meteor", ["crash", "pause"]) == ""


def test_an_unknown_name_is_told_with_all_that_are_known() -> None:
    error = unknown("claim", "no-lost-wrte", ["no-lost-write", "convergence"])
    assert isinstance(error, UsageError)
    assert str(error) == "claim: no-lost-wrte; accepted: no-lost-write, convergence; did you mean no-lost-write?"


def test_a_quoted_message_stays_one_line() -> None:
    assert one_line_of("a\nb\x1b\u2028c é") == "a\\nb\\x1b\\u2028c é"
