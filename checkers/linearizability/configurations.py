"""Configurations of the compiled frontier search: sets of operations in flight as rows of 64-bit words.

`frontier.py` explains what a configuration is. A row holds first the discharged, then the usable operations. Imported
where it is used, because importing numba takes time. Times are not negative.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.compiled import inlined

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

ANY = -1
DROPPED = -1
DOMINATED, FULL = -1, -2


class Problem(NamedTuple):
    """The operations of all keys, and their states as numbers; the last state is the dead one."""

    start: Ints
    end: Ints
    pre: Ints
    post: Ints
    unequal: NDArray[np.bool_]
    required: NDArray[np.bool_]
    needed: Ints


class Pool(NamedTuple):
    """Configurations of which none dominates another, linked by state. A state of -1 marks one that was dropped."""

    state: Ints
    mask: Words
    following: Ints
    head: Ints
    size: Ints


class Flight(NamedTuple):
    """What is in flight, by end; `total` are the required writes, which any write may hide before itself."""

    operation: Ints
    slot: Ints
    load: Ints
    free: Ints
    free_count: Ints
    total: Words
    tried: Ints
    """Per state, the last parent (by its stamp) of which a write of it was tried."""
    stamp: Ints


def pool(size: int, words: int, states: int) -> Pool:
    """An empty pool."""
    return Pool(
        np.empty(size, np.int64),
        np.empty((size, 2 * words), np.uint64),
        np.empty(size, np.int64),
        np.full(states, -1, np.int64),
        np.zeros(1, np.int64),
    )


def flight(words: int, states: int) -> Flight:
    """Nothing in flight."""
    slots = 64 * words
    return Flight(
        np.zeros(slots, np.int64),
        np.zeros(slots, np.int64),
        np.zeros(1, np.int64),
        np.arange(slots - 1, -1, -1),
        np.full(1, slots),
        np.zeros(words, np.uint64),
        np.full(states, -1, np.int64),
        np.zeros(1, np.int64),
    )


@inlined
def clear(pool: Pool) -> None:
    for at in range(pool.size[0]):
        if pool.state[at] >= 0:
            pool.head[pool.state[at]] = -1
    pool.size[0] = 0


@inlined
def add(pool: Pool, state: int, mask: Words) -> int:
    """The place of a new configuration, `DOMINATED` or `FULL`. What it dominates is dropped."""
    at, before = pool.head[state], -1
    while at >= 0:
        inside = outside = True
        for word in range(len(mask)):
            new, old = mask[word], pool.mask[at, word]
            if new & ~old:
                inside = False
            if old & ~new:
                outside = False
        if inside:
            return DOMINATED
        following = pool.following[at]
        if outside:
            pool.state[at] = DROPPED
            if before < 0:
                pool.head[state] = following
            else:
                pool.following[before] = following
        else:
            before = at
        at = following
    place = int(pool.size[0])
    if place == len(pool.state):
        return FULL
    pool.size[0] = place + 1
    pool.state[place] = state
    for word in range(len(mask)):
        pool.mask[place, word] = mask[word]
    pool.following[place] = pool.head[state]
    pool.head[state] = place
    return place


@inlined
def satisfied(problem: Problem, op: int, state: int, now: int) -> bool:
    """Whether the operation fits and changes nothing in this state."""
    pre, post = problem.pre[op], problem.post[op]
    if pre != ANY and (pre == state) == problem.unequal[op]:
        return False
    return post == ANY or seen(problem, post, now) == state


@inlined
def seen(problem: Problem, state: int, now: int) -> int:
    """The state, or the dead one where nobody will ask for it."""
    return state if bool(problem.needed[state] >= now) else len(problem.needed) - 1


@inlined
def begin(problem: Problem, flight: Flight, frontier: Pool, op: int, now: int) -> bool:
    """One more operation in flight; False where no slot is free."""
    if flight.free_count[0] == 0:
        return False
    flight.free_count[0] -= 1
    slot = flight.free[flight.free_count[0]]
    place = flight.load[0]
    flight.load[0] = place + 1
    end = problem.end[op]
    while place > 0 and problem.end[flight.operation[place - 1]] > end:
        flight.operation[place] = flight.operation[place - 1]
        flight.slot[place] = flight.slot[place - 1]
        place -= 1
    flight.operation[place] = op
    flight.slot[place] = slot
    words = len(flight.total)
    word, bit = slot >> 6, np.uint64(1) << np.uint64(slot & 63)
    pure, required = problem.post[op] == ANY, problem.required[op]
    if required and problem.pre[op] == ANY:
        flight.total[word] |= bit
    for at in range(frontier.size[0]):
        state = frontier.state[at]
        if state < 0:
            continue
        fits = satisfied(problem, op, state, now)
        if fits or not required:
            frontier.mask[at, word] |= bit
        if not (fits and pure):
            frontier.mask[at, words + word] |= bit
    return True


@inlined
def land(flight: Flight, place: int) -> None:
    """Take one operation out of flight."""
    slot = flight.slot[place]
    for at in range(place, flight.load[0] - 1):
        flight.operation[at] = flight.operation[at + 1]
        flight.slot[at] = flight.slot[at + 1]
    flight.load[0] -= 1
    flight.free[flight.free_count[0]] = slot
    flight.free_count[0] += 1
    flight.total[slot >> 6] &= ~(np.uint64(1) << np.uint64(slot & 63))


@inlined
def retire(flight: Flight, frontier: Pool) -> None:
    """The first in flight can never matter again: forget it in every configuration."""
    slot = flight.slot[0]
    words = len(flight.total)
    keep = ~(np.uint64(1) << np.uint64(slot & 63))
    for at in range(frontier.size[0]):
        frontier.mask[at, slot >> 6] &= keep
        frontier.mask[at, words + (slot >> 6)] &= keep
    land(flight, 0)


@inlined
def ground(flight: Flight) -> None:
    """Take everything out of flight."""
    while flight.load[0]:
        land(flight, flight.load[0] - 1)
    flight.total[:] = 0
