"""What the objects held before the first operation, as it is typed: ``nil``, ``0``, ``"text"``, ``{x 0, y 0}``."""

from typing import Any

from histories import edn
from histories.columns import TXN, Columns
from histories.errors import Malformed
from histories.values import Keyword, Map, Set, Symbol
from kept.judge.fitting import is_number
from kept.lab.usage import UsageError, shown
from model.specifications.catalogue import MODELS

LOCK = "false, for a lock begins free"
_KINDS = {
    "kv-append": (str, 'text such as "ab"'),
    "multi-register": (dict, "a map such as {x 0, y 0}"),
    "mutex": (bool, LOCK),
    "set": (tuple, "a set such as #{1 2}"),
    "counter": (int | float, "a number"),
}
_WORDS = {"null": None, "None": None, "True": True, "False": False}


def initial_value(text: str | None, model: str, history: Columns) -> Any:
    """The value that `text` (EDN; a bare word is text) means to `model`. Raises `UsageError`."""
    if text is None:
        return MODELS[model].initial
    value = _plain(_read(text))
    kind, accepted = _KINDS.get(model, (None, ""))
    if kind is not None and (not isinstance(value, kind) or (model == "counter" and not is_number(value))):
        raise UsageError(f"--initial: {shown(text)}; accepted for {model}: {accepted}")
    if model == "mutex" and value:
        raise UsageError(f"--initial: {shown(text)}; accepted for {model}: {LOCK}")
    return _named(value, history) if model == "multi-register" else value


def _read(text: str) -> Any:
    accepted = 'one value such as nil, 0, "text" or {x 0, y 0}'
    try:
        value, end = edn.read(text, 0)
        if edn.skip(text, end) < len(text):
            raise UsageError(f"--initial: {shown(text)}; accepted: {accepted}")
    except (edn.EdnError, Malformed):
        raise UsageError(f"--initial: {shown(text)}; accepted: {accepted}") from None
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Symbol):
        return _WORDS.get(value.name, value.name)
    if isinstance(value, Set):
        return tuple(_plain(item) for item in value.items)
    if isinstance(value, Map):
        return {_plain(key): _plain(part) for key, part in value.items}
    return value


def _named(initial: dict[Any, Any], history: Columns) -> dict[Any, Any]:
    """Registers under the names that the history has for them: the text x may be the keyword :x there."""
    registers: dict[str, Any] = {}
    for code in history.value[history.f == TXN].tolist():
        for _, register, _ in history.value_of(code):
            registers.setdefault(_text(register), register)
    return {registers.get(_text(name), name): value for name, value in initial.items()}


def _text(register: Any) -> str:
    return register.name if isinstance(register, Keyword | Symbol) else str(register)
