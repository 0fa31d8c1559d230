"""Operations in EDN, fast: nearly every map in a history is flat, and two regular expressions read it whole.

What they do not match goes to the full reader (`histories.edn`), which gives the same for what they do.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from histories.edn import CLOSING, SKIPPED, EdnError, Torn, excerpt, read, skip
from histories.values import Keyword, Map

_ATOM = r"""(?:nil|-?(?:0|[1-9][0-9]{0,17}+)|:[A-Za-z][\w-]*+|"[^"\\]*+")(?=[\s,\]}])"""
_VALUE = rf"(?:{_ATOM}|\[(?:[\s,]*+{_ATOM})*+[\s,]*+\])"
_FLAT = re.compile(rf"\{{(?:[\s,]*+:[A-Za-z][\w-]*+[\s,]++{_VALUE})*+[\s,]*+\}}")
_FIELD = re.compile(rf":([A-Za-z][\w-]*+)[\s,]++({_VALUE})")

REMEMBERED = 1 << 16
"""How many values are remembered by their text before all are forgotten."""
REMEMBERED_CHARS = 200
"""Longer texts are read anew each time."""


class EdnRow(NamedTuple):
    """One map: where it begins, and its values under keywords by the keywords' names."""

    at: int
    fields: dict[str, Any]


class _Memory(dict[str, Any]):
    """Text of a value -> the value."""

    def __missing__(self, text: str) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        value, _ = read(text, 0)
        if len(text) <= REMEMBERED_CHARS:
            self[text] = value
        return value


def edn_rows(text: str, accepted: str) -> Iterator[EdnRow]:
    """The maps of `text`, or of the one vector or list that it is.

    Raises `EdnError`, also for an element that is no map (`accepted` says what one looks like), and `Torn` after the
    last whole map.
    """
    at = skip(text, 0)
    closing = CLOSING.get(text[at : at + 1], "") if text.startswith(("[", "("), at) else ""
    at += len(closing)
    memory = _Memory()
    while True:
        at = skip(text, at)
        flat = _FLAT.match(text, at)
        if flat is not None:
            yield EdnRow(at, {name: memory[value] for name, value in _FIELD.findall(text, at, flat.end())})
            at = flat.end()
            continue
        if at >= len(text):
            if closing:
                raise Torn(at, "the end of the text", f"the closing {closing}")
            return
        if closing and text[at] == closing:
            rest = skip(text, at + 1)
            if rest < len(text):
                raise EdnError(rest, excerpt(text, rest), f"nothing after the closing {closing}")
            return
        value, end = read(text, at)
        if isinstance(value, Map):
            yield EdnRow(at, {key.name: part for key, part in value.items if isinstance(key, Keyword)})
        elif value is not SKIPPED:
            raise EdnError(at, excerpt(text, at), accepted)
        at = end
