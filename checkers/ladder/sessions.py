"""The four session guarantees (Terry et al. 1994): a read returns nothing older than what its client must have seen.

A write is *older* than another one of the same key if one client wrote both, in this order; the initial value is older
than every write. What a client must have seen when it reads differs:

| guarantee | what it must have seen |
|---|---|
| read your writes | what it wrote before |
| monotonic reads | what it read before |
| monotonic writes | what was written before a write that it has read, by the same client |
| writes follow reads | what the writer of a write that it has read had read before it |

These are conditions on what clients observe. Nothing is assumed about an order of writes by different clients, which a
store may never have had; causal consistency implies all four, and they together less than it. One session after the
other is walked with running maxima: for each key and writer the last write that must have been seen.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, READS, WRITES
from checkers.ladder.causal import BUDGET, Case, decided
from checkers.ladder.kernels import kernel
from checkers.ladder.telling import Pattern
from checkers.verdict import Verdict
from histories.columns import Columns

Ints = NDArray[np.int64]

OWN, READ_BEFORE, WRITERS, WRITERS_READS = range(4)
KINDS = ("own-write", "older-read", "older-write", "older-cause")


def read_your_writes(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether no read returned something older than its client's own earlier write. O(n)."""
    return decided("read-your-writes", history, initial, budget, lambda case: _stale(case, OWN), compiled)


def monotonic_reads(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether no read returned something older than what its client had read. O(n)."""
    return decided("monotonic-reads", history, initial, budget, lambda case: _stale(case, READ_BEFORE), compiled)


def monotonic_writes(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether who has read a write reads nothing older than its writer's earlier writes. O(n k)."""
    return decided("monotonic-writes", history, initial, budget, lambda case: _stale(case, WRITERS), compiled)


def writes_follow_reads(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether who has read a write reads nothing older than what its writer had read before. O(n k)."""
    return decided("writes-follow-reads", history, initial, budget, lambda case: _stale(case, WRITERS_READS), compiled)


def _stale(case: Case, mode: int) -> Pattern | None:
    accesses = case.accesses
    sessions = len(accesses.bounds) - 1
    steps = len(accesses.kind) * (sessions if mode >= WRITERS else 1)
    walk = kernel(stale, steps, case.compiled)
    read, seen, through = walk(
        mode, accesses.bounds, accesses.session, accesses.kind, accesses.key, accesses.write, accesses.access, case.keys
    ).tolist()
    if read < 0:
        return None
    source = int(accesses.write[read])
    told = [seen, *([through] if through >= 0 else []), read]
    if source >= 0:
        told.insert(0, int(accesses.access[source]))
    edges = [(int(accesses.row[first]), int(accesses.row[second]), "before") for first, second in zip(told, told[1:])]  # noqa: B905
    rows = tuple(int(accesses.row[at]) for at in told)
    return Pattern(KINDS[mode], rows, tuple(edge for edge in edges if edge[0] != edge[1]), int(accesses.key[read]))


def stale(
    mode: int, bounds: Ints, session: Ints, kind: NDArray[np.int8], key: Ints, write: Ints, access: Ints, keys: int
) -> Ints:
    """`(read, seen, through)`: the first read that is older than the access `seen`, which its client must have seen
    because it had read the access `through` (-1 where that is not why); -1 where there is none (a kernel)."""
    sessions = len(bounds) - 1
    must = np.full((keys, max(sessions, 1)), -1, dtype=np.int32)  # of each key and writer: its last write, the access
    some = np.full(keys, -1, dtype=np.int32)
    touched = np.zeros((2, keys * max(sessions, 1) + 1), dtype=np.int32)
    upto = np.zeros(sessions, dtype=np.int64)
    by = np.full(sessions, -1, dtype=np.int64)  # the write through which most of a session became known
    for s in range(sessions):
        upto[:] = bounds[:-1]
        count = 0
        for at in range(bounds[s], bounds[s + 1]):
            w, x = write[at], key[at]
            first, last = at, at  # the accesses that `at` adds before it is checked
            if kind[at] == READS:
                if mode >= WRITERS and w >= 0:
                    writer = session[access[w]]
                    first, last = upto[writer], access[w]
                    if last > first:
                        upto[writer], by[writer] = last, at
            elif mode == OWN and kind[at] == WRITES:
                last = at + 1
            for turn in range(2):
                for one in range(first, last):
                    seen = write[one]
                    if seen < 0 or (kind[one] == READS) != (mode == READ_BEFORE or mode == WRITERS_READS):
                        continue
                    if mode == WRITERS and kind[one] != WRITES:
                        continue
                    place, y = access[seen], key[one]
                    h = session[place]
                    if must[y, h] < 0:
                        touched[0, count], touched[1, count] = y, h
                        count += 1
                    must[y, h] = max(must[y, h], place)
                    some[y] = place
                if turn == 1 or kind[at] != READS:
                    break
                bad = -1
                if w == INITIAL:
                    bad = some[x]
                elif kind[access[w]] == WRITES and must[x, session[access[w]]] > access[w]:
                    bad = must[x, session[access[w]]]
                if bad >= 0:
                    return np.array([at, bad, -1])
                first, last = (at, at + 1) if mode == READ_BEFORE else (0, 0)
        for one in range(count):
            must[touched[0, one], touched[1, one]] = -1
            some[touched[0, one]] = -1
    return np.array([-1, -1, -1])
