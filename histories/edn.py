"""EDN, the notation of Jepsen's histories, read as hostile input (https://github.com/edn-format/edn).

One regular expression cuts the text into tokens; containers live on an explicit stack, so no input exhausts Python's.
Everything that is wrong is `EdnError` with the line; the end of the text inside an element is `Torn`, which a reader
of logs forgives for the last element only.
"""

import math
import re
from typing import Any

from histories.values import MAX_DEPTH, TOO_DEEP, Character, Keyword, Map, Symbol, Tagged, map_of, set_of

MAX_DIGITS = 4000
"""Longer integers are refused: Python takes quadratic time for them."""

_TOKEN = re.compile(
    r"""[\s,]*+(?:;[^\n]*+(?:\n|\Z)[\s,]*+)*+
    (?: (?P<open>\#\{|[\[({])
      | (?P<close>[\])}])
      | (?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+")
      | (?P<character>\\(?:u[0-9a-fA-F]{4}|[A-Za-z]+|.))
      | (?P<discard>\#_)
      | (?P<symbolic>\#\#[A-Za-z-]+)
      | (?P<tag>\#[A-Za-z][\w.*+!?$%&=<>/-]*)
      | (?P<atom>[^\s,;"\[\](){}\#\\]+[^\s,;"\[\](){}\\]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"[\s,]*+(?:;[^\n]*+(?:\n|\Z)[\s,]*+)*+")
_INTEGER = re.compile(r"[+-]?[0-9]+N?")
_FLOAT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?M?")
_RATIO = re.compile(r"[+-]?[0-9]+/[0-9]+")
_NAME = re.compile(r"(?![0-9])[\w.*+!?$%&=<>/:'|-]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n", "b": "\b", "f": "\f", "\\": "\\", '"': '"', "'": "'"}
NAMED = {"newline": "\n", "return": "\r", "space": " ", "tab": "\t", "backspace": "\b", "formfeed": "\f"}
_CONSTANTS = {"nil": None, "true": True, "false": False}
_SYMBOLIC = {"##Inf": math.inf, "##-Inf": -math.inf, "##NaN": math.nan}
CLOSING = {"[": "]", "(": ")", "{": "}", "#{": "}"}


class EdnError(ValueError):
    """The text is no EDN: `at` is the offset, `found` and `accepted` are for the message."""

    def __init__(self, at: int, found: str, accepted: str) -> None:
        super().__init__(f"found {found}; accepted: {accepted}")
        self.at = at
        self.found = found
        self.accepted = accepted


class Torn(EdnError):
    """The text ends inside an element."""


class _Open:
    """A container that is being read, or a tag or discard that waits for its element."""

    __slots__ = ("at", "kind", "parts")

    def __init__(self, kind: str, at: int) -> None:
        self.kind = kind
        self.at = at
        self.parts: list[Any] = []


SKIPPED = object()
"""What `read` gives for an element that is discarded (``#_``)."""


def read(text: str, at: int) -> tuple[Any, int]:
    """The element of `text` at `at`, and the offset behind it."""
    stack: list[_Open] = []
    while True:
        token = _TOKEN.match(text, at)
        if token is None:
            raise _no_token(text, skip(text, at))
        begin, at = token.start(token.lastgroup or 0), token.end()
        kind, raw = token.lastgroup, token.group(token.lastgroup or 0)
        if kind in {"open", "tag", "discard"}:
            if len(stack) >= MAX_DEPTH:
                raise EdnError(begin, "a value nested deeper", TOO_DEEP)
            stack.append(_Open(raw, begin))
            continue
        if kind == "close":
            if not stack or CLOSING.get(stack[-1].kind) != raw:
                raise EdnError(begin, f"{raw!r}", _expected(stack))
            value = _container(stack.pop())
        else:
            value = _atom(kind or "", raw, begin, len(text) == at)
        while stack and stack[-1].kind not in CLOSING and value is not SKIPPED:  # a tag takes exactly one element
            waiting = stack.pop()
            value = SKIPPED if waiting.kind == "#_" else _tagged(waiting.kind[1:], value)
        if not stack:
            return value, at
        if value is not SKIPPED:
            stack[-1].parts.append(value)


def skip(text: str, at: int) -> int:
    """The offset of the first element or closing bracket from `at`, behind blanks, commas and comments."""
    blank = _BLANK.match(text, at)
    assert blank is not None, "the expression matches nothing, too"
    return blank.end()


def excerpt(text: str, at: int) -> str:
    """The start of what stands at `at`, for a message."""
    return repr(text[at : at + 30].split("\n", 1)[0])


def _expected(stack: list[_Open]) -> str:
    if not stack:
        return "an element"
    return (
        f"an element or {CLOSING[stack[-1].kind]}" if stack[-1].kind in CLOSING else f"an element for {stack[-1].kind}"
    )


def _no_token(text: str, at: int) -> EdnError:
    if at >= len(text):
        return Torn(at, "the end of the text", "the rest of the element")
    if text[at] == '"':
        return Torn(at, "a string without its closing quote", 'text between ""')
    if text[at] in "\\#" and at + 1 >= len(text):
        return Torn(at, "the end of the text", "the rest of the element")
    return EdnError(at, excerpt(text, at), "an EDN element")


def _container(done: _Open) -> Any:
    if done.kind in {"[", "("}:
        return tuple(done.parts)
    if done.kind == "#{":
        return set_of(done.parts)
    if len(done.parts) % 2:
        raise EdnError(done.at, "a map with a key but no value", "keys and values in pairs")
    return map_of(zip(done.parts[::2], done.parts[1::2], strict=True))


def _tagged(tag: str, value: Any) -> Any:
    return value if isinstance(value, Map) else Tagged(tag, value)  # a record, such as #jepsen.history.Op{...}


def _atom(kind: str, raw: str, at: int, last: bool) -> Any:
    if kind == "string":
        return _string(raw[1:-1], at)
    if kind == "character":
        return _character(raw[1:], at)
    if kind == "symbolic":
        if raw not in _SYMBOLIC:
            raise EdnError(at, raw, "##Inf, ##-Inf or ##NaN")
        return _SYMBOLIC[raw]
    if raw in _CONSTANTS:
        return _CONSTANTS[raw]
    return _number(raw, at) if raw[0] in "+-0123456789" and raw[-1] in "0123456789.NM" else _name(raw, at, last)


def _number(raw: str, at: int) -> Any:
    if len(raw) > MAX_DIGITS:
        raise EdnError(at, f"a number of {len(raw)} digits", f"at most {MAX_DIGITS}")
    if _INTEGER.fullmatch(raw):
        return int(raw.removesuffix("N"))
    if _FLOAT.fullmatch(raw):
        return float(raw.removesuffix("M"))
    if _RATIO.fullmatch(raw):
        return Tagged("ratio", raw)
    raise EdnError(at, repr(raw[:30]), "a number such as 3, -1.5e3 or 1/2")


def _name(raw: str, at: int, last: bool) -> Any:
    if raw[0] == ":" and len(raw) > 1 and _NAME.fullmatch(raw, 1):
        return Keyword(raw[1:])
    if raw[0] != ":" and _NAME.fullmatch(raw):
        return Symbol(raw)
    if last:
        raise Torn(at, repr(raw[:30]), "a whole element")
    raise EdnError(at, repr(raw[:30]), "a number, keyword, symbol, nil, true or false")


def _string(raw: str, at: int) -> str:
    if "\\" not in raw:
        return raw

    def unescaped(found: re.Match[str]) -> str:
        name = found.group(1)
        if name[0] == "u" and len(name) == 5:
            return chr(int(name[1:], 16))
        if name not in _ESCAPES:
            raise EdnError(at, f"the escape \\{name} in a string", '\\t \\r \\n \\b \\f \\\\ \\" or \\uXXXX')
        return _ESCAPES[name]

    text = _ESCAPE.sub(unescaped, raw)
    try:  # Java writes what lies beyond 16 bits as two surrogates
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise EdnError(at, "a lone surrogate in a string", "Unicode text") from None


def _character(name: str, at: int) -> Character:
    if len(name) == 1:
        return Character(name)
    if name in NAMED:
        return Character(NAMED[name])
    if name[0] == "u" and len(name) == 5 and not 0xD800 <= int(name[1:], 16) <= 0xDFFF:
        return Character(chr(int(name[1:], 16)))
    raise EdnError(at, repr("\\" + name[:20]), "a character such as \\a or \\newline")
