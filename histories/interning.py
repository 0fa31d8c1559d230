"""Interning: every distinct key or value of a history becomes a small number, and a table tells which.

Two values are the same exactly if they have the same type and the same content, at every depth. Python's own equality
will not do: to it `1`, `1.0` and `True` are one value, and a checker that takes them for one hides a wrong read.
"""

from collections.abc import Hashable
from typing import Any

PLAIN = frozenset({str, int})
"""Types whose equality is already right, and whose values never equal one of the other: they are their own identity."""


def identity(value: Any) -> Hashable:
    """What `value` is told apart by: equal for two values exactly if they are the same, type for type."""
    kind = type(value)
    if kind in PLAIN:
        return value  # type: ignore[no-any-return]
    if isinstance(value, tuple):
        return (kind.__name__, *[identity(part) for part in value])
    if kind is float:
        return ("float", repr(value))  # tells -0.0 from 0.0, and NaN is itself
    return (kind.__name__, value)


class Interned:
    """A table that grows: `code(value)` is the number of a value, from 0 in the order of first sight."""

    __slots__ = ("_codes", "table")

    def __init__(self) -> None:
        self.table: list[Any] = []
        """Number -> value."""
        self._codes: dict[Hashable, int] = {}

    def code(self, value: Any) -> int:
        """The number of `value`, which must be hashable at every depth."""
        seen = value if type(value) in PLAIN else identity(value)
        code = self._codes.get(seen)
        if code is None:
            code = self._codes[seen] = len(self.table)
            self.table.append(value)
        return code

    def find(self, value: Any) -> int | None:
        """The number of `value` where it has one."""
        return self._codes.get(identity(value))
