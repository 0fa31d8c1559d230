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
store may never have had; causal consistency implies all four, and they together less than it. The first two walk one
session after the other with running maxima: for each key and writer the last write that must have been seen. For the
last two that would be every session's operations for every client, so newer writes are looked up (`newer.py`).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, READS, WRITES, Accesses
from checkers.ladder.causal import BUDGET, Case, decided
from checkers.ladder.kernels import kernel
from checkers.ladder.newer import GIVEN_UP, newer
from checkers.ladder.telling import Pattern
from checkers.verdict import Verdict
from histories.columns import Columns

Ints = NDArray[np.int64]

OWN, READ_BEFORE, WRITERS, WRITERS_READS = range(4)
KINDS = ("own-write", "older-read", "older-write", "older-cause")
LOOKS = 8
"""Steps of `newer` for each access, as a rule."""


def read_your_writes(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether no read returned something older than its client's own earlier write. O(n)."""
    return decided("read-your-writes", history, initial, budget, lambda case: _stale(case, OWN), compiled, wide=False)


def monotonic_reads(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether no read returned something older than what its client had read. O(n)."""
    return decided(
        "monotonic-reads", history, initial, budget, lambda case: _stale(case, READ_BEFORE), compiled, wide=False
    )


def monotonic_writes(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether who has read a write reads nothing older than its writer's earlier writes. O(n) as a rule,
    O(n k) where reads are far behind what their clients know."""
    return decided("monotonic-writes", history, initial, budget, lambda case: _stale(case, WRITERS), compiled)


def writes_follow_reads(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether who has read a write reads nothing older than what its writer had read before. O(n) as a
    rule, O(n k) where reads are far behind what their clients know."""
    return decided("writes-follow-reads", history, initial, budget, lambda case: _stale(case, WRITERS_READS), compiled)


class Noted(NamedTuple):
    """What clients must see of each other, in the order of sessions: these writes, of these keys and writers."""

    write: NDArray[np.int32]
    """The access that is the write."""
    by: NDArray[np.int32]
    """The access that wrote or read it."""
    upto: Ints
    """How many of them there are before each access."""


def _noted(accesses: Accesses, mode: int) -> Noted:
    reading = mode in (READ_BEFORE, WRITERS_READS)
    chosen = (accesses.kind == READS) & (accesses.write >= 0) if reading else accesses.kind == WRITES
    by = np.flatnonzero(chosen).astype(np.int32)
    write = accesses.access[accesses.write[by]].astype(np.int32) if reading else by
    return Noted(write, by, np.concatenate([[0], np.cumsum(chosen)]))


def _stale(case: Case, mode: int) -> Pattern | None:
    accesses, noted = case.accesses, _noted(case.accesses, mode)
    own = mode in (OWN, READ_BEFORE)
    read, seen = (GIVEN_UP, GIVEN_UP) if own else _looked_up(case, noted)
    if read == GIVEN_UP:
        read, seen = _walked(case, noted, own)
    return None if read < 0 else _told(accesses, mode, read, seen)


def _looked_up(case: Case, noted: Noted) -> Any:
    accesses = case.accesses
    most = len(noted.by) * (len(accesses.bounds) - 1) // 2  # then walking costs no more
    look = kernel(newer, LOOKS * len(accesses.kind), case.compiled)
    return look(
        accesses.bounds, accesses.session, accesses.kind, accesses.key, accesses.write, accesses.access, accesses.row,
        case.keys, *noted, most,
    ).tolist()  # fmt: skip


def _walked(case: Case, noted: Noted, own: bool) -> Any:
    accesses = case.accesses
    sessions = len(accesses.bounds) - 1
    place = accesses.session[noted.write] * case.keys + accesses.key[noted.write]
    unsigned = np.uint32 if int(place.max(initial=0)) < 1 << 32 else np.uint64  # no index is checked for its sign
    walk = kernel(stale, len(accesses.kind) * (1 if own else sessions), case.compiled)
    return walk(
        own, accesses.bounds, accesses.session, accesses.kind, accesses.key, accesses.write, accesses.access,
        case.keys, noted.write, place.astype(unsigned), noted.upto,
    ).tolist()  # fmt: skip


def _told(accesses: Accesses, mode: int, read: int, seen: int) -> Pattern:
    """The read, what it read, what it should have seen and why."""
    told = [seen, read]
    if mode == WRITERS_READS:
        reads = np.flatnonzero((accesses.kind == READS) & (accesses.write == accesses.write[seen]))
        told[1:1] = _through(accesses, read, reads.tolist())
    elif mode == WRITERS:
        told[1:1] = _through(accesses, read, [seen])
    elif mode == READ_BEFORE:
        first = int(accesses.bounds[accesses.session[read]])
        told[1:1] = (first + np.flatnonzero(accesses.write[first:read] == accesses.write[seen])[:1]).tolist()
    if accesses.write[read] >= 0:
        told.insert(0, int(accesses.access[accesses.write[read]]))
    rows = [int(accesses.row[at]) for at in told]
    return Pattern(KINDS[mode], tuple(rows), int(accesses.key[read]))


def _through(accesses: Accesses, read: int, before: list[int]) -> list[int]:
    """An access in `before`, a write that followed it in its session, and the read of that by the reader's client."""
    first = int(accesses.bounds[accesses.session[read]])
    for at in range(first, read + 1):
        if accesses.kind[at] == READS and accesses.write[at] >= 0:
            source = int(accesses.access[accesses.write[at]])
            for one in before:
                if accesses.session[one] == accesses.session[source] and one < source:
                    return [one, source, at]
    raise AssertionError("what the client must have seen came from nowhere")


def stale(  # noqa: C901, PLR0912 - a kernel is one loop
    own: bool, bounds: Ints, session: Ints, kind: NDArray[np.int8], key: Ints, write: Ints, access: Ints, keys: int,
    noted: NDArray[np.int32], noted_place: NDArray[Any], upto: Ints,
) -> Ints:  # fmt: skip
    """The first read that is older than a write that its client must have seen, and that write; -1 where there is none.

    What must have been seen are the `noted` of its own session before it, or of the sessions whose writes it has read
    those before the write (a kernel)."""
    sessions = len(bounds) - 1
    must = np.full(keys * max(sessions, 1), -1, dtype=np.int32)  # of each key and writer the last write, an access
    done = np.zeros(sessions, dtype=np.int64)
    for s in range(sessions):
        first, behind = (s, s + 1) if own else (0, sessions)
        for other in range(first, behind):
            done[other] = upto[bounds[other]]
        for at in range(bounds[s], bounds[s + 1]):
            if kind[at] != READS:
                continue
            w, x = write[at], key[at]
            place = -1 if w == INITIAL else access[w]
            of, last = s, upto[at]
            if not own:
                if w == INITIAL:
                    last = 0
                else:
                    of, last = session[place], upto[place]
            for one in range(done[of], last):
                to = noted_place[one]
                must[to] = max(must[to], noted[one])
            done[of] = max(done[of], last)
            if w == INITIAL:
                seen = must[x::keys].max()
                if seen >= 0:
                    return np.array([at, seen])
            elif kind[place] == WRITES and must[session[place] * keys + x] > place:
                return np.array([at, must[session[place] * keys + x]])
        walked = 0
        for other in range(first, behind):
            walked += done[other] - upto[bounds[other]]
        if walked > keys * sessions:  # as it was, in the shorter way
            must[:] = -1
            continue
        for other in range(first, behind):
            for one in range(upto[bounds[other]], done[other]):
                must[noted_place[one]] = -1
    return np.array([-1, -1])
