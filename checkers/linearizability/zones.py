"""Registers with unique values, in time O(n log n) and without a search (Gibbons and Korach 1997, section 4.2).

The *cluster* of a value is its write and the reads that return it. In a linearization each cluster stands together, so
what matters is in which order the clusters can stand. Write f for the earliest end in a cluster (minF) and s for the
latest start (maxS). Cluster B cannot stand before cluster A if some operation of A precedes one of B: f(A) < s(B).

**Claim.** A history in which no read ends before its write begins, and every value read was written, is linearizable
exactly if no two clusters A and B have both f(A) < s(B) and f(B) < s(A).

*Proof.* Draw an edge A -> B if f(A) < s(B). The clusters can be put in order exactly if the edges have no cycle (within
a cluster the write goes first, the reads in an order that real time allows). Suppose a shortest cycle has k >= 3
clusters: then there are no edges other than its own between them. k = 3: f1 < s2 <= f3 < s1 <= f2 < s3 <= f1, where
each <= is a missing edge (3 -> 2, 2 -> 1, 1 -> 3). k >= 4: f1 < s2 <= f3 < s4 <= f1 (missing: 3 -> 2 and 1 -> 4). Both
are impossible, so some two clusters form a cycle.

A *forward* zone has f < s, a *backward* one s <= f. Two clusters exclude each other exactly if two forward zones
overlap or a backward zone lies strictly inside a forward one. So: sort the forward zones; no two that follow each other
may overlap; then every backward zone has one forward zone to compare with. All keys go through at once: the times of
each key are moved to a range of their own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.blocks import chained
from checkers.linearizability.clusters import BEFORE_TIME, NOBODY, Clusters, gathered, numbered, unique_keys
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Transitions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROOM = 1 << 62
TABLE = 8
"""Times an operation for which a table of all times is cheaper than sorting."""


def judged(given: Transitions, keys: int) -> tuple[Flags, Flags]:
    """For each key: whether zones decide it, and whether it is not linearizable (meaningful only where decided)."""
    keyed = numbered(given, keys)
    decided = unique_keys(given, keyed, keys)
    if not decided.any():
        return decided, decided
    swaps = given.post[keyed.reads] != ANY
    if swaps.any():
        clusters, bad = chained(given, keyed, keys, swaps)
    else:
        clusters, bad = gathered(given, keyed, keys)
    return decided, bad | excluding(clusters, keys)


def judged_compiled(given: Transitions, keys: int) -> tuple[Flags, Flags]:
    """As `judged`, by compiled code. Raises ImportError where numba is not installed."""
    from checkers.linearizability import zones_kernel  # noqa: PLC0415 - importing numba takes time

    kernel: Any = zones_kernel
    keyed = numbered(given, keys)
    decided = unique_keys(given, keyed, keys)
    bad = np.zeros(keys, dtype=np.bool_)
    if not decided.any():
        return decided, bad
    swaps = given.post[keyed.reads] != ANY
    target = np.zeros(0, dtype=np.int64)
    if swaps.any():
        target = np.full(len(given.post), NOBODY, dtype=np.int64)
        target[keyed.writes] = keyed.of_write
    took = kernel.took_effect(given.end, keyed.reads, keyed.of_read, swaps, target, keyed.size)
    asking = (keyed.reads, keyed.of_read, swaps)
    leaving = (keyed.writes, keyed.of_write, took, keyed.initial, keyed.size)
    first, last, key, written = kernel.gather(given.start, given.end, given.key, *asking, *leaving, bad)
    if len(target):
        kernel.chain(given.end, given.key, *asking, target, took, first, last, key, written, bad)
    least = int(given.start.min(initial=0))
    span = int(np.where(given.required, given.end, least).max(initial=least)) - least + 1
    span = max(span, int(given.start.max(initial=least)) - least + 1)
    if span > TABLE * len(given.start) + 1024 or not kernel.exclude(first, last, key, least, span, keys, bad):
        bad |= excluding(Clusters(key, first, last), keys)
    return decided, bad


def excluding(clusters: Clusters, keys: int) -> Flags:
    """The keys in which two clusters exclude each other."""
    key, f, s = clusters
    forward = f < s
    if not forward.any():
        return np.zeros(keys, dtype=np.bool_)
    low, high, key_of = f[forward], s[forward], key[forward]
    backward = ~forward & (f != NEVER)
    first, last, inner_key = s[backward], f[backward], key[backward]
    low, high, first, last = _apart([low, high, first, last], [key_of, key_of, inner_key, inner_key], keys)
    order = np.argsort(low)
    low, high, key_of = low[order], high[order], key_of[order]
    bad = np.zeros(keys, dtype=np.bool_)
    bad[key_of[1:][low[1:] < high[:-1]]] = True
    outer = np.searchsorted(low, first, "left") - 1
    bad[inner_key[(outer >= 0) & (last < high[outer])]] = True
    return bad


def _apart(times: list[Ints], keys_of: list[Ints], keys: int) -> list[Ints]:
    """The times of each key moved to a range of their own, their order kept; the beginning of time comes first."""
    if keys == 1:
        return times
    finite = [part[(part != BEFORE_TIME) & (part != NEVER)] for part in times]
    least = min(int(part.min()) for part in finite if len(part)) if any(len(part) for part in finite) else 0
    most = max(int(part.max()) for part in finite if len(part)) if any(len(part) for part in finite) else 0
    span = most - least + 3
    if span * keys >= ROOM:
        table = np.unique(np.concatenate(times))
        times = [np.searchsorted(table, part) for part in times]
        least, span = 0, len(table) + 3
    else:
        times = [np.clip(part, least - 1, most + 1) for part in times]
    return [part - least + 1 + key * span for part, key in zip(times, keys_of, strict=True)]
