"""From rows of a columnar history to the intervals with calls that searches take."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from checkers.linearizability.operations import NEVER, Interval
from histories.columns import CAS, FAIL, INFO, OK, READ, Columns, Mark
from histories.values import Set
from model.specifications.specification import Call


def intervals(history: Columns, rows: Iterable[int]) -> list[Interval]:
    """The operations at `rows`. Failed ones had no effect; reads whose result nobody saw say nothing: both are left
    out."""
    start, end = history.precedence()
    found = []
    for row in rows:
        status = int(history.status[row])
        if status == FAIL or (history.f[row] == READ and status == INFO):
            continue
        call = _call(history, row, status == OK)
        if call.f == "read" and not call.known:
            continue
        done = status == OK
        found.append(Interval(int(start[row]), int(end[row]) if done else NEVER, call, done, int(row)))
    return found


def every(history: Columns) -> list[Interval]:
    """All operations as those of one object."""
    return intervals(history, np.arange(len(history)).tolist())


def _call(history: Columns, row: int, done: bool) -> Call:
    argument = _plain(history.value_of(int(history.value[row])))
    if history.f[row] == CAS:
        argument = (argument, _plain(history.value_of(int(history.value2[row]))))
    result = history.value_of(int(history.result[row]))
    known = done and result is not Mark.UNKNOWN
    return Call(history.functions[history.f[row]], argument, _plain(result), known)


def _plain(value: Any) -> Any:
    if isinstance(value, Set):
        return value.items
    return None if isinstance(value, Mark) else value
