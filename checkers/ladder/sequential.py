"""Sequential consistency (Lamport 1979): NP-complete (Gibbons and Korach 1997), so polynomial where that is enough.

1. A history that causal convergence, causal memory or PRAM rules out is not sequentially consistent.
2. A history that is linearizable is sequentially consistent.
3. What is left is searched: one access of some session after the other, the reads as early as possible (which loses
   nothing, because a read changes nothing), never twice from the same places with the same values held. For a fixed
   number of sessions that is polynomial; the search is bounded all the same.

A compare-and-set is one operation here: nothing comes between what it reads and what it writes, and one whose outcome
is unknown took effect only where it found what it expected.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from checkers.ladder import causal
from checkers.ladder.accesses import INITIAL, PENDING, READS, WRITES, Accesses
from checkers.ladder.causal import BUDGET, Case, decided
from checkers.ladder.telling import Pattern
from checkers.linearizability.check import check, state_code
from checkers.verdict import Invalid, Unknown, Valid, Verdict
from histories.columns import CAS, DELETE, INFO, NIL, NONE, READ, Columns

CLAIM = "sequential"


class OutOfBudget(Exception):
    """The search ended at its bound."""


class Unsearched(Exception):
    """What may explain the history is not among what was searched."""


def sequential(history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None) -> Verdict:
    """Whether one order of all operations that keeps sessions explains them."""
    for weaker in (causal.pram, causal.causal_convergence):
        found = weaker(history, initial, budget, compiled)
        if isinstance(found, Invalid):
            return Invalid(replace(found.counterexample, claim=CLAIM))
    return ordered(history, initial, budget, compiled)


def ordered(history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None) -> Verdict:
    """As `sequential`, of a history that no weaker level rules out."""
    if in_turn(history):
        found = check(history, "kv", initial, explain=False)
        if isinstance(found, Valid):
            return Valid(f"linearizable: {found.witness}")
    left = [budget]
    try:
        return decided(CLAIM, history, initial, budget, lambda case: searched(case, left), compiled)
    except OutOfBudget:
        return Unknown(f"undecided after {budget:,} steps of the search for an order; try a larger budget")
    except Unsearched:
        return Unknown(
            "a compare-and-set of unknown outcome may rest on a write of unknown outcome that nobody read: such orders "
            "are not searched"
        )


def in_turn(history: Columns) -> bool:
    """Whether the operations of each client follow each other in real time, so that linearizable implies all that is
    asked of sessions."""
    start, end = history.precedence()
    order = np.lexsort((start, history.process))
    same = np.diff(history.process[order]) == 0
    known = history.status[order][:-1] != 2
    return bool(np.all(~same | ~known | (end[order][:-1] < start[order][1:])))


def searched(case: Case, left: list[int]) -> Pattern | None:
    """Look for an order; `left` is what remains of the steps. Raises `OutOfBudget`."""
    lanes, swaps = _lanes(case.accesses), _swaps(case)
    for part in _apart(case.accesses, lanes):
        if not _ordered(case, lanes, swaps, part, left):
            if _rests_on_unread(case):
                raise Unsearched
            rows = case.accesses.row[[access for number in sorted(part) for access in lanes[number]]]
            return Pattern("unordered", tuple(np.unique(rows).tolist()))
    return None


def _rests_on_unread(case: Case) -> bool:
    """Whether a compare-and-set of unknown outcome may have found what a pending write left that nobody read: those are
    no accesses (`accesses.py`), so the search does not try them."""
    history = case.history
    pending = history.status == INFO
    unread = np.setdiff1d(np.flatnonzero(pending), case.accesses.row)
    left = np.where(
        history.f == CAS,
        history.value2,
        np.where(history.f == DELETE, NIL, np.where(history.f == READ, NONE, history.value)),
    )
    given = {(int(history.key[row]), int(left[row])) for row in unread if left[row] != NONE}
    asking = np.flatnonzero(pending & (history.f == CAS))
    return any((int(history.key[row]), int(history.value[row])) in given for row in asking)


def _apart(accesses: Accesses, lanes: list[list[int]]) -> list[set[int]]:
    """Lanes that have to do with each other by keys or sessions. Each group can be put in order alone: the orders of
    groups that have nothing in common are one order, one after the other."""
    leader = list(range(len(lanes)))

    def led_by(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    whose: dict[tuple[str, int], int] = {}
    for number, lane in enumerate(lanes):
        for access in lane:
            for place in (("key", int(accesses.key[access])), ("session", int(accesses.session[access]))):
                leader[led_by(number)] = led_by(whose.setdefault(place, number))
    found: dict[int, set[int]] = {}
    for number in range(len(lanes)):
        found.setdefault(led_by(number), set()).add(number)
    return list(found.values())


def _ordered(case: Case, lanes: list[list[int]], swaps: "Swaps", part: set[int], left: list[int]) -> bool:
    """Whether the lanes in `part` have an order."""
    accesses, sources = case.accesses, case.accesses.write
    begin = tuple(0 if number in part else len(lane) for number, lane in enumerate(lanes))
    seen: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    stack = [_settled(accesses, lanes, swaps, begin, (-1,) * case.keys)]
    while stack:
        places, held = stack.pop()
        if all(place == len(lane) for place, lane in zip(places, lanes, strict=True)):
            return True
        for number, lane in enumerate(lanes):
            place = places[number]
            if place == len(lane) or not _may(accesses, lanes, places, number):
                continue
            key = int(accesses.key[lane[place]])
            if lane[place] in swaps:
                if held[key] not in swaps[lane[place]]:
                    continue
                place += accesses.kind[lane[place]] == READS  # its write comes at once
            elif accesses.kind[lane[place]] == READS:
                continue
            moved = (*places[:number], place + 1, *places[number + 1 :])
            told = (*held[:key], int(sources[lane[place]]), *held[key + 1 :])
            state = _settled(accesses, lanes, swaps, moved, told)
            left[0] -= len(lanes) + case.keys  # what a state costs
            if left[0] <= 0:
                raise OutOfBudget
            if state not in seen:
                seen.add(state)
                stack.append(state)
    return False


Swaps = Mapping[int, frozenset[int]]
"""Of the access with which a compare-and-set begins: the writes on which it succeeds."""


def _swaps(case: Case) -> Swaps:
    history, accesses = case.history, case.accesses
    compared = np.flatnonzero((history.f[accesses.row] == CAS) & (accesses.kind != WRITES))
    if not len(compared):
        return {}
    code = state_code(history, case.initial)
    row = accesses.row[accesses.access]
    f = history.f[row]
    left = np.where(f == CAS, history.value2[row], np.where(f == DELETE, NIL, history.value[row]))
    found = {}
    for access in compared.tolist():
        if accesses.kind[access] == READS:
            found[access] = frozenset({int(accesses.write[access])})
            continue
        asked = int(history.value[accesses.row[access]])
        same = np.flatnonzero((left == asked) & (accesses.key[accesses.access] == accesses.key[access]))
        found[access] = frozenset([*same.tolist(), *([INITIAL] if asked == code else [])])
    return found


def _lanes(accesses: Accesses) -> list[list[int]]:
    """Accesses that follow each other: each session's, and each pending write alone."""
    lanes = [
        [at for at in range(first, last) if accesses.kind[at] != PENDING]
        for first, last in zip(accesses.bounds[:-1].tolist(), accesses.bounds[1:].tolist(), strict=True)
    ]
    return lanes + [[at] for at in np.flatnonzero(accesses.kind == PENDING).tolist()]


def _may(accesses: Accesses, lanes: list[list[int]], places: tuple[int, ...], number: int) -> bool:
    """Whether what a pending write follows in its session has come."""
    access = lanes[number][0]
    if accesses.kind[access] != PENDING:
        return True
    session = int(accesses.session[access])
    lane, place = lanes[session], places[session]
    return place == len(lane) or lane[place] > access


def _settled(
    accesses: Accesses, lanes: list[list[int]], swaps: Swaps, places: tuple[int, ...], held: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Take every read that what is held explains."""
    found = list(places)
    for number, lane in enumerate(lanes):
        place = found[number]
        while place < len(lane):
            access = lane[place]
            if accesses.kind[access] != READS or access in swaps:
                break
            if accesses.write[access] != held[accesses.key[access]]:
                break
            place += 1
        found[number] = place
    return tuple(found), held
