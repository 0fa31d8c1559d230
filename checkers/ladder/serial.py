"""Can one client put all that it knows of in one order that explains its own reads? (Causal memory and PRAM.)

Number the reads of the client from 1. The *deadline* of a write is the first of these reads that it must precede. A
cause of the i-th read has a deadline of at most i. Where the i-th read returned a of key x, every other write v of x
with a deadline of at most i must stand before a, so its deadline is at most that of a; and what must stand before v
has no later deadline than v. The least deadlines that agree with all that are found by lowering them, which can only
happen so often. Then the client has its order exactly if

* no key has a write with a deadline before or at a read of its initial value,
* no value is read, then another one, then the first again,
* no write of the client itself has a deadline at or before one of the reads that it follows,
* the edges v -> a found, and the order that was there before, have no cycle.

This is the happens-before of Bouajjani et al. (2017, section 4.3: write-hb-initial-read, cyclic-hb), computed for the
last access of each client, whose happens-before contains those of the others. For causal memory the order that was
there before is causality, for PRAM the order of every session. Each client costs O(writes) and O(k) for each lowering.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, PENDING, READS, WRITES, Accesses
from checkers.ladder.acyclic import direct, left_over
from checkers.ladder.clocks import Causes, Clocks
from checkers.ladder.kernels import kernel

Ints = NDArray[np.int64]

UNREAD = -3


class Deadlines(NamedTuple):
    """One client's view of the writes."""

    due: NDArray[np.int32]
    """Of each write: the first read of the client that it must precede; one more than there are, where none."""
    release: NDArray[np.int32]
    """Of each write of the client itself: how many of its reads it follows."""
    reads: Ints
    """The accesses that are its reads, from 1."""
    chain: NDArray[np.int32]
    """Of each value read: the value of that key that was read next; -1 where none."""
    target: NDArray[np.bool_]
    """Of each write: whether the client read it. Others may have to precede it: only where one of these was lowered is
    there another turn."""
    known: Clocks
    """For each read how many writes of each column have a deadline up to it by causes alone."""
    edge: NDArray[np.int32]
    """Of each write: the value read that it must precede; -1 where none."""

    @classmethod
    def empty(cls, writes: int) -> "Deadlines":
        """Room for any client, to be made `ready` for one."""
        return cls(
            np.empty(writes, dtype=np.int32), np.zeros(writes, dtype=np.int32), np.zeros(1, dtype=np.int64),
            np.full(writes, -1, dtype=np.int32), np.zeros(writes, dtype=np.bool_),
            np.zeros((1, 0), dtype=np.int32), np.empty(writes, dtype=np.int32),
        )  # fmt: skip

    def ready(self, count: int, width: int) -> "Deadlines":
        """The same room for a client of `count` reads and `width` columns: to allocate it anew costs more than to use
        it."""
        self.due.fill(count + 1)
        self.release.fill(0)
        self.chain.fill(-1)
        self.target.fill(False)
        return self._replace(
            reads=np.zeros(count + 1, dtype=np.int64), known=np.zeros((count + 1, width), dtype=np.int32)
        )


def unserial(accesses: Accesses, causes: Causes, keys: int, causal: bool, compiled: bool | None = None) -> int | None:
    """The first session without an order: of its causes (`causal`), or of all writes in session order."""
    sessions = len(accesses.bounds) - 1
    home = accesses.session[accesses.access]
    clock = causes.clock if causal else _in_session(accesses)
    steps = sessions * (len(accesses.access) + 1) + len(accesses.kind)
    begin, settle = kernel(begun, steps, compiled), kernel(settled, steps, compiled)
    against = kernel(disagreeing, steps, compiled)
    read_count = np.bincount(accesses.session[accesses.kind == READS], minlength=sessions)
    written = accesses.key[accesses.access]
    room = Deadlines.empty(len(accesses.access))
    for s in range(sessions):
        found = room.ready(int(read_count[s]), clock.shape[1])
        fits = begin(
            s, accesses.bounds, accesses.kind, accesses.key, accesses.write, accesses.columns, home, clock, causal,
            keys, *found[:6],
        )  # fmt: skip
        if not fits:
            return s
        fits = settle(
            accesses.key, accesses.write, written, accesses.columns, home, clock, causal,
            keys, *found,
        )  # fmt: skip
        if not fits:
            return s
        odd = causes.cyclic or against(causes.place, found.edge) or against(causes.place, found.chain)
        if odd and _cyclic(accesses, s, causal, found):
            return s
    return None


def _in_session(accesses: Accesses) -> Clocks:
    """Of each write, how many writes of its session's column precede it or are it."""
    sure = np.concatenate([[0], np.cumsum(accesses.kind == WRITES)])
    first = accesses.bounds[accesses.session[accesses.access]]
    return np.asarray(sure[accesses.access + 1] - sure[first], dtype=np.int32)[:, np.newaxis]


def _cyclic(accesses: Accesses, s: int, causal: bool, found: Deadlines) -> bool:
    before, after = direct(accesses, None if causal else s)
    for follower in (found.edge, found.chain):
        some = np.flatnonzero(follower >= 0)
        before = np.concatenate([before, accesses.access[some]])
        after = np.concatenate([after, accesses.access[follower[some]]])
    return bool(len(left_over(before, after, len(accesses.kind))))


