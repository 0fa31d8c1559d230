"""A table of 64-bit fingerprints: which have been met, and as the how-manieth.

Open addressing with linear probing in two flat arrays, twelve bytes a slot, between 40 and 60 % full once it has
grown. One fingerprint at a time goes through memory views, which cost a third of an array's scalar access; many at a
time go through the arrays themselves.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Indices = NDArray[np.uint32]

_GOLDEN = 0x9E3779B97F4A7C15
"""2**64 over the golden ratio: multiplying by it spreads keys that differ in few bits (Knuth, volume 3, 6.4)."""
_MASK = 2**64 - 1
_FULL = 0.6
_GROWTH = 1.5
_SMALLEST = 1024
_SLICE = 1 << 16
"""Slots that are moved at a time into a larger table: what is in flight stays small."""
MOST = 2**32 - 2
"""States that a table can number."""


class TableFull(Exception):
    """More states than 32 bits can number."""


class FingerprintTable:
    """Numbers fingerprints from 0 in the order in which they are added."""

    def __init__(self) -> None:
        self.count = 0
        self._allocate(_SMALLEST)

    def __len__(self) -> int:
        return self.count

    @property
    def nbytes(self) -> int:
        return self._keys.nbytes + self._values.nbytes

    def add(self, fingerprint: int) -> int:
        """The number that the fingerprint already has, or -1: then it gets the next one."""
        if self.count >= self._limit:
            self._grow(self.count + 1)
        key = fingerprint or _GOLDEN
        slot = ((key * _GOLDEN & _MASK) >> 32) * self._size >> 32
        keys = self._key_view
        while found := keys[slot]:
            if found == key:
                return self._value_view[slot]
            slot += 1
            if slot == self._size:
                slot = 0
        keys[slot] = key
        self._value_view[slot] = self.count
        self.count += 1
        return -1

    def get(self, fingerprint: int) -> int:
        """The number of the fingerprint, or -1."""
        key = fingerprint or _GOLDEN
        slot = ((key * _GOLDEN & _MASK) >> 32) * self._size >> 32
        while found := self._key_view[slot]:
            if found == key:
                return self._value_view[slot]
            slot = slot + 1 if slot + 1 < self._size else 0
        return -1

    def add_many(self, fingerprints: Words) -> NDArray[np.intp]:
        """Add all; the places in `fingerprints` of those that were new, each at its first occurrence, ascending.

        They are numbered in that order, as if each had been added in turn.
        """
        if self.count + len(fingerprints) >= self._limit:
            fingerprints, places = _first_occurrences(fingerprints)
            self._grow(self.count + len(fingerprints))
        else:
            places = np.arange(len(fingerprints))
        fresh = self._insert(np.where(fingerprints == 0, np.uint64(_GOLDEN), fingerprints))
        return places[fresh]

    def missing(self, fingerprints: Words) -> int:
        """How many of them (counting repetitions) have not been added."""
        keys = np.where(fingerprints == 0, np.uint64(_GOLDEN), fingerprints)
        slots = self._slots(keys)
        waiting, count = np.arange(len(keys)), 0
        while len(waiting):
            found = self._keys[slots[waiting]]
            count += int((found == 0).sum())
            waiting = waiting[(found != 0) & (found != keys[waiting])]
            slots[waiting] += 1
            slots[waiting] %= self._size
        return count

    def snapshot(self) -> Words:
        """The fingerprints in the order of their numbers. A stored 0 comes back as another word."""
        used = self._keys != 0
        ordered = np.empty(self.count, np.uint64)
        ordered[self._values[used]] = self._keys[used]
        return ordered

    def restore(self, fingerprints: Words) -> None:
        """Fill an empty table with the `snapshot` of another."""
        assert self.count == 0, "a table is restored before it is used"
        self._grow(len(fingerprints))
        self._place(fingerprints, np.arange(len(fingerprints), dtype=np.uint32))
        self.count = len(fingerprints)

    # Inside

    def _allocate(self, size: int) -> None:
        if size >= MOST:
            raise TableFull(f"{self.count} states are stored, and 32 bits number no more than {MOST}")
        self._size = size
        self._limit = int(size * _FULL)
        self._keys = np.zeros(size, np.uint64)
        self._values = np.zeros(size, np.uint32)
        self._key_view = memoryview(self._keys.data)
        self._value_view = memoryview(self._values.data)

    def _grow(self, count: int) -> None:
        if count < self._limit:
            return
        keys, values, stored = self._keys, self._values, self.count
        self._allocate(max(int(self._size * _GROWTH), int(count / _FULL * 1.2) + 1))
        for start in range(0, len(keys), _SLICE):
            used = np.flatnonzero(keys[start : start + _SLICE]) + start
            self._place(keys[used], values[used])
        self.count = stored

    def _place(self, keys: Words, values: Indices) -> None:
        """Put in keys, all different and none in the table, with their numbers."""
        slots = self._slots(keys)
        waiting = np.arange(len(keys))
        while len(waiting):
            at = slots[waiting]
            empty = self._keys[at] == 0
            tried, at_empty = waiting[empty], at[empty]
            self._keys[at_empty] = keys[tried]  # of several, the last stays: the others find another word and go on
            won = self._keys[at_empty] == keys[tried]
            self._values[at_empty[won]] = values[tried[won]]
            waiting = np.concatenate((waiting[~empty], tried[~won]))
            slots[waiting] += 1
            slots[waiting] %= self._size

    def _slots(self, keys: Words) -> NDArray[np.int64]:
        mixed = (keys * np.uint64(_GOLDEN)) >> np.uint64(32)
        return ((mixed * np.uint64(self._size)) >> np.uint64(32)).astype(np.int64)

    def _insert(self, keys: Words) -> NDArray[np.intp]:
        """Of several equal new keys the first wins: whoever claims an empty slot writes its place, the least last."""
        slots = self._slots(keys)
        waiting = np.arange(len(keys))[::-1]
        new: list[NDArray[np.intp]] = []
        while len(waiting):
            at = slots[waiting]
            found = self._keys[at]
            empty = found == 0
            if empty.any():
                tried, at_empty = waiting[empty], at[empty]
                self._keys[at_empty] = keys[tried]
                self._values[at_empty] = tried
                own = self._keys[at_empty] == keys[tried]
                winners = tried[own & (self._values[at_empty] == tried)]
                new.append(winners)
                settled = own
                rest = tried[~settled]
                passed = waiting[~empty & (found != keys[waiting])]
                # Both go on to the next slot; the order (descending places) must be kept for the rule above.
                waiting = np.sort(np.concatenate((rest, passed)))[::-1]
            else:
                waiting = waiting[found != keys[waiting]]
            slots[waiting] += 1
            slots[waiting] %= self._size
        fresh = np.sort(np.concatenate(new)) if new else np.empty(0, np.intp)
        self._number(keys[fresh])
        return fresh

    def _number(self, keys: Words) -> None:
        """Give new keys, which are in the table with other values, the next numbers."""
        slots = self._slots(keys)
        waiting = np.arange(len(keys))
        while len(waiting):
            hit = self._keys[slots[waiting]] == keys[waiting]
            done = waiting[hit]
            self._values[slots[done]] = self.count + done
            waiting = waiting[~hit]
            slots[waiting] += 1
            slots[waiting] %= self._size
        self.count += len(keys)


def _first_occurrences(fingerprints: Words) -> tuple[Words, NDArray[np.intp]]:
    _, places = np.unique(fingerprints, return_index=True)
    places.sort()
    return fingerprints[places], places
