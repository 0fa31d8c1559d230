"""Zones and blocks of zones, compiled: what `clusters.py`, `blocks.py` and `zones.py` do with arrays, in single passes.

Imported where it is used, because importing numba takes time. Where times are the places of events in a file, each
time belongs to one event and so to one cluster: a table from time to cluster takes the place of sorting.
"""

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.compiled import jit

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = (1 << 63) - 1
BEFORE_TIME = -NEVER
NOBODY = -1
ANY = -1


@jit
def gather(
    start: Ints,
    end: Ints,
    key: Ints,
    reads: Ints,
    of_read: Ints,
    swaps: Flags,
    writes: Ints,
    of_write: Ints,
    took: Flags,
    initial: Ints,
    count: int,
    bad: Flags,
) -> tuple[Ints, Ints, Ints, Ints]:
    """`(first_end, last_start, key)` of each cluster; notes in `bad` the keys with a read that ended before its value
    was written, or whose value never was. Only writes whose value `took` effect count."""
    written = np.full(count, NEVER)
    first = np.full(count, NEVER)
    last = np.full(count, BEFORE_TIME)
    key_of = np.zeros(count, np.int64)
    for at in range(len(writes)):
        op, cluster = writes[at], of_write[at]
        key_of[cluster] = key[op]
        if took[cluster] or end[op] != NEVER:
            written[cluster] = start[op]
            first[cluster] = end[op]
            last[cluster] = start[op]
    for place in range(len(initial)):
        cluster = initial[place]
        written[cluster] = first[cluster] = last[cluster] = BEFORE_TIME
        key_of[cluster] = place
    for at in range(len(reads)):
        op, cluster = reads[at], of_read[at]
        if swaps[at]:
            continue
        if end[op] < written[cluster]:
            bad[key[op]] = True
            continue
        first[cluster] = min(first[cluster], end[op])
        last[cluster] = max(last[cluster], start[op])
    return first, last, key_of, written


@jit
def took_effect(end: Ints, reads: Ints, of_read: Ints, swaps: Flags, target: Ints, count: int) -> Flags:
    """The clusters whose value was certainly there: returned, or expected by a compare-and-set that took effect."""
    took = np.zeros(count, np.bool_)
    pending = 0
    for at in range(len(reads)):
        if not swaps[at] or end[reads[at]] != NEVER:
            took[of_read[at]] = True
        else:
            pending += 1
    changed = pending > 0
    while changed:
        changed = False
        for at in range(len(reads) - 1, -1, -1):
            if swaps[at] and took[target[reads[at]]] and not took[of_read[at]]:
                took[of_read[at]] = changed = True
    return took


@jit
def chain(
    end: Ints,
    key: Ints,
    reads: Ints,
    of_read: Ints,
    swaps: Flags,
    target: Ints,
    took: Flags,
    first: Ints,
    last: Ints,
    key_of: Ints,
    written: Ints,
    bad: Flags,
) -> None:
    """Merge each chain of clusters into its first; the others become empty. Notes the keys of broken chains."""
    count = len(first)
    follower = np.full(count, NOBODY)
    heads = np.ones(count, np.bool_)
    for at in range(len(reads)):
        op = reads[at]
        if not swaps[at] or (end[op] == NEVER and not took[target[op]]):
            continue
        source = of_read[at]
        if written[source] == NEVER or follower[source] != NOBODY:
            bad[key[op]] = True
            continue
        follower[source] = target[op]
        heads[target[op]] = False
    for head in range(count):
        if not heads[head] or written[head] == NEVER:
            continue
        at = follower[head]
        while at != NOBODY:
            if first[at] < last[head]:
                bad[key_of[head]] = True
            first[head] = min(first[head], first[at])
            last[head] = max(last[head], last[at])
            first[at], last[at], heads[at] = NEVER, BEFORE_TIME, True
            onward = follower[at]
            follower[at] = NOBODY
            at = onward
    for cluster in range(count):
        if not heads[cluster]:
            bad[key_of[cluster]] = True


@jit
def exclude(first: Ints, last: Ints, key_of: Ints, least: int, span: int, keys: int, bad: Flags) -> bool:
    """Note in `bad` the keys in which two zones exclude each other. False where two events have one time."""
    at_time = np.full(span, NOBODY)
    for cluster in range(len(first)):
        f, s = first[cluster], last[cluster]
        if f == NEVER or (f == BEFORE_TIME and s == BEFORE_TIME):
            continue
        time = s if s <= f else f
        if time == BEFORE_TIME:
            continue
        if at_time[time - least] != NOBODY:
            return False
        at_time[time - least] = cluster
    high = np.full(keys, BEFORE_TIME)
    for cluster in range(len(first)):
        if first[cluster] == BEFORE_TIME and last[cluster] != BEFORE_TIME:
            high[key_of[cluster]] = last[cluster]
    for time in range(span):
        cluster = at_time[time]
        if cluster == NOBODY:
            continue
        f, s, key = first[cluster], last[cluster], key_of[cluster]
        if min(f, s) < high[key] and f < high[key]:
            bad[key] = True
        if f < s:
            high[key] = max(high[key], s)
    return True
