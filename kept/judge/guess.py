"""Which model a history is of: told by the functions in it, where they leave no doubt."""

from typing import Any, NamedTuple

import numpy as np

from histories.columns import ADD, APPEND, OK, READ, TXN, Columns, Mark, Siblings
from kept.judge.fitting import is_collection, is_number, is_plain
from kept.judge.question import MVR
from kept.judge.workloads import UNIQUE_IDS
from kept.lab.usage import UsageError, one_line_of

LOCKS = {"acquire", "release"}
REGISTER_OPERATIONS = {"read", "write", "delete", "cas"}
SAMPLE = 1000
"""Operations that are looked at where the functions alone do not tell."""


class Guess(NamedTuple):
    """A model, and what it was told by."""

    model: str
    why: str


def guess(history: Columns, name: str, own: bool) -> Guess:
    """The model of the history called `name`; `own`: it was recorded by this store. Raises `UsageError` where several
    models, or none, have its operations."""
    if own:
        return Guess(MVR, "this store's own history")
    used = functions(history)
    why = ", ".join(used)
    found = _by_functions(history, set(used))
    if found is None:
        told = one_line_of(why)[:100] or "none"
        raise UsageError(f"{name}: the model does not show in its functions ({told}); accepted: --model NAME")
    return Guess(found, why)


def functions(history: Columns) -> list[str]:
    """The names of what the operations of a history do."""
    return [history.functions[code] for code in np.flatnonzero(np.bincount(history.f)).tolist()]


def siblings(history: Columns) -> bool:
    """Whether a read returned several values at once."""
    return any(isinstance(value, Siblings) for value in history.values) if type(history.values) is not range else False


def _by_functions(history: Columns, used: set[str]) -> str | None:
    if used <= REGISTER_OPERATIONS:
        several = bool((history.key != history.key[:1]).any())
        return "kv" if several else "cas-register" if "cas" in used else "register"
    if used <= LOCKS or used == {"generate"}:
        return "mutex" if used <= LOCKS else UNIQUE_IDS
    if used == {"txn"}:
        return "multi-register" if _reads_and_writes(history) else None
    if "append" in used and used <= {"append", "read", "write"}:
        return "kv-append" if all(isinstance(value, str) for value in _arguments(history, APPEND)) else None
    if "add" in used and used <= {"add", "read", "delete"}:
        return _set_or_counter(history, "delete" in used)
    return None


def _reads_and_writes(history: Columns) -> bool:
    return all(is_plain(steps) for steps in _arguments(history, TXN))


def _set_or_counter(history: Columns, deletes: bool) -> str | None:
    """A set's reads return collections, a counter's numbers."""
    rows = np.flatnonzero((history.f == READ) & (history.status == OK))[:SAMPLE]
    read = [history.value_of(int(code)) for code in history.result[rows]]
    known = [value for value in read if not isinstance(value, Mark)]
    if known and all(is_collection(value) for value in known):
        return "set"
    numbers = all(is_number(value) for value in (*known, *_arguments(history, ADD)))
    return "counter" if known and numbers and not deletes else None


def _arguments(history: Columns, f: int) -> list[Any]:
    found = [history.value_of(int(code)) for code in history.value[np.flatnonzero(history.f == f)[:SAMPLE]]]
    return [value for value in found if not isinstance(value, Mark)]
