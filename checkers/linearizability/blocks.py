"""Compare-and-set on unique values: clusters chained to blocks, blocks judged as if they were clusters.

A compare-and-set from a to b that took effect is the write of b, and since a was written only once, b's cluster stands
right behind a's in every linearization. So the clusters fall into chains, and the order within a chain is given. What
is left to ask, in this order:

1. Which pending operations took effect? Exactly those whose value was returned, or was expected by a compare-and-set
   that took effect. The others may be left out: nothing rests on them.
2. Is every value that was expected a written one, expected by one compare-and-set only (a second one would find another
   value), and does every chain begin at a plain write or the initial value?
3. Within a chain C1, C2, ..., no operation of a later cluster may precede one of an earlier: max(s(C1), ..., s(Cj)) <=
   f(Cj+1).
4. Between chains: a chain stands together, so with f the least f of its clusters and s the greatest s, the argument of
   `zones.py` holds word for word with "chain" for "cluster".

Each is necessary and together they are sufficient: order the chains as `zones.py` does, the clusters as the chains say,
and within a cluster the write first.
"""

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.clusters import NOBODY, Clusters, Keyed, gathered
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import Transitions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def chained(given: Transitions, keyed: Keyed, keys: int, swaps: Flags) -> tuple[Clusters, Flags]:
    """The chains as clusters, and the keys that 2 and 3 refute. `swaps` marks the compare-and-sets in `keyed.reads`."""
    plain = np.flatnonzero(~swaps)
    swap = keyed.reads[swaps]
    place = np.full(len(given.post), NOBODY, dtype=np.int64)
    place[keyed.writes] = keyed.of_write
    source, target = keyed.of_read[swaps], place[swap]
    effective = _effective(given, keyed, plain, swap, source, target)
    took = effective[target] | given.required[swap]
    swap, source, target = swap[took], source[took], target[took]
    writes = np.flatnonzero(effective[keyed.of_write] | given.required[keyed.writes])
    clusters, bad = gathered(given, keyed, keys, writes, plain)
    key, f, s = clusters
    key[source] = given.key[swap]
    written = np.zeros(keyed.size, dtype=np.bool_)
    written[keyed.of_write[writes]] = True
    written[keyed.initial] = True
    bad[given.key[swap[~written[source]]]] = True
    bad[given.key[swap[np.bincount(source, minlength=keyed.size)[source] > 1]]] = True
    bad[given.key[swap[source == target]]] = True
    parent = np.arange(keyed.size)
    parent[target] = source
    root, depth = _roots(parent)
    first = root[target]
    bad[given.key[swap[parent[first] != first]]] = True
    return _blocks(Clusters(key, f, s), root, depth, bad), bad


def _effective(given: Transitions, keyed: Keyed, plain: Ints, swap: Ints, source: Ints, target: Ints) -> Flags:
    """The clusters whose value was certainly there."""
    seen = np.zeros(keyed.size, dtype=np.bool_)
    seen[keyed.of_read[plain]] = True
    seen[source[given.required[swap]]] = True
    pending = np.flatnonzero(~given.required[swap])
    while len(pending):
        took = seen[target[pending]]
        if not took.any():
            break
        seen[source[pending[took]]] = True
        pending = pending[~took]
    return seen


def _roots(parent: Ints) -> tuple[Ints, Ints]:
    """The first cluster of each chain and the place in it, by doubling. In a circle no cluster is first."""
    depth = (parent != np.arange(len(parent))).astype(np.int64)
    moving = np.flatnonzero(depth)
    root = parent.copy()
    for _ in range(len(parent).bit_length() + 1):
        if not len(moving):
            break
        onward = root[moving]
        further = depth[onward]
        depth[moving], root[moving] = depth[moving] + further, root[onward]
        moving = moving[further > 0]
    return root, depth


def _blocks(clusters: Clusters, root: Ints, depth: Ints, bad: Flags) -> Clusters:
    """Chains of several clusters become one each; a chain that goes back in time is noted in `bad`."""
    key, f, s = clusters
    chain = np.flatnonzero(depth > 0)
    if not len(chain):
        return clusters
    heads = np.unique(root[chain])
    members = np.concatenate([heads, chain])
    members = members[np.lexsort((depth[members], root[members]))]
    of, number = np.unique(root[members], return_inverse=True)
    table, rank = np.unique(np.concatenate([s[members], f[members]]), return_inverse=True)
    start, end = rank[: len(members)], rank[len(members) :]
    latest = np.maximum.accumulate(start + number * (len(table) + 1)) - number * (len(table) + 1)
    late = (number[1:] == number[:-1]) & (latest[:-1] > end[1:])
    bad[key[members[1:][late]]] = True
    f, s = f.copy(), s.copy()
    np.minimum.at(f, root[members], f[members])
    np.maximum.at(s, root[members], s[members])
    f[chain], s[chain] = NEVER, -NEVER
    assert len(of) == len(heads)
    return Clusters(key, f, s)
