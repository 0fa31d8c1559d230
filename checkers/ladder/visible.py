"""Which writes each read sees among its causes, and what that says of the order of writes.

Let read r return write w (or the initial value) of key x. Every other write v of x among the causes of r must give way
to w. The bad patterns of Bouajjani et al. (2017, table 2), with the clocks of `clocks.py`:

* write-co-read: v is a cause of r, and w is a cause of v;
* write-co-initial-read: v is a cause of r, which returned the initial value;
* cyclic conflict order: v goes before w for every such v (the *conflict order*), and that and causality form a cycle.

Of each column only its last write of x among the causes matters: it has the others as causes. One session after the
other is walked, with the last write of each column to each key; so it costs O(k) for every access.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, PENDING, READS, Accesses
from checkers.ladder.clocks import Causes, Clocks
from checkers.ladder.kernels import kernel

Ints = NDArray[np.int64]
NOTHING = -1


class Overwritten(NamedTuple):
    """A read that returned what its own causes had replaced."""

    read: int
    """The access."""
    by: int
    """The write that the read should have seen."""


class Conflicts(NamedTuple):
    """The conflict order, as far as causality does not say the same: `before[i]` goes before `after[i]`, as
    `because[i]`, a read of `after[i]`, saw both."""

    before: NDArray[np.int32]
    after: NDArray[np.int32]
    because: NDArray[np.int32]


class Sight(NamedTuple):
    """What a first walk found."""

    overwritten: Overwritten | None
    conflicts: int
    backward: int
    """How many of the conflicts disagree with the order of the walk (`Causes.place`): none, and there is no cycle."""


def looked(accesses: Accesses, causes: Causes, keys: int, compiled: bool | None = None) -> Sight:
    """The first read, session by session, that its own causes contradict, and how many conflicts there are."""
    found = _walk(accesses, causes, keys, 0, compiled)[0]
    read, by, conflicts, backward = found.tolist()
    return Sight(None if read == NOTHING else Overwritten(read, by), conflicts, backward)


def conflicting(accesses: Accesses, causes: Causes, keys: int, sight: Sight, compiled: bool | None = None) -> Conflicts:
    """The conflicts themselves: 12 bytes each."""
    _, before, after, because = _walk(accesses, causes, keys, sight.conflicts, compiled)
    return Conflicts(before, after, because)


def _walk(accesses: Accesses, causes: Causes, keys: int, room: int, compiled: bool | None) -> tuple[
    Ints, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]
]:  # fmt: skip
    before, after, because = (np.zeros(room, dtype=np.int32) for _ in range(3))
    width = causes.clock.shape[1]
    see = kernel(seen, len(accesses.kind) * width, compiled)
    found = see(
        accesses.bounds, accesses.kind, accesses.key, accesses.write, accesses.columns, accesses.column,
        accesses.key[accesses.access], causes.clock, causes.place, keys, before, after, because,
    )  # fmt: skip
    return found, before, after, because


def seen(  # noqa: C901, PLR0912 - a kernel is one loop
    bounds: Ints, kind: NDArray[np.int8], key: Ints, write: Ints, columns: Ints, column: Ints,
    written: Ints, clock: Clocks, place: Ints, keys: int,
    before: NDArray[np.int32], after: NDArray[np.int32], because: NDArray[np.int32],
) -> Ints:  # fmt: skip
    """`(read, by, conflicts, backward)`; writes the conflicts down where there is room for them (a kernel)."""
    width = clock.shape[1]
    last = np.zeros((max(keys, 1), width), dtype=np.int32)
    conflicts = 0
    backward = 0
    room = len(before)
    for s in range(len(bounds) - 1):
        now = np.zeros(width, dtype=np.int32)
        for access in range(bounds[s], bounds[s + 1]):
            w = write[access]
            x = key[access]
            if kind[access] == PENDING:
                continue
            if kind[access] != READS:
                now[s] += 1
                last[x, s] = now[s]
                continue
            if w == INITIAL:
                for c in range(width):
                    if last[x, c] > 0:
                        return np.array([access, columns[c] + last[x, c] - 1, conflicts, backward])
                continue
            for c in range(width):
                for count in range(now[c], clock[w, c]):
                    last[written[columns[c] + count], c] = count + 1
                now[c] = max(now[c], clock[w, c])
            of, number = column[w], w - columns[column[w]] + 1
            for c in range(width):
                if last[x, c] > clock[w, c]:
                    v = columns[c] + last[x, c] - 1
                    if clock[v, of] >= number:
                        return np.array([access, v, conflicts, backward])
                    if place[v] > place[w]:
                        backward += 1
                    if conflicts < room:
                        before[conflicts], after[conflicts], because[conflicts] = v, w, access
                    conflicts += 1
        for c in range(width):
            for count in range(now[c]):
                last[written[columns[c] + count], c] = 0
    return np.array([NOTHING, NOTHING, conflicts, backward])
