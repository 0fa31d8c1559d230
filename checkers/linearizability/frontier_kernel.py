"""The frontier search on numbers, compiled. `frontier.py` explains it; this module only makes it fast.

Imported where it is used, because importing numba takes time. Times are ranks or at least not negative. A set of
operations in flight is a row of 64-bit words: first the discharged, then the usable ones.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

ANY = -1
DROPPED = -1
DOMINATED, FULL = -1, -2

FITS, STUCK, SLOTS, CONFIGURATIONS, BUDGET = range(5)
"""How a sweep ended: all explained, no explanation left, or which bound was reached."""
RESULT, OPERATION, STEPS, WIDEST, IN_FLIGHT, SWAPPED, NARROWED = range(7)
FIELDS = 7
"""What stands where in a report."""


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
    count: Ints
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


@njit(cache=True)
def _clear(pool):
    for at in range(pool.size[0]):
        if pool.state[at] >= 0:
            pool.head[pool.state[at]] = -1
    pool.size[0] = 0


@njit(cache=True)
def _add(pool, state, mask):
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
    place = pool.size[0]
    if place == len(pool.state):
        return FULL
    pool.size[0] = place + 1
    pool.state[place] = state
    pool.mask[place] = mask
    pool.following[place] = pool.head[state]
    pool.head[state] = place
    return place


@njit(cache=True)
def _satisfied(problem, op, state, now):
    """Whether the operation fits and changes nothing in this state."""
    pre, post = problem.pre[op], problem.post[op]
    if pre != ANY and (pre == state) == problem.unequal[op]:
        return False
    return post == ANY or _seen(problem, post, now) == state


@njit(cache=True)
def _seen(problem, state, now):
    """The state, or the dead one where nobody will ask for it."""
    return state if problem.needed[state] >= now else len(problem.needed) - 1


@njit(cache=True)
def _begin(problem, flight, frontier, op, now):
    """One more operation in flight; False where no slot is free."""
    if flight.free_count[0] == 0:
        return False
    flight.free_count[0] -= 1
    slot = flight.free[flight.free_count[0]]
    place = flight.count[0]
    flight.count[0] = place + 1
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
        fits = _satisfied(problem, op, state, now)
        if fits or not required:
            frontier.mask[at, word] |= bit
        if not (fits and pure):
            frontier.mask[at, words + word] |= bit
    return True


@njit(cache=True)
def _land(flight, place):
    """Take one operation out of flight."""
    slot = flight.slot[place]
    for at in range(place, flight.count[0] - 1):
        flight.operation[at] = flight.operation[at + 1]
        flight.slot[at] = flight.slot[at + 1]
    flight.count[0] -= 1
    flight.free[flight.free_count[0]] = slot
    flight.free_count[0] += 1
    flight.total[slot >> 6] &= ~(np.uint64(1) << np.uint64(slot & 63))


@njit(cache=True)
def _retire(flight, frontier):
    """The first in flight can never matter again: forget it in every configuration."""
    slot = flight.slot[0]
    words = len(flight.total)
    keep = ~(np.uint64(1) << np.uint64(slot & 63))
    for at in range(frontier.size[0]):
        frontier.mask[at, slot >> 6] &= keep
        frontier.mask[at, words + (slot >> 6)] &= keep
    _land(flight, 0)


@njit(cache=True)
def _reached(after, visited, state, mask, slot):
    """Keep a configuration where the operation is discharged; grow it further where it may still be used."""
    words = len(mask) // 2
    word, bit = slot >> 6, np.uint64(1) << np.uint64(slot & 63)
    usable = mask[words + word] & bit
    if usable and _add(visited, state, mask) == FULL:
        return False
    if mask[word] & bit:
        mask[word] &= ~bit
        mask[words + word] &= ~bit
        if _add(after, state, mask) == FULL:
            return False
    return True


@njit(cache=True)
def _moved(problem, flight, mask, op, slot, state, now):
    """Change `mask` by the operation taking effect and leaving `state`."""
    words = len(flight.total)
    word, bit = slot >> 6, np.uint64(1) << np.uint64(slot & 63)
    mask[word] |= bit
    mask[words + word] &= ~bit
    if problem.pre[op] == ANY:
        for at in range(words):
            mask[at] |= flight.total[at]
    for place in range(flight.count[0]):
        other, other_slot = flight.operation[place], flight.slot[place]
        word, bit = other_slot >> 6, np.uint64(1) << np.uint64(other_slot & 63)
        if not mask[word] & bit and _satisfied(problem, other, state, now):
            mask[word] |= bit
            if problem.post[other] == ANY:
                mask[words + word] &= ~bit


@njit(cache=True)
def _tried_before(problem, flight, mask, place):
    """Whether an equal compare-and-set that ends sooner is usable too, and discharged if and only if this one is."""
    words = len(flight.total)
    op, slot = flight.operation[place], flight.slot[place]
    mine = (mask[slot >> 6] >> np.uint64(slot & 63)) & np.uint64(1)
    for earlier in range(place):
        other, other_slot = flight.operation[earlier], flight.slot[earlier]
        shift = np.uint64(other_slot & 63)
        if problem.pre[other] == problem.pre[op] and problem.post[other] == problem.post[op]:
            theirs = (mask[other_slot >> 6] >> shift) & np.uint64(1)
            if (mask[words + (other_slot >> 6)] >> shift) & np.uint64(1) and theirs == mine:
                return True
    return False


@njit(cache=True)
def _enables(problem, flight, mask, state):
    """Whether some usable compare-and-set asks for `state`."""
    words = len(flight.total)
    for place in range(flight.count[0]):
        op, slot = flight.operation[place], flight.slot[place]
        if problem.pre[op] == state and problem.post[op] != ANY:
            if (mask[words + (slot >> 6)] >> np.uint64(slot & 63)) & np.uint64(1):
                return True
    return False


@njit(cache=True)
def _grow(problem, flight, after, visited, parent, goal, now, child):
    """Add every configuration one operation further than `parent`; how many, or -1 where a pool is full."""
    words = len(flight.total)
    state, grown = visited.state[parent], 0
    flight.stamp[0] += 1
    stamp = flight.stamp[0]
    for place in range(flight.count[0]):
        op, slot = flight.operation[place], flight.slot[place]
        pre, post = problem.pre[op], problem.post[op]
        word, shift = slot >> 6, np.uint64(slot & 63)
        if post == ANY or not (visited.mask[parent, words + word] >> shift) & np.uint64(1):
            continue
        if pre == ANY:
            if flight.tried[post] == stamp:
                continue
            flight.tried[post] = stamp
        elif pre != state or _tried_before(problem, flight, visited.mask[parent], place):
            continue
        seen = _seen(problem, post, now)
        child[:] = visited.mask[parent]
        _moved(problem, flight, child, op, slot, seen, now)
        grown += 1
        fresh = False
        for at in range(words):
            if child[at] != visited.mask[parent, at]:
                fresh = True
        if not fresh and (seen == state or (slot != goal and not _enables(problem, flight, child, seen))):
            continue
        if not _reached(after, visited, seen, child, goal):
            return -1
        if visited.state[parent] < 0:
            break
    return grown


@njit(cache=True)
def _end(problem, flight, frontier, after, visited, now, child):
    """The first in flight ends: fill `after` with what explains it; the steps taken, or -1 where a pool is full."""
    goal = flight.slot[0]
    steps = 0
    _clear(after)
    _clear(visited)
    for at in range(frontier.size[0]):
        if frontier.state[at] >= 0:
            child[:] = frontier.mask[at]
            if not _reached(after, visited, _seen(problem, frontier.state[at], now), child, goal):
                return -1
    at = 0
    while at < visited.size[0]:
        if visited.state[at] >= 0:
            grown = _grow(problem, flight, after, visited, at, goal, now, child)
            if grown < 0:
                return -1
            steps += grown + 1
        at += 1
    _land(flight, 0)
    return steps


@njit(cache=True)
def _bits(word):
    """The number of ones (Warren, Hacker's Delight, 5-1)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True)
def _narrow(frontier, width, score):
    """Keep the `width` configurations with most discharged (that counts twice) and usable; whether any was dropped."""
    alive = 0
    for at in range(frontier.size[0]):
        if frontier.state[at] >= 0:
            frontier.state[alive] = frontier.state[at]
            frontier.mask[alive] = frontier.mask[at]
            frontier.head[frontier.state[at]] = -1
            alive += 1
    frontier.size[0] = alive
    if alive <= width:
        return False
    for at in range(alive):
        score[at] = 0
        for word in range(frontier.mask.shape[1]):
            score[at] += _bits(frontier.mask[at, word]) * (2 if 2 * word < frontier.mask.shape[1] else 1)
    # The best of every state come first, then the second best of every state, and so on: what comes may ask for any.
    order = np.argsort(-score[:alive], kind="mergesort")
    for at in order:
        frontier.head[frontier.state[at]] += 1
        score[at] = frontier.head[frontier.state[at]]
    order = order[np.argsort(score[:alive][order], kind="mergesort")][:width].copy()
    order.sort()
    for at in range(alive):
        frontier.head[frontier.state[at]] = -1
    for at in range(width):
        frontier.state[at] = frontier.state[order[at]]
        frontier.mask[at] = frontier.mask[order[at]]
    frontier.size[0] = width
    return True


@njit(cache=True)
def _ground(flight):
    """Take everything out of flight."""
    while flight.count[0]:
        _land(flight, flight.count[0] - 1)
    flight.total[:] = 0


@njit(cache=True)
def start(problem, initial, flight, frontier):
    """One configuration, nothing in flight."""
    _clear(frontier)
    _ground(flight)
    _add(frontier, _seen(problem, initial, 0), np.zeros(2 * len(flight.total), np.uint64))


@njit(cache=True)
def restore(frontier, state, mask):
    """The configurations that were saved."""
    _clear(frontier)
    for at in range(len(state)):
        if state[at] >= 0:
            _add(frontier, state[at], mask[at])


@njit(cache=True)
def start_anywhere(problem, first, low, flight, frontier):
    """Every state that can matter before `first` begins, everything in flight (from `low` on) discharged and usable:
    these configurations dominate whatever there can be. False where there is no room for it."""
    _clear(frontier)
    _ground(flight)
    now = problem.start[first]
    for op in range(low, first):
        if problem.end[op] >= now and not _begin(problem, flight, frontier, op, now):
            return False
    words = len(flight.total)
    mask = np.zeros(2 * words, np.uint64)
    for place in range(flight.count[0]):
        op, slot = flight.operation[place], flight.slot[place]
        bit = np.uint64(1) << np.uint64(slot & 63)
        mask[slot >> 6] |= bit
        if problem.post[op] != ANY:
            mask[words + (slot >> 6)] |= bit
    states = len(problem.needed)
    for state in range(states):
        if state == states - 1 or problem.needed[state] >= now:
            if _add(frontier, state, mask) == FULL:
                return False
    return True


@njit(cache=True)
def sweep(problem, following, stop, last, limits, flight, one, other, visited, report):
    """Go on from the operation `following` until `stop` begins, or to the end of all where `last` is True.

    The frontier stands in `one` before, and in `one` or `other` after (`report[SWAPPED]`). `limits` are the width of the
    frontier and the steps. Fills `report`.
    """
    frontier, after = one, other
    child = np.zeros(2 * len(flight.total), np.uint64)
    score = np.zeros(len(one.state), np.int64)
    report[:] = 0
    while following < stop or (last and flight.count[0] > 0):
        first = flight.operation[0]
        if following < stop and (flight.count[0] == 0 or problem.start[following] <= problem.end[first]):
            now = problem.start[following]
            if problem.end[following] >= now and not _begin(problem, flight, frontier, following, now):
                report[RESULT], report[OPERATION], report[IN_FLIGHT] = SLOTS, following, flight.count[0]
                return
            following += 1
        elif not problem.required[first]:
            _retire(flight, frontier)
        else:
            report[IN_FLIGHT] = flight.count[0]
            report[OPERATION] = first
            steps = _end(problem, flight, frontier, after, visited, problem.end[first], child)
            report[STEPS] += steps
            if steps < 0 or report[STEPS] > limits[1]:
                report[RESULT] = CONFIGURATIONS if steps < 0 else BUDGET
                return
            frontier, after = after, frontier
            report[SWAPPED] = 1 - report[SWAPPED]
            report[WIDEST] = max(report[WIDEST], frontier.size[0])
            if frontier.size[0] == 0:
                report[RESULT] = STUCK
                return
            if _narrow(frontier, limits[0], score):
                report[NARROWED] = 1
    report[RESULT] = FITS


@njit(cache=True)
def sweep_keys(problem, bounds, initial, chosen, limits, flight, one, other, visited, reports):
    """Decide the keys in `chosen`, one after the other, each alone; one report a key."""
    for place in range(len(chosen)):
        at = chosen[place]
        start(problem, initial[at], flight, one)
        sweep(problem, bounds[at], bounds[at + 1], True, limits, flight, one, other, visited, reports[place])
