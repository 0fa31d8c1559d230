"""The frontier search on numbers, compiled. `frontier.py` explains it; this module only makes it fast.

Imported where it is used, because importing numba takes time.
"""

import numpy as np

from checkers.linearizability.compiled import inlined, jit
from checkers.linearizability.configurations import (
    ANY,
    FULL,
    Flight,
    Ints,
    Pool,
    Problem,
    Words,
    add,
    begin,
    clear,
    ground,
    land,
    retire,
    satisfied,
    seen,
)

FITS, STUCK, SLOTS, CONFIGURATIONS, BUDGET = range(5)
"""How a sweep ended: all explained, no explanation left, or which bound was reached."""
RESULT, OPERATION, STEPS, WIDEST, IN_FLIGHT, SWAPPED, NARROWED = range(7)
FIELDS = 7
"""What stands where in a report."""


@inlined
def _reached(after: Pool, visited: Pool, state: int, mask: Words, slot: int) -> bool:
    """Keep a configuration where the operation is discharged; grow it further where it may still be used."""
    words = len(mask) // 2
    word, bit = slot >> 6, np.uint64(1) << np.uint64(slot & 63)
    usable = mask[words + word] & bit
    if usable and add(visited, state, mask) == FULL:
        return False
    if mask[word] & bit:
        mask[word] &= ~bit
        mask[words + word] &= ~bit
        if add(after, state, mask) == FULL:
            return False
    return True


@inlined
def _moved(problem: Problem, flight: Flight, mask: Words, op: int, slot: int, state: int, now: int) -> None:
    """Change `mask` by the operation taking effect and leaving `state`."""
    words = len(flight.total)
    word, bit = slot >> 6, np.uint64(1) << np.uint64(slot & 63)
    mask[word] |= bit
    mask[words + word] &= ~bit
    if problem.pre[op] == ANY:
        for at in range(words):
            mask[at] |= flight.total[at]
    for place in range(flight.load[0]):
        other, other_slot = flight.operation[place], flight.slot[place]
        word, bit = other_slot >> 6, np.uint64(1) << np.uint64(other_slot & 63)
        if not mask[word] & bit and satisfied(problem, other, state, now):
            mask[word] |= bit
            if problem.post[other] == ANY:
                mask[words + word] &= ~bit


@inlined
def _tried_before(problem: Problem, flight: Flight, mask: Words, place: int) -> bool:
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


@inlined
def _enables(problem: Problem, flight: Flight, mask: Words, state: int) -> bool:
    """Whether some usable compare-and-set asks for `state`."""
    words = len(flight.total)
    for place in range(flight.load[0]):
        op, slot = flight.operation[place], flight.slot[place]
        usable = (mask[words + (slot >> 6)] >> np.uint64(slot & 63)) & np.uint64(1)
        if usable and problem.pre[op] == state and problem.post[op] != ANY:
            return True
    return False


@inlined
def _grow(
    problem: Problem, flight: Flight, after: Pool, visited: Pool, parent: int, goal: int, now: int, child: Words
) -> int:
    """Add every configuration one operation further than `parent`; how many, or -1 where a pool is full."""
    words = len(flight.total)
    state, grown = visited.state[parent], 0
    flight.stamp[0] += 1
    stamp = flight.stamp[0]
    for place in range(flight.load[0]):
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
        left = seen(problem, post, now)
        for at in range(2 * words):
            child[at] = visited.mask[parent, at]
        _moved(problem, flight, child, op, slot, left, now)
        grown += 1
        fresh = False
        for at in range(words):
            if child[at] != visited.mask[parent, at]:
                fresh = True
        if not fresh and (left == state or (slot != goal and not _enables(problem, flight, child, left))):
            continue
        if not _reached(after, visited, left, child, goal):
            return -1
        if visited.state[parent] < 0:
            break
    return grown


