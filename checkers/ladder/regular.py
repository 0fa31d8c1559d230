"""Regular registers: a read returns a write that it overlaps, or one that nothing replaced before the read began.

Lamport (1986) for one writer; for many writers the weak form of Shao, Welch, Pierce and Lee (2011): for each read some
order of all writes and that read keeps real time and explains the read. So write w explains read r exactly if w began
before r ended, and no write that surely took effect began after w had ended and ended before r began. Each read is
judged alone, so repeated values need no search: of all writes of its value that began in time, the one that ended last
is the best. O(n log n), for all keys at once.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.telling import Pattern, refuted
from checkers.linearizability.check import state_code
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import ANY, Transitions, register_transitions
from checkers.verdict import Valid, Verdict
from checkers.wording import plural
from histories.columns import Columns

Ints = NDArray[np.int64]

CLAIM = "regular"
BEFORE_TIME = -NEVER
NOT_WRITTEN = BEFORE_TIME - 1
ROOM = 1 << 62


class Timed(NamedTuple):
    """Operations of one kind, as parallel arrays."""

    key: Ints
    value: Ints
    start: Ints
    end: Ints
    row: Ints


def regular(history: Columns, initial: Any = None, budget: int = 0) -> Verdict:
    """Whether every read returned a value that some order of the writes explains. `budget` is not needed."""
    code = state_code(history, initial)
    reads, writes = timed(register_transitions(history, code))
    replaced = _latest_start(writes, reads)
    best = latest_end(writes, reads, code)
    wrong = np.flatnonzero((best < replaced) | (best == NOT_WRITTEN))
    if not len(wrong):
        return Valid(f"{plural(len(reads.row), 'read')} of {plural(len(writes.row), 'write')}, none replaced before")
    return refuted(CLAIM, history, _told(reads, writes, int(wrong[0]), int(best[wrong[0]])))


def timed(given: Transitions) -> tuple[Timed, Timed]:
    """The reads whose result was seen, and the writes that may have taken effect."""
    read, wrote = np.flatnonzero((given.pre != ANY) & given.required), np.flatnonzero(given.post != ANY)
    reads = Timed(
        given.key[read].astype(np.int64), given.pre[read], given.start[read], given.end[read], given.row[read]
    )
    writes = Timed(
        given.key[wrote].astype(np.int64), given.post[wrote], given.start[wrote], given.end[wrote], given.row[wrote]
    )
    return reads, writes


def unwritten(reads: Timed, writes: Timed, initial: int) -> Pattern | None:
    """A read whose value nobody wrote, or that ended before anybody began to."""
    best = latest_end(writes, reads, initial)
    wrong = np.flatnonzero(best == NOT_WRITTEN)
    return _told(reads, writes, int(wrong[0]), NOT_WRITTEN) if len(wrong) else None


def _latest_start(writes: Timed, reads: Timed) -> Ints:
    """For each read: when the last-starting write of its key began, of those that ended before the read began."""
    return _best(writes.key, writes.end, writes.start, reads.key, reads.start)


def latest_end(writes: Timed, reads: Timed, initial: int) -> Ints:
    """For each read: when the last-ending write of its value ended, of those that began before the read ended.
    `BEFORE_TIME` for the initial value, `NOT_WRITTEN` where there is none."""
    width = 4 + int(max(writes.value.max(initial=0), reads.value.max(initial=0)))
    wrote, asked = writes.key * width + writes.value + 3, reads.key * width + reads.value + 3
    best = _best(wrote, writes.start, writes.end, asked, reads.end + 1)
    return np.where(best > BEFORE_TIME, best, np.where(reads.value == initial, BEFORE_TIME, NOT_WRITTEN))


def _best(group: Ints, when: Ints, worth: Ints, asked: Ints, before: Ints) -> Ints:
    """For each `(asked, before)` the greatest `worth` in its group among those `when` is less; `BEFORE_TIME` where
    there is none. The times of each group are moved to a range of their own, so that all are looked up at once."""
    if not len(group) or not len(asked):
        return np.full(len(asked), BEFORE_TIME)
    finite = [part[part != NEVER] for part in (when, worth, before)]
    least = min(int(part.min()) for part in finite if len(part))
    span = max(int(part.max()) for part in finite if len(part)) - least + 3
    groups = int(max(group.max(), asked.max())) + 1
    if groups * span >= ROOM:
        table = np.unique(np.concatenate([group, asked]))
        group, asked, groups = np.searchsorted(table, group), np.searchsorted(table, asked), len(table)
    if groups * span >= ROOM:
        times = np.unique(np.concatenate([when, worth, before]))
        places = [np.searchsorted(times, part) for part in (when, worth, before)]
        found = _best(group, places[0], places[1], asked, places[2])
        return np.where(found == BEFORE_TIME, BEFORE_TIME, times[np.maximum(found, 0)])
    placed = [np.where(part == NEVER, span - 1, part - least) for part in (when, worth, before)]
    order = np.argsort(group * span + placed[0])
    sorted_group = group[order]
    best = np.maximum.accumulate(sorted_group * span + placed[1][order])
    place = np.searchsorted((group * span + placed[0])[order], asked * span + placed[2], "left") - 1
    inside = (place >= 0) & (sorted_group[place] == asked)
    worths = best[place] - asked * span
    return np.where(inside, np.where(worths == span - 1, NEVER, worths + least), BEFORE_TIME)


def _told(reads: Timed, writes: Timed, at: int, best: int) -> Pattern:
    """The read, the last write of its value that began in time, and what replaced that."""
    key, row = int(reads.key[at]), int(reads.row[at])
    mine = (writes.key == key) & (writes.value == reads.value[at])
    if best == NOT_WRITTEN:
        later = np.flatnonzero(mine)
        return Pattern("future" if len(later) else "thin-air", (row, *writes.row[later[:1]].tolist()), key)
    source = np.flatnonzero(mine & (writes.end == best))[:1]
    newer = np.flatnonzero((writes.key == key) & (writes.start > best) & (writes.end < reads.start[at]))[:1]
    return Pattern("stale", (*writes.row[source].tolist(), *writes.row[newer].tolist(), row), key)
