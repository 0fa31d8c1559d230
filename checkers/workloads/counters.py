"""A counter: was every read within its bounds? (After Jepsen's `counter`.)

A read returns at least what was certainly added before it began and at most what may have been added before it ended;
what is subtracted counts the other way round. A failed add counts nowhere, a pending one only as a possibility. This is
necessary for linearizability, not sufficient, and takes O(n log n).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.telling import observed
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import ADD, FAIL, NEVER, OK, READ, Columns

CLAIM = "counter"

Ints = NDArray[np.int64]


def judge(history: Columns, initial: int = 0) -> Verdict:
    """Whether each read of each key lies within its bounds. Raises ValueError where one adds or reads no number."""
    start, end = history.precedence()
    count = 0
    for _, rows in history.of_keys():
        adds = rows[(history.f[rows] == ADD) & (history.status[rows] != FAIL)]
        reads = rows[(history.f[rows] == READ) & (history.status[rows] == OK) & (history.result[rows] >= 0)]
        amount = np.array([_number(history, int(row), history.value[row]) for row in adds], dtype=np.int64)
        told = np.array([_number(history, int(row), history.result[row]) for row in reads], dtype=np.int64)
        count += len(reads)
        up, down = np.maximum(amount, 0), np.minimum(amount, 0)
        sure = np.where(history.status[adds] == OK, end[adds], NEVER)
        low = initial + _sum(sure, up, start[reads]) + _sum(start[adds], down, end[reads] + 1)
        high = initial + _sum(start[adds], up, end[reads] + 1) + _sum(sure, down, start[reads])
        wrong = np.flatnonzero((told < low) | (told > high))
        if len(wrong):
            return _refuted(history, int(reads[wrong[0]]), int(low[wrong[0]]), int(high[wrong[0]]))
    return Valid(f"{plural(count, 'read')} within bounds")


def _number(history: Columns, row: int, code: Any) -> int:
    value = history.value_of(int(code))
    if type(value) is not int:
        raise ValueError(f"line {int(history.line[row])}: {value!r} in a counter; accepted: whole numbers")
    return value


def _sum(when: Ints, amount: Ints, before: Ints) -> Ints:
    """For each time in `before` the sum of the amounts whose time is less."""
    order = np.argsort(when, kind="stable")
    total = np.concatenate([[0], np.cumsum(amount[order])])
    return np.asarray(total[np.searchsorted(when[order], before, "left")])


def _refuted(history: Columns, row: int, low: int, high: int) -> Invalid:
    fact = observed(history, row)
    sentence = f"A read lies outside {low:,} to {high:,}: {fact.sentence()}."
    return Invalid(Counterexample(CLAIM, sentence, (row,), (fact,)))
