"""The clusters of a register whose written values are unique: each write with the reads that return its value.

Everything is computed for all keys at once. A key whose values are not unique (one value written twice, or written and
initial) is left out and named: it needs a search.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Transitions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CODES_BELOW = 3
"""Codes begin at -3: marks stand below the values."""
BEFORE_TIME = -NEVER
"""When the initial value was written."""
NOBODY = -1
DENSE = 8
"""A table with so many places an operation is cheaper than sorting."""


class Clusters(NamedTuple):
    """All clusters of all keys, as the time between their earliest end and their latest start: their zones."""

    key: Ints
    first_end: Ints
    """The earliest end of an operation in the cluster (minF)."""
    last_start: Ints
    """The latest start of an operation in the cluster (maxS)."""


class Keyed(NamedTuple):
    """The operations, split: which ask for a value, which leave one, and the clusters that they belong to."""

    reads: Ints
    writes: Ints
    of_read: Ints
    of_write: Ints
    initial: Ints
    """The cluster of the initial value of each key."""
    size: int


def numbered(given: Transitions, keys: int) -> Keyed:
    """A number for every pair of key and value. Pairs that nothing is known of may have a number too."""
    reads = np.flatnonzero((given.pre != ANY) & ~given.unequal)
    writes = np.flatnonzero(given.post != ANY)
    asked, left = given.pre[reads] + CODES_BELOW, given.post[writes] + CODES_BELOW
    width = 1 + int(max(asked.max(initial=0), left.max(initial=0), given.initial + CODES_BELOW))
    key = given.key.astype(np.int64, copy=False)
    if keys * width <= DENSE * len(key) + 1024:
        initial = np.arange(keys) * width + given.initial + CODES_BELOW
        if keys > 1:
            asked, left = asked + key[reads] * width, left + key[writes] * width
        return Keyed(reads, writes, asked, left, initial, keys * width)
    owner = np.full(width, NOBODY, dtype=np.int64)
    owner[left] = key[writes]
    if np.array_equal(owner[left], key[writes]):
        # Every value belongs to one key: it is its own number. Initial values, and what is read elsewhere, stand apart.
        elsewhere = owner[asked] != key[reads]
        asked = np.where(elsewhere, width + key[reads] * 2 + (asked != given.initial + CODES_BELOW), asked)
        initial = width + np.arange(keys) * 2
        same = owner[given.initial + CODES_BELOW]
        if same != NOBODY:
            initial[same] = given.initial + CODES_BELOW
        return Keyed(reads, writes, asked, left, initial, width + 2 * keys)
    pairs = np.concatenate(
        [key[reads] * width + asked, key[writes] * width + left, np.arange(keys) * width + given.initial + CODES_BELOW]
    )
    table, place = np.unique(pairs, return_inverse=True)
    cuts = np.array([len(reads), len(reads) + len(writes)])
    asked, left, initial = np.split(place, cuts)
    return Keyed(reads, writes, asked, left, initial, len(table))


def unique_keys(given: Transitions, keyed: Keyed, keys: int) -> Flags:
    """Which keys have unique values, and no observation that a value was *not* there."""
    times = np.bincount(keyed.of_write, minlength=keyed.size)
    times[keyed.initial] += 1
    unique = np.ones(keys, dtype=np.bool_)
    if times.max(initial=0) > 1:
        unique[given.key[keyed.writes[times[keyed.of_write] > 1]]] = False
    unique[given.key[given.unequal]] = False
    return unique


def gathered(
    given: Transitions, keyed: Keyed, keys: int, effective: Any = slice(None), plain: Any = slice(None)
) -> tuple[Clusters, Flags]:
    """The clusters of the writes in `effective` and the reads in `plain` (places in `keyed`), and the keys that hold a
    read that ended before its value was written, or whose value never was.

    A write whose outcome is unknown ends never; where nobody returns its value, its cluster is left out.
    """
    writes, of_write = keyed.writes[effective], keyed.of_write[effective]
    reads, of_read = keyed.reads[plain], keyed.of_read[plain]
    written = np.full(keyed.size, NEVER, dtype=np.int64)
    first_end = np.full(keyed.size, NEVER, dtype=np.int64)
    last_start = np.full(keyed.size, BEFORE_TIME, dtype=np.int64)
    written[of_write] = given.start[writes]
    written[keyed.initial] = BEFORE_TIME
    bad = np.zeros(keys, dtype=np.bool_)
    read_end = given.end[reads]
    early = read_end < written[of_read]
    if early.any():
        bad[given.key[reads[early]]] = True
    first_end[of_write] = given.end[writes]
    first_end[keyed.initial] = BEFORE_TIME
    last_start[of_write] = given.start[writes]
    np.minimum.at(first_end, of_read, read_end)
    np.maximum.at(last_start, of_read, given.start[reads])
    nowhere = written == NEVER
    first_end[nowhere], last_start[nowhere] = NEVER, BEFORE_TIME
    key = np.zeros(keyed.size, dtype=np.int64)
    key[of_write] = given.key[writes]
    key[keyed.initial] = np.arange(keys)
    return Clusters(key, first_end, last_start), bad
