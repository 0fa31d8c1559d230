"""Mistakes in what the user gave: a flag, a configuration, a file. One clear line each."""

from difflib import get_close_matches

from pydantic import ValidationError


class UsageError(Exception):
    """The command line, a configuration or an input file is wrong; the message is what the user reads."""


def first_problem(error: ValidationError) -> str:
    """One line for the first thing that pydantic found: the field, what was found, what is accepted."""
    problem = error.errors(include_url=False)[0]
    message = problem["msg"].removeprefix("Value error, ")
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] in ("value_error", "json_invalid") or not place:
        return message
    found = problem["input"]
    shown = f"{found!r}" if len(repr(found)) <= 60 else f"{repr(found)[:60]}..."
    return f"{place}: {shown}: {message[:1].lower()}{message[1:]}"


def nearest(found: str, accepted: list[str]) -> str:
    """``; did you mean ...?`` where one accepted name is near what was found, else nothing."""
    close = get_close_matches(found, accepted, 1)
    return f"; did you mean {close[0]}?" if close else ""
