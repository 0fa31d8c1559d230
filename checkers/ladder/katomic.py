"""k-atomicity: how many writes behind was what reads returned? (Aiyer, Alvisi and Bazzi 2005; Golab et al.)

A history is k-atomic if some order of the operations that keeps real time lets every read return one of the last k
writes; 1-atomic is linearizable. Deciding a given k is polynomial for k up to 2 and open above, so the smallest k is
bracketed first, in O(n log n), and searched for only between the bounds:

* *above*: writes are put at the low ends of their zones, or where the first operation on their value ended. Each is an
  order that keeps real time; with reads as early as they can be, it has some k;
* *below*: 2 where the history is not linearizable; and for the reads that come out worst, one more than the writes that
  began after the write read had ended and ended before the read began;
* *between*: the frontier search of `checkers.linearizability` on a register that remembers its last k values.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.causal import BUDGET
from checkers.ladder.regular import timed, unwritten
from checkers.ladder.telling import Pattern, refuted
from checkers.linearizability import frontier
from checkers.linearizability.calls import intervals
from checkers.linearizability.check import check, state_code
from checkers.linearizability.clusters import BEFORE_TIME, gathered, numbered, unique_keys
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Transitions, register_transitions
from checkers.verdict import Unknown, Valid, Verdict
from histories.columns import CAS, Columns
from model.specifications.specification import REFUSED, Call, State, unheard_of

Ints = NDArray[np.int64]

CLAIM = "k-atomic"
WORST = 16
"""Reads for which the lower bound is counted."""


class Staleness(NamedTuple):
    """Bounds of the smallest k, both included."""

    low: int
    high: int


class RecentValues(NamedTuple):
    """A register whose reads may return any of the last `k` values."""

    k: int
    init: tuple[Any, ...]

    def step(self, state: State, call: Call) -> State:
        assert isinstance(state, tuple)
        match call.f:
            case "read":
                return state if not call.known or call.result in state else REFUSED
            case "write" | "delete":
                return (call.argument if call.f == "write" else None, *state)[: self.k]
            case "cas":
                return (call.argument[1], *state)[: self.k] if call.argument[0] == state[0] else REFUSED
        raise unheard_of("register", call, "read, write, delete, cas")

    def describe(self, state: State, call: Call) -> str:
        return f"{call.f} {call.result if call.f == 'read' else call.argument!r}"


def k_atomic(history: Columns, initial: Any = None, budget: int = BUDGET) -> Verdict:
    """The smallest k in a `Valid`; `Invalid` where no k is enough, `Unknown` with the bounds that are known."""
    found = smallest_k(history, initial, budget)
    if isinstance(found, Pattern):
        return refuted(CLAIM, history, found)
    if found.low == found.high:
        return Valid(f"smallest k: {found.low:,}")
    return Unknown(f"the smallest k is at least {found.low:,} and at most {found.high:,}; try a larger budget")


def smallest_k(history: Columns, initial: Any = None, budget: int = BUDGET) -> Staleness | Pattern:
    """How far behind a read was at most; or the read that no k explains."""
    code = state_code(history, initial)
    given = register_transitions(history, code)
    wrong = unwritten(*timed(given), code)
    if wrong is not None:
        return wrong
    if isinstance(check(history, "kv", initial, explain=False), Valid):
        return Staleness(1, 1)
    keys = max(len(history.keys), 1)
    low, high, open_keys = _bracketed(given, keys)
    best = max(int(low.max(initial=1)), 2 if keys == 1 else 1)
    left = budget
    unsure = best
    for key in open_keys[np.argsort(-low[open_keys], kind="stable")].tolist():
        rows = np.flatnonzero(history.key == key)
        if high[key] <= best and not (history.f[rows] == CAS).any():
            continue
        least = min(max(best, int(low[key])), int(high[key]))
        answer, left = _searched(history, rows, initial, least, int(high[key]), left)
        if answer is None:
            return Pattern("not-atomic", tuple(rows.tolist()), key)
        best, unsure = max(best, answer.low), max(unsure, answer.high)
        if answer.low == answer.high:
            best = max(best, answer.high)
    return Staleness(best, max(best, unsure))


def _searched(
    history: Columns, rows: Ints, initial: Any, low: int, high: int, budget: int
) -> tuple[Staleness | None, int]:
    """The smallest k from `low` on for one key, `high` if nothing less will do, None if no k will; and what is left of
    the budget. Reads can always be as old as the oldest write, but compare-and-sets may exclude each other."""
    operations = intervals(history, rows.tolist())
    swaps = any(op.call.f == "cas" for op in operations)
    for k in range(low, high + swaps):
        if budget < len(operations) * k:
            return Staleness(k, high), budget
        outcome = frontier.search(RecentValues(k, (initial,)), operations, budget)
        budget -= len(operations) * k
        if isinstance(outcome, frontier.Fits):
            return Staleness(k, k), budget
        if isinstance(outcome, frontier.GaveUp):
            return Staleness(k, high), 0
    return None if swaps else Staleness(high, high), budget


def _bracketed(given: Transitions, keys: int) -> tuple[Ints, Ints, Ints]:
    """For each key bounds of the smallest k, and the keys where these differ."""
    keyed = numbered(given, keys)
    swaps = given.post[keyed.reads] != ANY
    hard = ~unique_keys(given, keyed, keys)
    hard[given.key[keyed.reads[swaps]]] = True
    (_, first_end, last_start), _ = gathered(given, keyed, keys)
    low_end = np.minimum(first_end, last_start)
    writes = np.bincount(given.key[keyed.writes], minlength=keys)
    low, high = np.ones(keys, dtype=np.int64), writes + 1
    easy = ~hard
    reads = np.flatnonzero(easy[given.key[keyed.reads]] & given.required[keyed.reads])
    behind = [
        _behind(given, keyed.reads[reads], keyed.of_read[reads], keyed.writes, keyed.of_write, point)
        for point in (low_end, first_end)
    ]
    key_of = given.key[keyed.reads[reads]]
    tops = []
    for told in behind:
        top = np.ones(keys, dtype=np.int64)
        np.maximum.at(top, key_of, told)
        tops.append(top)
    high[easy] = np.minimum(*tops)[easy]
    for at in np.argsort(-np.minimum(*behind), kind="stable")[:WORST].tolist():
        read = int(keyed.reads[reads[at]])
        low[given.key[read]] = max(low[given.key[read]], _between(given, read))
    return low, high, np.flatnonzero(low < high)


def _behind(given: Transitions, reads: Ints, of_read: Ints, writes: Ints, of_write: Ints, point: Ints) -> Ints:
    """How far behind each read is when every write stands at the point of its cluster."""
    stands = point[of_write]
    took = stands != NEVER
    order = np.lexsort((stands[took], given.key[writes[took]]))
    cluster = of_write[took][order]
    key, time = given.key[writes[took]][order].astype(np.int64), stands[took][order]
    rank = np.full(len(point), -1, dtype=np.int64)
    first = np.searchsorted(key, np.arange(int(given.key.max(initial=0)) + 1))
    rank[cluster] = np.arange(len(cluster)) - first[key]
    table = np.unique(np.concatenate([time, given.start[reads]]))
    span = len(table) + 1
    have = key * span + np.searchsorted(table, time)
    want = given.key[reads].astype(np.int64) * span + np.searchsorted(table, given.start[reads])
    before = np.searchsorted(have, want, "left") - first[given.key[reads]]
    return np.asarray(np.maximum(before - rank[of_read], 1))


def _between(given: Transitions, read: int) -> int:
    """One more than the writes that must stand between a read and the write that it read."""
    mine = (given.key == given.key[read]) & (given.post != ANY)
    source = np.flatnonzero(mine & (given.post == given.pre[read]))
    ended = int(given.end[source[0]]) if len(source) else BEFORE_TIME
    return 1 + int((mine & (given.start > ended) & (given.end < given.start[read])).sum())
