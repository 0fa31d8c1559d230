"""Vector clocks of all writes: of each column, how many of its writes are causes of a write, itself included.

The causal order is what session order and reads-from imply (Bouajjani et al. 2017, section 3). Sessions are walked in
their order; a read waits until the write that it read has its clock. What waits forever is on or behind a cycle. Which
session goes next is free: real time decides (the low ends of zones), because an order of the writes in which they may
well have taken effect spares the checks of conflicts most of their work (`visible.py`). O(n k) time for n accesses and
k columns, 4 k bytes for each write.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, PENDING, READS, Accesses
from checkers.ladder.kernels import kernel
from histories.columns import NEVER, Columns

Ints = NDArray[np.int64]
Clocks = NDArray[np.int32]

NOT_YET = -1


class Causes(NamedTuple):
    """The causal order of the writes."""

    clock: Clocks
    """`clock[w, c]`: how many writes of column c are causes of w, or w itself."""
    place: Ints
    """The place of each write in one order of all writes that keeps causes before effects; `NOT_YET` where none."""
    cyclic: bool
    """Whether something is its own cause."""


def causes(history: Columns, accesses: Accesses, compiled: bool | None = None) -> Causes:
    """The causal order of `accesses`, every read of which has a source or read the initial value."""
    writes, width = len(accesses.access), accesses.width
    clock = np.zeros((writes, max(width, 1)), dtype=np.int32)
    place = np.full(writes, NOT_YET, dtype=np.int64)
    turn = np.argsort(_turns(history, accesses), kind="stable")
    rank = np.empty(len(turn), dtype=np.int64)
    rank[turn] = np.arange(len(turn))
    walk = kernel(walked, len(turn) * max(width, 1), compiled)
    done = walk(
        accesses.bounds, accesses.session, accesses.kind, accesses.write, accesses.columns, accesses.column,
        turn, rank, clock, place,
    )  # fmt: skip
    return Causes(clock, place, int(done) < len(turn))


def _turns(history: Columns, accesses: Accesses) -> Ints:
    """When each access may have taken effect, were the history linearizable: the low end of its value's zone, and for a
    read not before its start."""
    start, end = history.precedence()
    began = start[accesses.row]
    reads = np.flatnonzero((accesses.kind == READS) & (accesses.write >= 0))
    source = accesses.write[reads]
    first_end, last_start = end[accesses.row[accesses.access]], began[accesses.access]
    np.minimum.at(first_end, source, end[accesses.row[reads]])
    np.maximum.at(last_start, source, began[reads])
    low = np.minimum(np.minimum(first_end, last_start), NEVER - 1)
    turns = began.copy()
    turns[accesses.access] = low
    turns[reads] = np.maximum(began[reads], low[source])
    return turns


def walked(
    bounds: Ints, session: Ints, kind: NDArray[np.int8], write: Ints, columns: Ints, column: Ints,
    turn: Ints, rank: Ints, clock: Clocks, place: Ints,
) -> int:  # fmt: skip
    """Fill in `clock` and `place`; how many accesses were reached (a kernel)."""
    sessions, width = len(bounds) - 1, clock.shape[1]
    at = bounds[:-1].copy()
    now = np.zeros((sessions, width), dtype=np.int32)
    waiting = np.full(len(place) + 1, -1, dtype=np.int64)  # the session that waits for a write, and who waits with it
    behind = np.full(sessions + 1, -1, dtype=np.int64)
    ready = np.zeros(sessions + 1, dtype=np.int64)
    blocked = np.zeros(sessions, dtype=np.bool_)
    done = 0
    placed = 0
    for limit in range(len(turn)):
        ready[0] = session[turn[limit]]
        many = 0 if blocked[ready[0]] else 1
        while many > 0:
            many -= 1
            s = ready[many]
            while at[s] < bounds[s + 1] and rank[at[s]] <= limit:
                access = at[s]
                w = write[access]
                if kind[access] == READS:
                    if w >= 0:
                        if place[w] < 0:
                            behind[s] = waiting[w]
                            waiting[w] = s
                            blocked[s] = True
                            break
                        for c in range(width):
                            now[s, c] = max(now[s, c], clock[w, c])
                else:
                    for c in range(width):
                        clock[w, c] = now[s, c]
                    clock[w, column[w]] = w - columns[column[w]] + 1
                    if kind[access] != PENDING:
                        now[s, column[w]] = w - columns[column[w]] + 1
                    place[w] = placed
                    placed += 1
                    other = waiting[w]
                    waiting[w] = -1
                    while other >= 0:
                        ready[many] = other
                        blocked[other] = False
                        many += 1
                        other = behind[other]
                at[s] += 1
                done += 1
    return done


def past(accesses: Accesses, found: Causes, access: int) -> Clocks:
    """The clock of any access, by walking its session up to it."""
    first = int(accesses.bounds[accesses.session[access]])
    sources = accesses.write[first : access + 1]
    sources = sources[sources > INITIAL]
    pending = accesses.kind[first : access + 1][accesses.write[first : access + 1] > INITIAL] == PENDING
    sources = sources[~pending]
    if not len(sources):
        return np.zeros(found.clock.shape[1], dtype=np.int32)
    return np.asarray(found.clock[sources].max(axis=0), dtype=np.int32)
