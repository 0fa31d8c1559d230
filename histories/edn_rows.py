"""Operations in EDN, fast: nearly every map in a history is flat, and two regular expressions read it whole.

What they do not match goes to the full reader (`histories.edn`), which gives the same for what they do.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from histories.edn import CLOSING, SKIPPED, EdnError, Torn, excerpt, read, skip
from histories.values import Keyword, Map
from histories.window import Window

_ATOM = r"""(?:nil|-?(?:0|[1-9][0-9]{0,17}+)|:[A-Za-z][\w-]*+|"[^"\\]*+")(?=[\s,\]}])"""
_VALUE = rf"(?:{_ATOM}|\[(?:[\s,]*+{_ATOM})*+[\s,]*+\])"
_FLAT = re.compile(rf"\{{(?:[\s,]*+:[A-Za-z][\w-]*+[\s,]++{_VALUE})*+[\s,]*+\}}")
_FIELD = re.compile(rf":([A-Za-z][\w-]*+)[\s,]++({_VALUE})")

REMEMBERED = 1 << 16
"""How many values are remembered by their text before all are forgotten."""
REMEMBERED_CHARS = 200
"""Longer texts are read anew each time."""


class EdnRow(NamedTuple):
    """One map: the line where it begins, and its values under keywords by the keywords' names."""

    line: int
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


def edn_rows(window: Window, accepted: str) -> Iterator[EdnRow]:
    """The maps in `window`, or of the one vector or list that it holds.

    Raises `EdnError` for what stands in the window then, also for an element that is no map (`accepted` says what one
    looks like), and `Torn` after the last whole map.
    """
    at = _following(window, 0)
    closing = CLOSING.get(window.text[at : at + 1], "") if window.text.startswith(("[", "("), at) else ""
    at += len(closing)
    memory = _Memory()
    while True:
        at = _following(window, at)
        text = window.text
        flat = _FLAT.match(text, at)
        if flat is not None:
            fields = {name: memory[value] for name, value in _FIELD.findall(text, at, flat.end())}
            yield EdnRow(window.line_of(at), fields)
            at = flat.end()
            continue
        if at >= len(text):
            if closing:
                raise Torn(at, "the end of the text", f"the closing {closing}")
            return
        if closing and text[at] == closing:
            rest = _following(window, at + 1)
            if rest < len(window.text):
                raise EdnError(rest, excerpt(window.text, rest), f"nothing after the closing {closing}")
            return
        try:
            value, end = read(text, at)
        except Torn:
            if window.more(at):
                at = 0
                continue
            raise
        if isinstance(value, Map):
            fields = {key.name: part for key, part in value.items if isinstance(key, Keyword)}
            yield EdnRow(window.line_of(at), fields)
        elif value is not SKIPPED:
            raise EdnError(at, excerpt(text, at), accepted)
        at = end


def _following(window: Window, at: int) -> int:
    """The offset of the next element or bracket, in the window moved on to it; its end where nothing follows."""
    at = skip(window.text, at)
    while at >= len(window.text) and window.more(at):
        at = skip(window.text, 0)
    return at
