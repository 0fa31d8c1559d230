"""The fewest operations that still violate a rung, judged again by the rung's own checker.

A judge says why a history violates its rung, in the operations of the pattern that it met first. That pattern is closed
to a part (`parts.py`) and then made smaller: pieces are taken away while what is left is still a violation (Zeller and
Hildebrandt 2002), and few operations are tried in all combinations. What comes out is a history of its own: taken out
of the file by its lines it violates the rung, and no part of it does.

Explaining never changes a verdict. It has a bound of its own; where that is reached the smallest part found so far is
told, which is at worst the pattern that the judge told.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from checkers.ladder.parts import Whole, only
from checkers.ladder.telling import retold
from checkers.verdict import Invalid, Verdict
from histories.columns import Columns

ROWS = 200_000
"""Operations that may be judged again for one rung."""
CALL = 100
"""Operations that cost as much to judge as calling a judge does."""
FIRST = 64
"""Operations of the shortest beginning or ending that is tried."""
ALL_PARTS_OF = 10
"""So many operations are few enough to try every part of them."""

REAL_TIME = ("regular", "k-atomic", "delta-atomic")
"""Rungs on which no read may have read a write that began after it had ended."""
FINAL = ("convergence",)
"""Rungs of reads that begin after the last write."""

Judge = Callable[[Columns], Verdict]


class Smallest(NamedTuple):
    """What became of a counterexample."""

    verdict: Invalid
    least: bool
    """Whether its operations, and no part of them, were judged to violate the rung."""


def smallest(level: str, judge: Judge, history: Columns, told: Sequence[Invalid], rows: int = ROWS) -> Smallest:
    """A violation of `level` in `history`, of which `told` are the verdicts of its own judge or of weaker levels', with
    the fewest operations that were found to do. `rows` bounds how many operations are judged again."""
    given = _Given(judge, level in REAL_TIME, level in FINAL, rows)
    begun = _first(given, history, [list(one.counterexample.operations) for one in told])
    if begun is None:
        shortest = min(told, key=lambda one: len(one.counterexample.operations))
        return Smallest(Invalid(replace(shortest.counterexample, claim=level)), False)
    whole = given.whole(only(history, begun))
    few = [begun[at] for at in _greedy(given, whole, list(range(len(begun))))]
    few = _fewest(given, history, begun, few)
    verdict = judge(only(history, few))
    assert isinstance(verdict, Invalid), "what was a violation is one when it is judged again"
    return Smallest(retold(level, history, verdict.counterexample, few), given.left > 0)


class _Given:
    """A rung's judge, and how many operations it may still judge."""

    def __init__(self, judge: Judge, real_time: bool, final: bool, left: int) -> None:
        self.judge, self.real_time, self.final, self.left = judge, real_time, final, left

    def whole(self, history: Columns) -> Whole:
        return Whole(history, self.real_time, self.final)

    def violates(self, history: Columns, rows: list[int]) -> bool:
        """Whether a part is certainly a violation; what cannot be paid for is not."""
        if not rows:
            return False
        self.left -= len(rows) + CALL
        return self.left > 0 and isinstance(self.judge(only(history, rows)), Invalid)


def _first(given: _Given, history: Columns, told: list[list[int]]) -> list[int] | None:
    """A part that is a violation: what was told, the shortest first, or else a short piece of the history."""
    whole = given.whole(history)
    for rows in sorted((whole.closed(one) for one in told), key=len):
        if given.violates(history, rows):
            return rows
    beginning = _doubling(given, whole, len(history), whole.beginning)
    if beginning is None:
        return None
    inner = given.whole(only(history, beginning))
    count = len(beginning)
    ending = _doubling(given, inner, count, lambda length: inner.ending(count - length))
    return beginning if ending is None else [beginning[at] for at in ending]


def _doubling(given: _Given, whole: Whole, count: int, part: Callable[[int], list[int]]) -> list[int] | None:
    """The first violation among parts of doubling length; the last of them is the whole."""
    length = min(FIRST, count)
    while given.left > 0:
        rows = part(length)
        if given.violates(whole.history, rows):
            return rows
        if length == count:
            break
        length = min(2 * length, count)
    return None


def _greedy(given: _Given, whole: Whole, rows: list[int]) -> list[int]:
    """Take ever smaller pieces away while the rest is a violation. In the end no operation can go: because a part of a
    part that is no violation is none either, no part of what is left is one."""
    size = max(1, len(rows) // 2)
    while given.left > 0:
        before, place = len(rows), 0
        while place < len(rows) and given.left > 0:
            fewer = whole.without(rows, rows[place : place + size])
            if given.violates(whole.history, fewer):
                rows = fewer
            else:
                place += size
        if size == 1 and len(rows) == before:
            break
        size = max(1, size // 2)
    return rows


def _fewest(given: _Given, history: Columns, begun: list[int], few: list[int]) -> list[int]:
    """A violation with less operations than `few`, by trying all parts, the smallest first: of the history where it has
    few operations, else of the violation that was begun with where that has few."""
    whole = given.whole(history)
    among = whole.everything().tolist()
    if len(among) > ALL_PARTS_OF:
        among = begun
    if len(among) > ALL_PARTS_OF:
        return few
    for size in range(1, len(few)):
        for chosen in combinations(among, size):
            if whole.closed(chosen) == list(chosen) and given.violates(history, list(chosen)):
                return list(chosen)
    return few
