"""How long each value of each key can still matter: until the last operation that asks for it has ended.

A value that nobody asks for any more is as good as any other such value, and a pending write of it is as good as none.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Grouped, Transitions

Ints = NDArray[np.int64]

CODES_BELOW = 3
"""Codes begin at -3: marks stand below the values."""


class States(NamedTuple):
    """The states of all keys, numbered from 0; the last number is the state that nobody can tell from others."""

    pre: Ints
    post: Ints
    """As in `Transitions`, in these numbers; `ANY` stays."""
    initial: Ints
    """Of each key."""
    needed: Ints
    """Until when each state is asked for; -1 where it never is (times are not negative here)."""
    size: int


def states_of(groups: Grouped) -> States:
    """Number the states that operations ask for. All others are one state, the dead one."""
    given = groups.operations
    key_of = np.repeat(np.arange(len(groups.key)), np.diff(groups.bounds))
    width = CODES_BELOW + 1 + int(max(given.pre.max(initial=-1), given.post.max(initial=-1), given.initial))
    keys = len(groups.key)
    asked = given.pre != ANY
    wanted = key_of[asked] * width + given.pre[asked] + CODES_BELOW
    if keys * width <= 8 * len(given.pre) + 1024:
        number = np.full(keys * width, -1, dtype=np.int64)
        number[wanted] = 0
        count = int(np.count_nonzero(number == 0))
        number[number == 0] = np.arange(count)
        number[number < 0] = count

        def numbered(codes: Ints) -> Ints:
            return number[codes]
    else:
        table = np.unique(wanted)
        count = len(table)

        def numbered(codes: Ints) -> Ints:
            place = np.minimum(np.searchsorted(table, codes), max(count - 1, 0))
            return np.where(table[place] == codes, place, count) if count else np.full(len(codes), 0)

    pre = np.where(asked, numbered(key_of * width + given.pre + CODES_BELOW), ANY)
    post = np.where(given.post != ANY, numbered(key_of * width + given.post + CODES_BELOW), ANY)
    initial = numbered(np.arange(keys) * width + given.initial + CODES_BELOW)
    return States(pre, post, initial, _needed(given, pre, post, count), count + 1)


def _needed(given: Transitions, pre: Ints, post: Ints, count: int) -> Ints:
    """Ends of what asks; a pending compare-and-set asks as long as somebody may ask for what it leaves."""
    needed = np.full(count + 1, -1, dtype=np.int64)
    sure = (pre != ANY) & given.required
    np.maximum.at(needed, pre[sure], given.end[sure])
    pending = np.flatnonzero((pre != ANY) & ~given.required)
    for _ in range(len(pending)):
        before = needed[pre[pending]]
        np.maximum.at(needed, pre[pending], needed[post[pending]])
        if np.array_equal(before, needed[pre[pending]]):
            break
    needed[count] = -1
    return needed


def ends_that_matter(given: Transitions, found: States) -> Ints:
    """The ends, with those of pending operations set to just after their last use: -1 where there is none."""
    needed = found.needed[found.post]
    last = np.where(needed < 0, -1, np.minimum(needed, NEVER - 1) + 1)
    return np.where(given.required, given.end, last)
