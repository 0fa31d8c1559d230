"""Values written as EDN on one line; `histories.edn.read` gives each back as it was."""

import math
from collections.abc import Callable
from typing import Any

from histories.edn import NAMED
from histories.values import Character, Keyword, Map, Set, Symbol, Tagged

_ESCAPED = str.maketrans({"\t": "\\t", "\r": "\\r", "\n": "\\n", "\b": "\\b", "\f": "\\f", "\\": "\\\\", '"': '\\"'})
_NAMES = {text: name for name, text in NAMED.items()}


def edn_text(value: Any) -> str:
    """`value` as EDN. Raises `TypeError` for what is no value of a history."""
    write = _WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"a history holds no {type(value).__name__}: {value!r}")
    return write(value)


def _float(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "##NaN" if math.isnan(value) else ("##Inf" if value > 0 else "##-Inf")


def _tagged(value: Tagged) -> str:
    return value.value if value.tag == "ratio" else f"#{value.tag} {edn_text(value.value)}"


def _map(value: Map) -> str:
    return "{" + ", ".join([f"{edn_text(key)} {edn_text(part)}" for key, part in value.items]) + "}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "nil",
    bool: lambda value: "true" if value else "false",
    int: repr,
    float: _float,
    str: lambda value: '"' + value.translate(_ESCAPED) + '"',
    Keyword: lambda value: ":" + value.name,
    Symbol: lambda value: value.name,
    Character: lambda value: "\\" + _NAMES.get(value.text, value.text),
    Tagged: _tagged,
    Set: lambda value: "#{" + " ".join(map(edn_text, value.items)) + "}",
    Map: _map,
    tuple: lambda value: "[" + " ".join(map(edn_text, value)) + "]",
}
