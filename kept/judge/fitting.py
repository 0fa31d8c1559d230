"""Whether a history's operations are those that a model has: what does not fit is the user's to know, with its line."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

import numpy as np

from checkers.linearizability.story import place
from histories.columns import ADD, READ, TXN, Columns, Mark
from histories.values import Set
from kept.lab.usage import UsageError, shown
from model.specifications.catalogue import REGISTERS

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(REGISTERS, ("read", "write", "delete", "cas")),
    "kv-append": ("read", "write", "append"),
    "multi-register": ("txn",),
    "mutex": ("acquire", "release"),
    "set": ("add", "delete", "read"),
    "counter": ("add", "read"),
}


def is_number(value: Any) -> bool:
    """Whether something can be added up."""
    return type(value) is int or (isinstance(value, float) and isfinite(value))


def is_collection(value: Any) -> bool:
    """Whether something can be what a read of a set returned."""
    return type(value) is tuple or isinstance(value, Set)  # keywords and maps are tuples of their own kinds


def is_plain(value: Any) -> bool:
    """Whether a transaction only reads and writes."""
    return all(f in ("read", "write") for f, _, _ in value)


_VALUES: Mapping[str, tuple[tuple[int, Callable[[Any], bool], str], ...]] = {
    "kv-append": ((READ, lambda value: isinstance(value, str), "text"),),
    "multi-register": ((TXN, is_plain, "transactions of read and write"),),
    "set": ((READ, is_collection, "reads of collections"),),
    "counter": ((READ, is_number, "numbers"), (ADD, is_number, "numbers")),
}


def fit(history: Columns, model: str, name: str) -> None:
    """Raise `UsageError` for the first operation of the history called `name` that `model` does not have."""
    for code in np.flatnonzero(np.bincount(history.f)).tolist():
        function = history.functions[code]
        if function not in OPERATIONS[model]:
            accepted = ", ".join(OPERATIONS[model])
            raise _misfit(history, name, int(np.argmax(history.f == code)), shown(function), model, accepted)
    for code, fits, accepted in _VALUES.get(model, ()):
        rows = np.flatnonzero(history.f == code)
        for column in (history.value, history.result):
            for row, value in zip(rows.tolist(), column[rows].tolist(), strict=True):
                found = history.value_of(value)
                if not isinstance(found, Mark) and not fits(found):
                    raise _misfit(history, name, row, f"{function_of(history, row)} {shown(found)}", model, accepted)


def function_of(history: Columns, row: int) -> str:
    """What the operation at `row` does."""
    name: str = history.functions[history.f[row]]
    return name


def _misfit(history: Columns, name: str, row: int, found: str, model: str, accepted: str) -> UsageError:
    return UsageError(f"{name}: {place(history, row)}: found {found}; accepted for --model {model}: {accepted}")
