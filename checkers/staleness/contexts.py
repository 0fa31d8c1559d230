"""The staleness of this store's own gets: their contexts say what they knew.

A get is fresh if its context covers the name of every put that was acknowledged before it began; each that it does
not cover it missed. Of puts that had not seen each other a get must know all, for it returns all. What a delete may
have made the store forget counts as known (`checkers.forgotten`). The age is that of the put that began last.
"""

from bisect import bisect_right, insort
from collections import defaultdict

import numpy as np

from checkers.forgotten import Forgotten
from checkers.staleness.measured import LeftOut, Reads, Staleness, summarised
from histories.operation import Operation
from histories.run import RecordedRun


class _Puts:
    """The acknowledged puts of one key, as far as they have ended."""

    def __init__(self) -> None:
        self.newest: Operation | None = None
        self.counters: dict[str, list[int]] = defaultdict(list)
        """Per actor the counters of its puts, ascending."""

    def add(self, put: Operation) -> None:
        assert put.dot is not None, "it was acknowledged"
        insort(self.counters[put.dot[0]], put.dot[1])
        if self.newest is None or put.start_us > self.newest.start_us:
            self.newest = put


def staleness(run: RecordedRun) -> Staleness:
    """How stale the gets of a run were. Ages are microseconds."""
    return summarised(*sample(run))


def sample(run: RecordedRun) -> tuple[Reads, LeftOut]:
    """Each get that began after an acknowledged put, and how many did not."""
    forgotten = Forgotten(run)
    puts: dict[str, _Puts] = defaultdict(_Puts)
    ended = sorted((op for op in run.operations if op.dot is not None), key=lambda op: (op.end_us or 0, op.index))
    done = early = unheard = 0
    table: list[tuple[int, int, int]] = []
    for get in run.operations:
        if get.kind != "get":
            continue
        if get.outcome != "ok":
            unheard += 1
            continue
        while done < len(ended) and (ended[done].end_us or 0) < get.start_us:
            puts[ended[done].key].add(ended[done])
            done += 1
        known = puts[get.key]
        if known.newest is None:
            early += 1
            continue
        table.append((get.index, get.start_us - (known.newest.end_us or 0), _missed(get, known, forgotten)))
    row, age, missed = np.array(table, dtype=np.int64).reshape(len(table), 3).T
    return Reads(row, age, missed), LeftOut(early, 0, unheard)


def _missed(get: Operation, known: _Puts, forgotten: Forgotten) -> int:
    """How many of the puts the get's context does not cover."""
    found = 0
    for actor, counters in known.counters.items():
        unseen = counters[bisect_right(counters, get.seen.get(actor, 0)) :]
        found += sum(not forgotten.covers(get.key, actor, counter, get.end_us or 0) for counter in unseen)
    return found
