"""A counter: was every read within its bounds? (After Jepsen's `counter`.)

A read returns at least what was certainly added before it began and at most what may have been added before it ended;
what is subtracted counts the other way round. A failed add counts nowhere, a pending one only as a possibility. This is
necessary for linearizability, not sufficient, and takes O(n log n). Sums are exact: whole numbers of any size, and
decimal numbers as the fractions that they are.
"""

from fractions import Fraction
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.telling import observed
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import ADD, FAIL, NEVER, OK, READ, Columns

CLAIM = "counter"
FITS = 1 << 62
"""Sums below this are summed as 64-bit numbers."""

Ints = NDArray[np.int64]
Numbers = NDArray[Any]
"""Whole numbers of 64 bits, or Python's own numbers."""


class Bounds(NamedTuple):
    """What each read may return, both included."""

    rows: Ints
    told: Numbers
    low: Numbers
    high: Numbers


def judge(history: Columns, initial: int | float = 0) -> Verdict:
    """Whether each read of each key lies within its bounds. Raises ValueError where one adds or reads no number."""
    count = loose = 0
    for _, rows in history.of_keys():
        reads, told, low, high = bounds(history, rows, initial)
        wrong = np.flatnonzero((told < low) | (told > high))
        if len(wrong):
            at = wrong[0]
            return _refuted(history, int(reads[at]), low[at], high[at])
        count += len(reads)
        loose += int(np.count_nonzero(low < high))
    open_ = f", {loose:,} of them not exactly determined" if loose else ""
    return Valid(f"{plural(count, 'read')} within bounds{open_}")


def bounds(history: Columns, rows: Ints, initial: int | float = 0) -> Bounds:
    """Of the reads among `rows`, the operations of one key."""
    start, end = history.precedence()
    adds = rows[(history.f[rows] == ADD) & (history.status[rows] != FAIL)]
    reads = rows[(history.f[rows] == READ) & (history.status[rows] == OK) & (history.result[rows] >= 0)]
    given: list[Any] = [_number(history, int(row), history.value[row]) for row in adds]
    answers: list[Any] = [_number(history, int(row), history.result[row]) for row in reads]
    first: Any = _exact(initial)
    whole = all(type(one) is int for one in (*given, *answers, first))
    most: Any = sum(abs(one) for one in given) + abs(first)
    fits = whole and most < FITS and all(abs(one) < FITS for one in answers)
    kind: Any = np.int64 if fits else object
    amount, told = np.array(given, dtype=kind), np.array(answers, dtype=kind)
    up, down = np.maximum(amount, 0), np.minimum(amount, 0)
    sure = np.where(history.status[adds] == OK, end[adds], NEVER)
    low = first + _sum(sure, up, start[reads]) + _sum(start[adds], down, end[reads] + 1)
    high = first + _sum(start[adds], up, end[reads] + 1) + _sum(sure, down, start[reads])
    return Bounds(reads, told, low, high)


def _number(history: Columns, row: int, code: Any) -> int | Fraction:
    value = history.value_of(int(code))
    if type(value) not in (int, float) or (type(value) is float and not isfinite(value)):
        raise ValueError(f"line {int(history.line[row])}: {value!r} in a counter; accepted: numbers")
    return _exact(value)


def _exact(value: int | float) -> int | Fraction:
    return value if type(value) is int else Fraction(value)


def _sum(when: Ints, amount: Numbers, before: Ints) -> Numbers:
    """For each time in `before` the sum of the amounts whose time is less."""
    order = np.argsort(when, kind="stable")
    total = np.concatenate([np.zeros(1, dtype=amount.dtype), np.cumsum(amount[order])])
    return np.asarray(total[np.searchsorted(when[order], before, "left")])


def _refuted(history: Columns, row: int, low: Any, high: Any) -> Invalid:
    fact = observed(history, row)
    sentence = f"A read lies outside {_told(low)} to {_told(high)}: {fact.sentence()}."
    return Invalid(Counterexample(CLAIM, sentence, (row,), (fact,)))


def _told(number: Any) -> str:
    return f"{float(number):,g}" if isinstance(number, Fraction) else f"{number:,}"
