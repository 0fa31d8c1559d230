"""Values as recorded histories know them: immutable, hashable, told apart by type (see `histories.interning`).

nil is None; numbers, booleans and text are Python's; a list or vector is a tuple. What Python has no immutable type
for, or would take for something else, stands below. Sets and maps keep one canonical order, so equal ones are equal.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from histories.errors import Malformed
from histories.interning import identity

MAX_DEPTH = 64
"""How deep a recorded value may nest. Real ones stay below ten; a file of a million brackets is an attack."""
TOO_DEEP = f"values nested at most {MAX_DEPTH} deep"


class Keyword(NamedTuple):
    """An EDN keyword; `:x` has the name ``x``."""

    name: str


class Symbol(NamedTuple):
    """An EDN symbol."""

    name: str


class Character(NamedTuple):
    """An EDN character."""

    text: str


class Tagged(NamedTuple):
    """An EDN element under a tag that means nothing here, such as ``#inst "..."``."""

    tag: str
    value: Any


class Set(NamedTuple):
    """A set: no element twice, in canonical order."""

    items: tuple[Any, ...]


class Map(NamedTuple):
    """A map: no key twice, in the canonical order of keys."""

    items: tuple[tuple[Any, Any], ...]


def set_of(items: Iterable[Any]) -> Set:
    """The set of `items`."""
    found = {identity(item): item for item in items}
    return Set(tuple(found[key] for key in sorted(found, key=repr)))


def map_of(items: Iterable[tuple[Any, Any]]) -> Map:
    """The map of `items`; of two values under one key the later stays."""
    found = {identity(key): (key, value) for key, value in items}
    return Map(tuple(found[key] for key in sorted(found, key=repr)))


def from_document(found: Any, depth: int = 0) -> Any:
    """A JSON document as a value. Raises `Malformed` where it nests too deep or holds a lone surrogate."""
    kind = type(found)
    if kind is str:
        if not found.isascii() and any("\ud800" <= c <= "\udfff" for c in found):
            raise Malformed(f"the lone surrogate in {found!r}", "Unicode text")
        return found
    if kind is not list and kind is not dict:
        return found
    if depth >= MAX_DEPTH:
        raise Malformed("a value nested deeper", TOO_DEEP)
    if kind is list:
        return tuple([from_document(part, depth + 1) for part in found])
    return map_of((from_document(key, depth), from_document(part, depth + 1)) for key, part in found.items())


def plain(value: Any) -> Any:
    """A value as a JSON document. Keywords, symbols and characters become text; sets become lists."""
    if isinstance(value, Keyword | Symbol | Character):
        return value[0]
    if isinstance(value, Tagged):
        return {value.tag: plain(value.value)}
    if isinstance(value, Map):
        return {text if isinstance(text := plain(key), str) else repr(text): plain(part) for key, part in value.items}
    if isinstance(value, tuple):
        return [plain(part) for part in (value.items if isinstance(value, Set) else value)]
    return value