@inlined
def _end(problem: Problem, flight: Flight, frontier: Pool, after: Pool, visited: Pool, now: int, child: Words) -> int:
    """The first in flight ends: fill `after` with what explains it; the steps taken, or -1 where a pool is full."""
    goal = flight.slot[0]
    steps = 0
    clear(after)
    clear(visited)
    for at in range(frontier.size[0]):
        if frontier.state[at] >= 0:
            for place in range(len(child)):
                child[place] = frontier.mask[at, place]
            if not _reached(after, visited, seen(problem, frontier.state[at], now), child, goal):
                return -1
    at = 0
    while at < visited.size[0]:
        if visited.state[at] >= 0:
            grown = _grow(problem, flight, after, visited, at, goal, now, child)
            if grown < 0:
                return -1
            steps += grown + 1
        at += 1
    land(flight, 0)
    return steps


@inlined
def _bits(word: np.uint64) -> int:
    """The number of ones (Warren, Hacker's Delight, 5-1)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@jit
def _narrow(frontier: Pool, width: int, score: Ints) -> bool:
    """Keep the `width` configurations with most discharged (that counts twice) and usable; whether any was dropped."""
    if frontier.size[0] <= width:
        return False
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


@jit
def start(problem: Problem, initial: int, flight: Flight, frontier: Pool) -> None:
    """One configuration, nothing in flight."""
    clear(frontier)
    ground(flight)
    add(frontier, seen(problem, initial, 0), np.zeros(2 * len(flight.total), np.uint64))


@jit
def restore(frontier: Pool, state: Ints, mask: Words) -> None:
    """The configurations that were saved."""
    clear(frontier)
    for at in range(len(state)):
        if state[at] >= 0:
            add(frontier, state[at], mask[at])


@jit
def start_anywhere(problem: Problem, first: int, low: int, flight: Flight, frontier: Pool) -> bool:
    """Every state that can matter before `first` begins, everything in flight (from `low` on) discharged and usable:
    these configurations dominate whatever there can be. False where there is no room for it."""
    clear(frontier)
    ground(flight)
    now = problem.start[first]
    for op in range(low, first):
        if problem.end[op] >= now and not begin(problem, flight, frontier, op, now):
            return False
    words = len(flight.total)
    mask = np.zeros(2 * words, np.uint64)
    for place in range(flight.load[0]):
        op, slot = flight.operation[place], flight.slot[place]
        bit = np.uint64(1) << np.uint64(slot & 63)
        mask[slot >> 6] |= bit
        if problem.post[op] != ANY:
            mask[words + (slot >> 6)] |= bit
    states = len(problem.needed)
    for state in range(states):
        matters = state == states - 1 or problem.needed[state] >= now
        if matters and add(frontier, state, mask) == FULL:
            return False
    return True


@jit
def sweep(
    problem: Problem,
    following: int,
    stop: int,
    last: bool,
    limits: Ints,
    flight: Flight,
    one: Pool,
    other: Pool,
    visited: Pool,
    report: Ints,
) -> None:
    """Go on from the operation `following` until `stop` begins, or to the end of all where `last` is True.

    The frontier stands in `one` before, and in `one` or `other` after (`report[SWAPPED]`). `limits` are the width of
    the frontier and the steps. Fills `report`.
    """
    frontier, after = one, other
    child = np.zeros(2 * len(flight.total), np.uint64)
    score = np.zeros(len(one.state), np.int64)
    report[:] = 0
    while following < stop or (last and flight.load[0] > 0):
        first = flight.operation[0]
        if following < stop and (flight.load[0] == 0 or problem.start[following] <= problem.end[first]):
            now = problem.start[following]
            if problem.end[following] >= now and not begin(problem, flight, frontier, following, now):
                report[RESULT], report[OPERATION], report[IN_FLIGHT] = SLOTS, following, flight.load[0]
                return
            following += 1
        elif not problem.required[first]:
            retire(flight, frontier)
        else:
            report[IN_FLIGHT] = flight.load[0]
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


@jit
def sweep_keys(
    problem: Problem,
    bounds: Ints,
    initials: Ints,
    chosen: Ints,
    limits: Ints,
    flight: Flight,
    one: Pool,
    other: Pool,
    visited: Pool,
    reports: Ints,
) -> None:
    """Decide the keys in `chosen`, one after the other, each alone; one report a key."""
    for place in range(len(chosen)):
        at = chosen[place]
        start(problem, initials[at], flight, one)
        sweep(problem, bounds[at], bounds[at + 1], True, limits, flight, one, other, visited, reports[place])
