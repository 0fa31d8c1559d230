"""One element of a set: which reads lack it, and which return it, without an excuse.

The element is a register that adds and deletes write to, and each read is judged alone (`checkers.ladder.regular`):
what it saw was left by an operation that began before it ended, and nothing that surely took effect replaced that
before the read began. One thing is known beyond that: an add that is the only one of its element had taken effect when
the first read that returned the element ended, whatever its client heard.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.columns import NEVER

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BEFORE_TIME = -NEVER


class Change(NamedTuple):
    """An add or a delete that did not fail."""

    row: int
    start: int
    end: int
    """`NEVER` where its outcome is unknown."""


class Reads(NamedTuple):
    """The reads of the set, by their start."""

    row: Ints
    start: Ints
    end: Ints


class Presence(NamedTuple):
    """What is wrong with one element."""

    missing: Ints
    """Places among the reads that lack it without an excuse."""
    returned: Ints
    """Places of reads that return it though it was deleted."""
    unwritten: Ints
    """Places of reads that return it before anybody added it."""
    known_by: int | None
    """The row that showed that it is there: the end of an add, or of the first read that returned it. With `missing`:
    before the last of these; else the first that did. None: nothing showed it, or it was there at first."""
    known: int
    """When; `NEVER` where nothing showed it, `BEFORE_TIME` where it was there at first."""
    removable: bool
    """Whether a delete may have removed it since."""


def judged(adds: list[Change], deletes: list[Change], initial: bool, reads: Reads, has: Flags) -> Presence:
    """What the reads of which `has` says whether they return the element show."""
    shown = _shown(adds, initial, reads, has)
    there = [Change(-1, BEFORE_TIME + 1, BEFORE_TIME + 1)] if initial else []
    gone = [] if initial else [Change(-1, BEFORE_TIME, BEFORE_TIME)]
    puts = [*there, *(change for change, _ in shown)]
    added, removed = _latest_start(puts, reads), _latest_start(deletes, reads)
    missing = np.flatnonzero(~has & (added > _latest_end([*gone, *deletes], reads)))
    explains = _latest_end(puts, reads)
    unwritten = has & (explains == -NEVER - 1)
    returned = np.flatnonzero(has & ~unwritten & (removed > explains))
    known, known_by = _known(shown, initial, reads, missing)
    latest = max((change.start for change, _ in shown), default=BEFORE_TIME)
    return Presence(
        missing, returned, np.flatnonzero(unwritten), known_by, known, any(one.end > latest for one in deletes)
    )


def lacking(
    adds: list[Change], deletes: list[Change], initial: bool, reads: Reads, has: Flags, at: int
) -> tuple[int, ...]:
    """The fewest rows that show that the read at the place `at`, one of the missing, has no excuse. Deletes are none of
    them: those that began before the read ended had all ended before the add began, or it would have one."""
    row, began, ended = int(reads.row[at]), int(reads.start[at]), int(reads.end[at])
    excuse = max((one.end for one in deletes if one.start <= ended), default=BEFORE_TIME)
    if initial and excuse == BEFORE_TIME:
        return (row,)
    for add in adds:
        if add.end < began and add.start > excuse:
            return tuple(sorted({add.row, row}))
    for add, by in _shown(adds, initial, reads, has):
        if add.end < began and add.start > excuse:
            return tuple(sorted({add.row, by, row}))
    raise AssertionError("a read that lacks the element with an excuse")


def removing(deletes: list[Change], reads: Reads, at: int) -> tuple[int, ...]:
    """The delete and the read, one of the returned, that it shows to be too late."""
    began = int(reads.start[at])
    by = max((one for one in deletes if one.end < began), key=lambda one: one.start)
    return tuple(sorted({by.row, int(reads.row[at])}))


def _shown(adds: list[Change], initial: bool, reads: Reads, has: Flags) -> list[tuple[Change, int]]:
    """The adds, each with the row that showed that it had taken effect."""
    found = [(add, add.row) for add in adds]
    seen = np.flatnonzero(has)
    if len(adds) == 1 and not initial and len(seen):
        first = int(seen[np.argmin(reads.end[seen])])
        (add,) = adds
        ended = int(reads.end[first])
        if add.start <= ended < add.end:
            found = [(add._replace(end=ended), int(reads.row[first]))]
    return found


def _known(shown: list[tuple[Change, int]], initial: bool, reads: Reads, missing: Ints) -> tuple[int, int | None]:
    """When the element was known to be there, and by which row."""
    sure = [(change, by) for change, by in shown if change.end != NEVER]
    if len(missing):
        until = int(reads.start[missing[-1]])
        before = [(change.start, change.end, by) for change, by in sure if change.end < until]
        if before:
            _, known, by = max(before)
            return known, by
    if initial:
        return BEFORE_TIME, None
    if not sure:
        return NEVER, None
    return min((change.end, by) for change, by in sure)


def _latest_start(changes: list[Change], reads: Reads) -> Ints:
    """For each read the latest start of a change that surely took effect before it began; before time: none."""
    found = np.full(len(reads.row), BEFORE_TIME, dtype=np.int64)
    for change in changes:
        if change.end != NEVER:
            np.maximum(found, np.where(change.end < reads.start, change.start, BEFORE_TIME), out=found)
    return found


def _latest_end(changes: list[Change], reads: Reads) -> Ints:
    """For each read the latest end of a change that began before it ended; less than before time: none."""
    found = np.full(len(reads.row), BEFORE_TIME - 1, dtype=np.int64)
    for change in changes:
        np.maximum(found, np.where(change.start <= reads.end, change.end, BEFORE_TIME - 1), out=found)
    return found
