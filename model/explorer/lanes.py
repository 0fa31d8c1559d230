"""One part of a breadth-first search over columns: thousands of states of an abstract protocol in each operation."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.explorer.ancestry import FIRST
from model.explorer.columns import Move, Rows, Test, fingerprints
from model.explorer.part import Found, Round
from model.explorer.table import FingerprintTable, Words

CHUNK = 16_384
"""Rows that are expanded at a time: few enough for a core's cache, many enough to forget the interpreter's cost."""


_NO_PARENTS = np.empty(0, np.uint32)
_NO_ORDINALS = np.empty(0, np.uint16)


class Batch(NamedTuple):
    """Successors on their way to the part that owns them."""

    fingerprints: Words
    parents: NDArray[np.uint32]
    ordinals: NDArray[np.uint16]
    rows: Rows


class LanePart:
    """The states that belong to part number `part` of `parts`; a drop-in for `model.explorer.part.Part`."""

    def __init__(
        self,
        first: Rows,
        moves: Sequence[Move],
        broken: Mapping[str, tuple[Test, str]],
        wanted: Mapping[str, Test],
        part: int = 0,
        parts: int = 1,
    ) -> None:
        self.first, self.moves, self.broken, self.wanted = first, moves, broken, wanted
        self.part, self.parts = part, parts
        self.table = FingerprintTable()
        self._parents: list[NDArray[np.uint32]] = []
        self._ordinals: list[NDArray[np.uint16]] = []
        self._taken = np.zeros(len(moves), np.int64)
        self._level: list[tuple[int, Rows]] = []
        self._next: list[tuple[int, Rows]] = []
        self._found: list[Found] = []
        self._sealed = False
        self._beyond = 0

    # Commands

    def begin(self) -> Round:
        """Take in the first states that belong here."""
        marks = fingerprints(self.first)
        mine = np.flatnonzero(marks % np.uint64(self.parts) == self.part)
        parents = np.full(len(mine), FIRST, np.uint32)
        self._meet(Batch(marks[mine], parents, mine.astype(np.uint16), self.first[mine]))
        return self._report([])

    def next_level(self) -> Round:
        """Make what has been found the level to expand."""
        assert not self._level, "a level is expanded to its end"
        if self._next:  # their numbers follow one another
            rows = np.asfortranarray(np.concatenate([rows for _, rows in self._next]))
            self._level, self._next = [(self._next[0][0], rows)], []
        return self._report([])

    def advance(self, inbox: list[list[Batch]], most: int = CHUNK) -> Round:
        """Take in what others sent, in the order of parts, and expand up to `most` states of the level."""
        for batches in inbox:
            for batch in batches:
                self._meet(batch)
        outboxes: list[list[Batch]] = [[] for _ in range(self.parts)]
        if self._level and most:
            number, rows = self._level.pop()
            if len(rows) > most:
                self._level.append((number + most, rows[most:]))
                rows = rows[:most]
            self._expand(number, rows, outboxes)
        return self._report(outboxes)

    def seal(self) -> None:
        """Take in no new states from now on: only count the steps to them."""
        self._sealed = True

    def unseal(self) -> None:
        """Nothing was left out."""
        self._sealed = False

    def parent(self, number: int) -> tuple[int, int]:
        """The parent of one of this part's states, and the ordinal of the step to it."""
        at = number // self.parts
        for parents, ordinals in zip(self._parents, self._ordinals, strict=True):
            if at < len(parents):
                return int(parents[at]), int(ordinals[at])
            at -= len(parents)
        raise AssertionError(f"there is no state {number}")

    def tally(self) -> tuple[int, dict[str, int]]:
        """Transitions, and how many of each action."""
        counts: dict[str, int] = {}
        for move, count in zip(self.moves, self._taken.tolist(), strict=True):
            counts[move.step.action] = counts.get(move.step.action, 0) + count
        return int(self._taken.sum()), counts

    def snapshot(self) -> dict[str, Any]:
        """For a checkpoint, when a level is about to be expanded."""
        return {
            "fingerprints": self.table.snapshot(),
            "parents": np.concatenate([_NO_PARENTS, *self._parents]),
            "ordinals": np.concatenate([_NO_ORDINALS, *self._ordinals]),
            "taken": self._taken,
            "numbers": np.array([number for number, _ in self._level], np.int64),
            "lengths": np.array([len(rows) for _, rows in self._level], np.int64),
            "rows": np.concatenate([self.first[:0], *(rows for _, rows in self._level)]),
        }

    def restore(self, kept: dict[str, Any]) -> Round:
        """Go on from a snapshot."""
        self.table.restore(kept["fingerprints"])
        self._parents, self._ordinals = [kept["parents"]], [kept["ordinals"]]
        self._taken = kept["taken"]
        pieces = np.split(kept["rows"], np.cumsum(kept["lengths"])[:-1])
        numbers = kept["numbers"].tolist()
        self._level = [(number, np.asfortranarray(rows)) for number, rows in zip(numbers, pieces, strict=False)]
        return self._report([])

    # Inside

    def _expand(self, number: int, rows: Rows, outboxes: list[list[Batch]]) -> None:
        parts, mine = np.uint64(self.parts), self.part
        numbers = (np.arange(number, number + len(rows), dtype=np.uint64) * parts + np.uint64(mine)).astype(np.uint32)
        afters, parents, ordinals = [], [], []
        for ordinal, move in enumerate(self.moves):
            able = np.flatnonzero(move.possible(rows))
            if len(able):
                self._taken[ordinal] += len(able)
                afters.append(move.after(rows[able]))
                parents.append(numbers[able])
                ordinals.append(np.full(len(able), ordinal, np.uint16))
        if not afters:
            return
        all_rows = np.asfortranarray(np.concatenate(afters))
        batch = Batch(fingerprints(all_rows), np.concatenate(parents), np.concatenate(ordinals), all_rows)
        if self.parts == 1:
            self._meet(batch)
            return
        owners = batch.fingerprints % parts
        for to in range(self.parts):
            theirs = np.flatnonzero(owners == to)
            marks, origins, steps, found = batch
            sent = Batch(marks[theirs], origins[theirs], steps[theirs], found[theirs])
            if to == mine:
                self._meet(sent)
            elif len(theirs):
                outboxes[to].append(sent)

    def _meet(self, batch: Batch) -> None:
        if self._sealed:
            self._beyond += self.table.missing(batch.fingerprints)
            return
        number = len(self.table)
        fresh = self.table.add_many(batch.fingerprints)
        if not len(fresh):
            return
        rows = np.asfortranarray(batch.rows[fresh])
        self._parents.append(batch.parents[fresh])
        self._ordinals.append(batch.ordinals[fresh])
        self._next.append((number, rows))
        for name, (test, reason) in self.broken.items():
            self._look(name, reason, test, number, rows)
        for name, test in self.wanted.items():
            self._look(name, "", test, number, rows)

    def _look(self, name: str, reason: str, test: Test, number: int, rows: Rows) -> None:
        hits = test(rows)
        if hits.any():
            self._found.append(Found(name, reason, (number + int(hits.argmax())) * self.parts + self.part))

    def _report(self, outboxes: list[Any]) -> Round:
        found, self._found = self._found, []
        count = len(self.table)
        waiting, following = (sum(len(rows) for _, rows in level) for level in (self._level, self._next))
        return Round(outboxes, waiting, following, count, self.table.nbytes + 6 * count, found, self._beyond)
