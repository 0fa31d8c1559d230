"""Delta-atomicity: how old was what reads returned? (Golab, Li and Shah 2011.)

A history is delta-atomic if it is linearizable once every read may begin delta earlier. The zones of a value
(`checkers.linearizability.zones`) tell the smallest such delta: only the latest start of a cluster moves, and not
before the start of its write. More time never hurts, so the smallest delta is found by halving. Times are the file's
own, not the places of events. O(n log n) for each of the at most 63 halvings. Where values repeat, or a compare-and-set
chains them, each step is a search for an order, for up to 5,000 operations.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.regular import timed, unwritten
from checkers.ladder.telling import Pattern, refuted
from checkers.linearizability.check import check, state_code
from checkers.linearizability.clusters import BEFORE_TIME, Clusters, Keyed, gathered, numbered, unique_keys
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Transitions, register_transitions
from checkers.linearizability.zones import excluding
from checkers.verdict import Unknown, Valid, Verdict
from checkers.wording import plural
from histories.columns import READ, Columns

Ints = NDArray[np.int64]

CLAIM = "delta-atomic"
SEARCHED = 5_000
"""Operations with repeated values or compare-and-sets up to which delta is searched for."""


class Aged(NamedTuple):
    """The clusters of all values, with what makes them age."""

    clusters: Clusters
    written: Ints
    """When the write of each began."""

    def shifted(self, delta: int) -> Clusters:
        """The clusters when every read may begin `delta` earlier."""
        key, first_end, last_start = self.clusters
        late = last_start > self.written
        earlier = np.maximum(self.written, np.where(late, last_start, 0) - delta)
        return Clusters(key, first_end, np.where(late, earlier, last_start))


def delta_atomic(history: Columns, initial: Any = None, budget: int = 0) -> Verdict:
    """The smallest delta, in the file's unit, in a `Valid`; `Invalid` where no delta is enough."""
    found = smallest_delta(history, initial)
    if isinstance(found, int):
        return Valid(f"smallest delta: {found:,}")
    if isinstance(found, Pattern):
        return refuted(CLAIM, history, found)
    return found


def smallest_delta(history: Columns, initial: Any = None) -> int | Pattern | Unknown:
    """How much earlier reads must be allowed to begin; the read that no delta helps, or why it is not known."""
    code = state_code(history, initial)
    given = _in_time(history, register_transitions(history, code))
    keys = max(len(history.keys), 1)
    wrong = unwritten(*timed(given), code)
    if wrong is not None:
        return wrong
    keyed = numbered(given, keys)
    swaps = given.key[keyed.reads[given.post[keyed.reads] != ANY]]
    hard = ~unique_keys(given, keyed, keys)
    hard[swaps] = True
    hard &= np.bincount(given.key, minlength=keys) > 0
    if hard.any():
        found = _by_search(history, np.flatnonzero(hard[history.key]), initial)
        easy = np.flatnonzero(~hard[history.key])
        if not isinstance(found, int) or not len(easy):
            return found
        rest = smallest_delta(history.take(easy), initial)
        return max(found, rest) if isinstance(rest, int) else rest
    return _by_zones(given, keyed, keys)


def _by_zones(given: Transitions, keyed: Keyed, keys: int) -> int:
    """The smallest delta of keys with unique values."""
    clusters, _ = gathered(given, keyed, keys)
    written, _ = gathered(given, keyed, keys, plain=slice(0, 0))
    aged = Aged(clusters, np.where(clusters.last_start == BEFORE_TIME, BEFORE_TIME, written.last_start))
    return _halved(aged, keys)


def _by_search(history: Columns, rows: Ints, initial: Any) -> int | Pattern | Unknown:
    """The smallest delta of keys with repeated values or compare-and-sets, by halving over searches."""
    part = replace(history.take(rows), began=None, ended=None)
    reads = part.f == READ

    def fits(delta: int) -> Verdict:
        earlier = replace(part, start=np.where(reads, part.start - delta, part.start))
        return check(earlier, "kv", initial, explain=False)

    least, most = int(part.start.min(initial=0)), int(part.start.max(initial=0))
    low, high, known = -1, most - least + 1, False
    middle = 0  # most histories are what they should be
    while high - low > 1:
        if low >= 0 and len(rows) > SEARCHED:
            return Unknown(
                f"{plural(len(rows), 'operation')} on keys with repeated values or compare-and-set: there the age of "
                f"reads is searched for, among at most {SEARCHED:,}; write every value once"
            )
        found = fits(middle)
        if isinstance(found, Unknown):
            return found
        low, high = (low, middle) if isinstance(found, Valid) else (middle, high)
        known = isinstance(found, Valid) or known
        middle = (low + high) // 2
    if known or isinstance(fits(high), Valid):
        return high
    return Pattern("not-atomic", tuple(rows.tolist()))


def _in_time(history: Columns, given: Transitions) -> Transitions:
    """The operations at the times that the file tells."""
    end = np.where(given.required, history.end[given.row], NEVER)
    return given._replace(start=history.start[given.row], end=end)


def _halved(aged: Aged, keys: int) -> int:
    if not excluding(aged.clusters, keys).any():
        return 0
    _, first_end, last_start = aged.clusters
    reached = last_start[(last_start != BEFORE_TIME) & (first_end < last_start)]
    least = int(min(aged.written[aged.written != BEFORE_TIME].min(initial=0), 0, reached.min(initial=0)))
    low, high = 0, int(reached.max(initial=0)) - least + 1  # at `high` no read is later than its write
    while high - low > 1:
        middle = (low + high) // 2
        if excluding(aged.shifted(middle), keys).any():
            low = middle
        else:
            high = middle
    return high
