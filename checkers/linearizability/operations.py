"""What the searches work on: the operations of one object as intervals with calls."""

from collections.abc import Sequence
from typing import NamedTuple

from model.specifications.specification import Call

NEVER = (1 << 63) - 1
"""The end of an operation that may still take effect at any time."""


class Interval(NamedTuple):
    """One operation: a precedes b exactly if `a.end < b.start`."""

    start: int
    end: int
    call: Call
    required: bool = True
    """False for an operation whose outcome is unknown: it may have no effect at all. Its end is `NEVER`."""
    row: int = 0
    """Its row in the history."""


class Event(NamedTuple):
    """An operation begins or ends."""

    time: int
    ends: bool
    operation: int
    """Its place in the sequence of operations."""


def events(operations: Sequence[Interval]) -> list[Event]:
    """Every start, and the end of every required operation, in time. At one time what starts comes first: operations
    that touch are concurrent."""
    found = [Event(op.start, False, at) for at, op in enumerate(operations)]
    found += [Event(op.end, True, at) for at, op in enumerate(operations) if op.required]
    return sorted(found)


def peak(operations: Sequence[Interval]) -> tuple[int, int]:
    """The highest number of required operations in flight at once, and when it was reached first."""
    turns = sorted(
        [(op.start, 0) for op in operations if op.required] + [(op.end, 1) for op in operations if op.required]
    )
    open_now, most, when = 0, 0, 0
    for time, ends in turns:
        open_now += -1 if ends else 1
        if open_now > most:
            most, when = open_now, time
    return most, when
