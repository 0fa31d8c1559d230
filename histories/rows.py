"""JSON lines, read as hostile input: each row is an object, and each field has the type that its reader asks for.

A last line without its newline is what a killed writer leaves behind: it is dropped and `truncated` says so. Every
other malformed line is an error.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from histories.errors import HistoryError, Malformed
from histories.operation import NOTHING_SEEN, Dot, Vector

Row = dict[str, Any]

MAX_INTEGER = (1 << 63) - 1
"""The largest time or counter that is accepted."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


class Rows:
    """The rows of one file in order; `line` is the number of the line read last, from 1."""

    def __init__(self, name: str, lines: Iterable[bytes]) -> None:
        self.name = name
        self.line = 0
        self.truncated = False
        self._lines = lines

    def __iter__(self) -> Iterator[Row]:
        for raw in self._lines:
            self.line += 1
            if not raw.endswith(b"\n"):
                self.truncated = True
                return
            try:
                row = _decode(raw.decode())
            except UnicodeDecodeError as wrong:
                raise self.error(f"byte 0x{raw[wrong.start]:02x} at {wrong.start}", "UTF-8") from None
            except (ValueError, RecursionError) as wrong:
                raise self.error(f"{excerpt(raw)} ({wrong})", "one JSON object per line") from None
            if type(row) is not dict:
                raise self.error(excerpt(raw), "one JSON object per line")
            yield row

    def error(self, found: str, accepted: str) -> HistoryError:
        """The error of the line read last."""
        return HistoryError(self.name, self.line, found, accepted)

    def no_header(self, kind: str) -> HistoryError:
        """The error of a file that ends before its header does."""
        return HistoryError(self.name, 1, "no whole line", f'a header {{"kept":"{kind}", ...}}')


def excerpt(raw: bytes) -> str:
    """The start of a line, as text for a message."""
    return repr(raw[:60].decode("utf-8", "replace").rstrip("\n"))


def wrong(row: Row, name: str, accepted: str) -> Malformed:
    """The error of one field."""
    if name not in row:
        return Malformed(f'no "{name}"', f'"{name}": {accepted}')
    return Malformed(f'"{name}": {row[name]!r}', f'"{name}": {accepted}')


def integer(row: Row, name: str) -> int:
    """A whole number from 0 to `MAX_INTEGER`; booleans are none."""
    found = row.get(name)
    if type(found) is not int or not 0 <= found <= MAX_INTEGER:
        raise wrong(row, name, "a whole number from 0 to 2**63-1")
    return found


def string(row: Row, name: str) -> str:
    """A string."""
    found = row.get(name)
    if type(found) is not str:
        raise wrong(row, name, "a string")
    return found


def vector(row: Row, name: str) -> Vector:
    """A context: ``{actor: counter}``."""
    found = row.get(name)
    if type(found) is not dict:
        raise wrong(row, name, "a context {actor: counter}")
    if not found:
        return NOTHING_SEEN
    for counter in found.values():
        if type(counter) is not int or not 0 <= counter <= MAX_INTEGER:
            raise wrong(row, name, "a context {actor: counter} with counters from 0 to 2**63-1")
    return found


def dot(found: object, name: str) -> Dot:
    """A dot: ``[actor, counter]`` with a counter from 1."""
    if (
        type(found) is list
        and len(found) == 2
        and type(found[0]) is str
        and type(found[1]) is int
        and 1 <= found[1] <= MAX_INTEGER
    ):
        return (found[0], found[1])
    raise Malformed(f'"{name}": {found!r}', f'"{name}": a dot [actor, counter] with a counter from 1')


def array(row: Row, name: str) -> list[Any]:
    """An array."""
    found = row.get(name)
    if type(found) is not list:
        raise wrong(row, name, "an array")
    return found


def strings(row: Row, name: str) -> Mapping[str, str]:
    """An object whose values are strings."""
    found = row.get(name)
    if type(found) is not dict or not all(type(value) is str for value in found.values()):
        raise wrong(row, name, "an object of strings")
    return found
