"""Is there an order of the writes that keeps all these edges? (Kahn 1962.)"""

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import PENDING, READS, Accesses
from checkers.ladder.kernels import kernel

Ints = NDArray[np.int64]


def direct(accesses: Accesses, sources_of: int | None = None) -> tuple[Ints, Ints]:
    """Edges `(before, after)` between accesses whose closure is the causal order: the access before in the session (a
    pending write is nobody's predecessor), and the write that was read; the latter of one session only, if named.
    """
    kind, places = accesses.kind, np.arange(len(accesses.kind))
    last = np.maximum.accumulate(np.where(kind != PENDING, places, -1)) if len(kind) else places
    previous = np.concatenate([[-1], last[:-1]]) if len(kind) else places
    inside = np.flatnonzero(previous >= accesses.bounds[accesses.session])
    read = (kind == READS) & (accesses.write >= 0)
    if sources_of is not None:
        read &= accesses.session == sources_of
    reads = np.flatnonzero(read)
    before = np.concatenate([previous[inside], accesses.access[accesses.write[reads]]])
    return before, np.concatenate([inside, reads])


def left_over(before: Ints, after: Ints, count: int, compiled: bool | None = None) -> Ints:
    """The nodes of 0 ... `count` - 1 that lie on a cycle or behind one; none exactly if the edges have no cycle."""
    order = np.argsort(before, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(before, minlength=count))]).astype(np.int64)
    missing = np.bincount(after, minlength=count).astype(np.int64)
    take = kernel(taken, len(before) + count, compiled)
    take(bounds, after[order].astype(np.int64), missing)
    return np.flatnonzero(missing > 0)


def taken(bounds: Ints, after: Ints, missing: Ints) -> int:
    """Take away what nothing left goes before; counts `missing` down (a kernel)."""
    ready = np.zeros(len(missing) + 1, dtype=np.int64)
    many = 0
    for node in range(len(missing)):
        if missing[node] == 0:
            ready[many] = node
            many += 1
    done = 0
    while done < many:
        node = ready[done]
        done += 1
        for at in range(bounds[node], bounds[node + 1]):
            missing[after[at]] -= 1
            if missing[after[at]] == 0:
                ready[many] = after[at]
                many += 1
    return many
