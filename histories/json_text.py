"""JSON documents one after another, or in one array, with their offsets: lines, arrays, pretty-printed files."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from histories.errors import Malformed
from histories.values import from_document


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
_COMMA = re.compile(r"[ \t\r\n]*+,[ \t\r\n]*+")


def documents(text: str) -> Iterator[Document]:
    """Each document of `text`; where it is one array, each element. Raises `JsonError`, or `TornJson` at the end."""
    at = _skip(text, 0)
    inside = text.startswith("[", at)
    if inside:
        at = _skip(text, at + 1)
        if text.startswith("]", at):
            yield from _nothing_more(text, at + 1)
            return
    while at < len(text):
        value, end = _document(text, at)
        yield Document(at, value)
        at = end
        if not inside:
            at = _skip(text, at)
            continue
        comma = _COMMA.match(text, at)
        if comma is None:
            at = _skip(text, at)
            if text.startswith("]", at):
                yield from _nothing_more(text, at + 1)
                return
            if at < len(text):
                raise JsonError(at, repr(text[at : at + 30]), "a comma or ]")
        else:
            at = comma.end()
    if inside:
        raise TornJson(at, "the end of the text", "the closing ]")


def _nothing_more(text: str, at: int) -> Iterator[Document]:
    rest = _skip(text, at)
    if rest < len(text):
        raise JsonError(rest, repr(text[rest : rest + 30]), "nothing after the closing ]")
    return iter(())


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
            raise TornJson(at, "the end of the text", "a whole JSON object") from None
        raise JsonError(
            max(at, min(wrong.pos, len(text) - 1)), f"{text[at : at + 30]!r} ({wrong.msg})", "JSON"
        ) from None
    except (ValueError, RecursionError) as wrong:
        raise JsonError(at, f"{text[at : at + 30]!r} ({wrong})", "JSON") from None


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None, "the expression matches nothing, too"
    return blank.end()
