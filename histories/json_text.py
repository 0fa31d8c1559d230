"""JSON documents one after another, or in one array, with their offsets: lines, arrays, pretty-printed files."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from histories.errors import Malformed
from histories.values import from_document
from histories.window import Window


class JsonError(ValueError):
    """What stands at offset `at` is no JSON."""

    def __init__(self, at: int, found: str, accepted: str) -> None:
        super().__init__(f"found {found}; accepted: {accepted}")
        self.at = at
        self.found = found
        self.accepted = accepted


class TornJson(JsonError):
    """The text ends inside a document."""


class Document(NamedTuple):
    at: int
    value: Any
    """Objects are dictionaries of values (`histories.values`); anything else is a value."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode
_BLANK = re.compile(r"[ \t\r\n]*+")


def documents(window: Window) -> Iterator[Document]:
    """Each document in `window`; where it is one array, each element. Offsets are those of the window then.

    Raises `JsonError`, or `TornJson` at the end.
    """
    at = _following(window, 0)
    inside = window.text.startswith("[", at)
    if inside:
        at = _following(window, at + 1)
        if window.text.startswith("]", at):
            _nothing_more(window, at + 1)
            return
    while at < len(window.text):
        try:
            value, end = _document(window.text, at)
        except _Unfinished as wrong:
            if window.more(at):
                at = 0
                continue
            raise wrong.error from None
        yield Document(at, value)
        at = _following(window, end)
        if not inside:
            continue
        if window.text.startswith(",", at):
            at = _following(window, at + 1)
        elif window.text.startswith("]", at):
            _nothing_more(window, at + 1)
            return
        elif at < len(window.text):
            raise JsonError(at, repr(window.text[at : at + 30]), "a comma or ]")
    if inside:
        raise TornJson(at, "the end of the text", "the closing ]")


def _nothing_more(window: Window, at: int) -> None:
    rest = _following(window, at)
    if rest < len(window.text):
        raise JsonError(rest, repr(window.text[rest : rest + 30]), "nothing after the closing ]")


class _Unfinished(Exception):
    """A document goes on behind the end of the text; `error` is what is wrong where nothing follows."""

    def __init__(self, error: JsonError) -> None:
        super().__init__(str(error))
        self.error = error


def _document(text: str, at: int) -> tuple[Any, int]:
    try:
        found, end = _decode(text, at)
        if type(found) is dict:
            return {name: from_document(part, 1) for name, part in found.items()}, end
        return from_document(found), end
    except Malformed as bad:
        raise JsonError(at, bad.found, bad.accepted) from None
    except json.JSONDecodeError as wrong:
        if "\n" not in text[at:] and (wrong.pos >= len(text) or "Unterminated" in wrong.msg):
            raise _Unfinished(TornJson(at, "the end of the text", "a whole JSON object")) from None
        place = max(at, min(wrong.pos, len(text) - 1))
        error = JsonError(place, f"{text[at : at + 30]!r} ({wrong.msg})", "JSON")
        if _skip(text, wrong.pos) >= len(text):
            raise _Unfinished(error) from None
        raise error from None
    except (ValueError, RecursionError) as wrong:
        raise JsonError(at, f"{text[at : at + 30]!r} ({wrong})", "JSON") from None


def _following(window: Window, at: int) -> int:
    """The offset of what follows the blanks at `at`, in the window moved on to it; its end where nothing follows."""
    at = _skip(window.text, at)
    while at >= len(window.text) and window.more(at):
        at = _skip(window.text, 0)
    return at


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None, "the expression matches nothing, too"
    return blank.end()