def begun(  # noqa: C901, PLR0912 - a kernel is one loop
    s: int, bounds: Ints, kind: NDArray[np.int8], key: Ints, write: Ints, columns: Ints, home: Ints, clock: Clocks,
    causal: bool, keys: int, due: NDArray[np.int32], release: NDArray[np.int32], reads: Ints,
    chain: NDArray[np.int32], target: NDArray[np.bool_], known: Clocks,
) -> bool:  # fmt: skip
    """The deadlines that follow from causes alone; False where the client's reads exclude each other (a kernel)."""
    run = np.full(max(keys, 1), UNREAD, dtype=np.int64)  # the value of each key read last
    now = np.zeros(len(columns), dtype=np.int64)  # writes of each column that have their deadline
    own, at = 0, 0
    for access in range(bounds[s], bounds[s + 1]):
        w, x = write[access], key[access]
        if kind[access] != READS:
            release[w] = at
            if kind[access] != PENDING:
                own += 1
            continue
        at += 1
        reads[at] = access
        for step in range(now[s], own):
            due[columns[s] + step] = min(due[columns[s] + step], at)
        now[s] = max(now[s], own)
        if run[x] != w:
            if w == INITIAL or chain[w] >= 0:
                if run[x] != UNREAD:
                    return False
            elif run[x] >= 0:
                chain[run[x]] = w
            run[x] = w
            if w != INITIAL:
                target[w] = True
        if causal:
            for c in range(clock.shape[1]):
                if w != INITIAL:
                    for step in range(now[c], clock[w, c]):
                        due[columns[c] + step] = at
                    now[c] = max(now[c], clock[w, c])
                known[at, c] = now[c]
        elif w != INITIAL:
            c = home[w]
            for step in range(now[c], clock[w, 0]):
                due[columns[c] + step] = at
            now[c] = max(now[c], clock[w, 0])
            due[w] = min(due[w], at)
    return True


def settled(  # noqa: C901, PLR0912, PLR0915 - a kernel is one loop
    key: Ints, write: Ints, written: Ints, columns: Ints, home: Ints, clock: Clocks, causal: bool,
    keys: int, due: NDArray[np.int32], release: NDArray[np.int32], reads: Ints,
    chain: NDArray[np.int32], target: NDArray[np.bool_], known: Clocks, edge: NDArray[np.int32],
) -> bool:  # fmt: skip
    """Lower the deadlines until they agree; False where they cannot (a kernel)."""
    writes, count = len(due), len(reads) - 1
    head = np.full(count + 2, -1, dtype=np.int64)
    after, before = np.empty(writes, dtype=np.int32), np.empty(writes, dtype=np.int32)
    listed = np.zeros(writes, dtype=np.bool_)
    next_read = np.full(max(keys, 1), UNREAD, dtype=np.int64)
    changed = True
    while changed:
        changed = False
        next_read[:] = UNREAD
        for w in range(writes):
            j = due[w]
            edge[w] = -1
            if j <= count:
                after[w], before[w], listed[w] = head[j], -1, True
                if head[j] >= 0:
                    before[head[j]] = w
                head[j] = w
        for j in range(count, 0, -1):
            next_read[key[reads[j]]] = write[reads[j]]
            while head[j] >= 0:
                w = head[j]
                head[j], listed[w] = after[w], False
                if head[j] >= 0:
                    before[head[j]] = -1
                a = next_read[written[w]]
                if a == INITIAL:
                    return False
                least = j
                edge[w] = a if a >= 0 and a != w else -1
                if edge[w] >= 0:
                    least = min(least, due[a])
                if chain[w] >= 0:
                    least = min(least, due[chain[w]])
                if least == j:
                    continue
                for c in range(clock.shape[1] if causal else 2):  # w and what must precede it
                    column, upto = c, clock[w, 0]
                    if causal:
                        upto = clock[w, c]
                        if upto <= known[least, c]:
                            continue
                    elif c == 0:
                        column = home[w]
                    v = columns[column] + upto - 1 if causal or c == 0 else w
                    while v >= columns[column] and due[v] > least:
                        if release[v] >= least:
                            return False
                        if listed[v]:
                            if before[v] >= 0:
                                after[before[v]] = after[v]
                            else:
                                head[due[v]] = after[v]
                            if after[v] >= 0:
                                before[after[v]] = before[v]
                        due[v] = least
                        changed = changed or target[v]
                        after[v], before[v], listed[v] = head[least], -1, True
                        if head[least] >= 0:
                            before[head[least]] = v
                        head[least] = v
                        if c == 1 and not causal:
                            break
                        v -= 1
    return True


def disagreeing(place: Ints, follower: NDArray[np.int32]) -> bool:
    """Whether an edge from a write to its follower disagrees with the order of the walk, so that a cycle must be
    looked for (a kernel)."""
    for w in range(len(place)):  # noqa: SIM110 - numba compiles no generator
        if follower[w] >= 0 and place[w] > place[follower[w]]:
            return True
    return False
