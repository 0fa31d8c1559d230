"""A counter: was every read within its bounds? (After Jepsen's `counter`.)

A read returns at least what was certainly added before it began and at most what may have been added before it ended;
what is subtracted counts the other way round. A failed add counts nowhere, a pending one only as a possibility. This is
necessary for linearizability, not sufficient, and takes O(n log n). Sums are exact: whole numbers of any size, and
decimal numbers as the fractions that they are.

What shows that a read is too low (too high is the same with signs changed): every add that may have lowered the counter
before it ended, so that nothing is left out that could excuse it, and as few of those that had certainly raised it as
still leave it too low. Of all reads that are wrong the one is told that the fewest adds show.
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
LOOKS = 5_000_000
"""Adds that are looked at for the read that the fewest show to be wrong; the first wrong one is always looked at."""
TOLD = 12
"""Operations that a sentence names."""
MOST_TOLD = 1_000
"""Adds that bear on one read, beyond which it is told alone: it would take too long to read what shows it."""

Ints = NDArray[np.int64]
Numbers = NDArray[Any]
"""Whole numbers of 64 bits, or Python's own numbers."""


class Bounds(NamedTuple):
    """What each read may return, both included."""

    rows: Ints
    told: Numbers
    low: Numbers
    high: Numbers


class _Key(NamedTuple):
    """The adds of one key as parallel arrays, and its reads as others."""

    first: Any
    """What the counter held at first."""
    add: Ints
    """Rows."""
    amount: Numbers
    start: Ints
    sure: Ints
    """When an add had certainly taken effect; `NEVER` where its outcome is unknown."""
    read: Ints
    told: Numbers
    began: Ints
    ended: Ints


class _Wrong(NamedTuple):
    """A read outside its bounds, and the fewest operations that show it."""

    row: int
    low: Any
    high: Any
    adds: tuple[int, ...]


def judge(history: Columns, initial: int | float = 0) -> Verdict:
    """Whether each read of each key lies within its bounds. Raises ValueError where one adds or reads no number."""
    count = loose = 0
    found: _Wrong | None = None
    for _, rows in history.of_keys():
        given = _taken(history, rows, initial)
        reads, told, low, high = _bounds(given)
        wrong = np.flatnonzero((told < low) | (told > high))
        for at in wrong[: max(1, LOOKS // (len(given.add) + 1))].tolist():
            shown = _Wrong(int(reads[at]), low[at], high[at], _adds(given, at, bool(told[at] < low[at])))
            found = shown if found is None or len(shown.adds) < len(found.adds) else found
        count += len(reads)
        loose += int(np.count_nonzero(low < high))
    if found is not None:
        return _refuted(history, found)
    open_ = f", {loose:,} of them not exactly determined" if loose else ""
    return Valid(f"{plural(count, 'read')} within bounds{open_}")


def bounds(history: Columns, rows: Ints, initial: int | float = 0) -> Bounds:
    """Of the reads among `rows`, the operations of one key."""
    return _bounds(_taken(history, rows, initial))


def _taken(history: Columns, rows: Ints, initial: int | float) -> _Key:
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
    sure = np.where(history.status[adds] == OK, end[adds], NEVER)
    amount, told = np.array(given, dtype=kind), np.array(answers, dtype=kind)
    return _Key(first, adds, amount, start[adds], sure, reads, told, start[reads], end[reads])


def _bounds(given: _Key) -> Bounds:
    first, _, amount, start, sure, reads, told, began, ended = given
    up, down = np.maximum(amount, 0), np.minimum(amount, 0)
    low = first + _sum(sure, up, began) + _sum(start, down, ended + 1)
    high = first + _sum(start, up, ended + 1) + _sum(sure, down, began)
    return Bounds(reads, told, low, high)


def _adds(given: _Key, at: int, below: bool) -> tuple[int, ...]:
    """The fewest adds that show that the read at the place `at` lies below its bounds, or above: all that may have
    moved the counter towards what was read, and of those that certainly moved it away the largest, as many as it takes.
    """
    amount = given.amount if below else -given.amount
    told, first = (given.told[at], given.first) if below else (-given.told[at], -given.first)
    towards = np.flatnonzero((amount < 0) & (given.start <= given.ended[at]))
    away = np.flatnonzero((amount > 0) & (given.sure < given.began[at]))
    away = away[np.argsort(-amount[away], kind="stable")]
    total = first + amount[towards].sum()
    sums = total + np.concatenate([np.zeros(1, dtype=amount.dtype), np.cumsum(amount[away])])
    enough = away[: int(np.argmax(sums > told))]
    return tuple(sorted(given.add[np.concatenate([towards, enough])].tolist()))


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


def _refuted(history: Columns, wrong: _Wrong) -> Invalid:
    adds = wrong.adds if len(wrong.adds) < MOST_TOLD else ()
    facts = tuple(observed(history, row) for row in (wrong.row, *adds))
    told = "; ".join(fact.sentence() for fact in facts[:TOLD])
    rest = f"; and {len(wrong.adds) + 1 - min(len(facts), TOLD):,} more" if len(wrong.adds) >= TOLD else ""
    sentence = f"A read lies outside {_told(wrong.low)} to {_told(wrong.high)}: {told}{rest}."
    return Invalid(Counterexample(CLAIM, sentence, tuple(sorted((wrong.row, *adds))), facts))


def _told(number: Any) -> str:
    return f"{float(number):,g}" if isinstance(number, Fraction) else f"{number:,}"
