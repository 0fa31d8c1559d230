"""Operations as rows again, for formats that hold invocations and completions: the order of events, then its spelling.

What one tick of the clock holds is concurrent, so at one time invocations come before completions; where the history
knows the order of its events, that order stands.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from histories.columns import CAS, NEVER, NIL, STATUSES, TXN, UNKNOWN, Columns, Mark, Siblings


class OutRow(NamedTuple):
    """One row, as Jepsen would say it."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs of a row
    time: int
    type: str
    process: Any
    f: str
    value: Any


def rows_out(columns: Columns) -> Iterator[OutRow]:
    """The rows of a history. Raises `ValueError` where nil would mean two things."""
    if (columns.result == NIL).any() and (columns.result == UNKNOWN).any():
        raise ValueError("found reads that are absent and reads that are unknown; accepted: one meaning of nil")
    start, end = columns.precedence()
    count = len(columns)
    answered = np.flatnonzero(end != NEVER)
    times = np.concatenate([start, end[answered]])
    answers = np.arange(len(times)) >= count
    operation = np.concatenate([np.arange(count), answered])
    keyed = list(columns.keys) not in ([], [None])
    index = 0
    pending: dict[Any, OutRow] = {}
    for event in np.lexsort((answers, times)).tolist():
        at, answer = int(operation[event]), bool(answers[event])
        row = columns.row(at)
        given_up = None if answer else pending.pop(row.process, None)
        if given_up is not None:  # it goes on after an operation of unknown outcome
            yield given_up._replace(index=index, time=int(columns.start[at]), type="info")
            index += 1
        kind = STATUSES[columns.status[at]] if answer else "invoke"
        value = _value(row, int(columns.f[at]), answer and row.status == "ok", keyed)
        out = OutRow(index, int(columns.end[at] if answer else columns.start[at]), kind, row.process, row.f, value)
        if row.status == "info":
            pending[row.process] = out
        yield out
        index += 1


def _value(row: Any, f: int, told: bool, keyed: bool) -> Any:
    value = row.value
    if f == CAS:
        value = (_plain(row.value), _plain(row.value2))
    elif told and row.result is not Mark.NONE:
        value = row.result
    if f == TXN:
        return tuple((step[0], step[1], _plain(step[2])) for step in value)
    value = _plain(value)
    return (row.key, value) if keyed else value


def _plain(value: Any) -> Any:
    if isinstance(value, Siblings):
        return tuple(value.values)
    return None if isinstance(value, Mark) else value
