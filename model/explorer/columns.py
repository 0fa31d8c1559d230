"""Conditions and steps on many states at once: the states of an instance as columns of 64-bit words.

A state's varying bits are packed into as few words as they need, and n states are an array of n rows. A conjunction of
bits is one mask and one comparison; a step is a mask of what it clears, a word of what it sets, and a few shifts for
bits that take another bit's value.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.abstract.grounding import All, Any, Bit, Condition, given
from model.abstract.transitions import Transition

Rows = NDArray[np.uint64]
"""States: one row each, words in columns (stored column by column)."""
Truth = NDArray[np.bool_]
Test = Callable[[Rows], Truth]


class Layout:
    """Where each varying bit is in the words of a row. Bits with a known value are in none."""

    def __init__(self, bits: int, known: Mapping[int, bool]) -> None:
        self.known = dict(known)
        self.places = {bit: divmod(at, 64) for at, bit in enumerate(b for b in range(bits) if b not in self.known)}
        self.words = max(1, -(-len(self.places) // 64))

    def pack(self, state: Mapping[int, bool]) -> Rows:
        """One state as a row. Bits that are missing are not set."""
        words = [0] * self.words
        for bit, (word, place) in self.places.items():
            words[word] |= state.get(bit, False) << place
        return np.asfortranarray(np.array([words], np.uint64))

    def unpack(self, row: NDArray[np.uint64]) -> dict[int, bool]:
        """The value of every bit."""
        words = [int(word) for word in row]
        varying = {bit: bool(words[word] >> place & 1) for bit, (word, place) in self.places.items()}
        return {**self.known, **varying}

    def test(self, condition: Condition) -> Test:
        """Of which rows a condition holds."""
        return _test(given(condition, self.known), self.places)


def _test(condition: Condition, places: Mapping[int, tuple[int, int]]) -> Test:
    if isinstance(condition, bool):
        return lambda rows: np.full(len(rows), condition)
    if isinstance(condition, Bit):
        condition = All((condition,))
    parts = condition.parts
    together = isinstance(condition, All)
    tests: list[Test] = []
    bits = [part for part in parts if isinstance(part, Bit)]
    for word in sorted({places[bit.number][0] for bit in bits}):  # order-free: sorted
        here = [(places[bit.number][1], bit.value) for bit in bits if places[bit.number][0] == word]
        mask = _mask(place for place, _ in here)
        # All must have their values; or not all may have the opposite ones.
        compared = _mask(place for place, value in here if value == together)
        tests.append(_equal(word, mask, compared) if together else _unequal(word, mask, compared))
    tests += [_test(part, places) for part in parts if not isinstance(part, Bit)]
    if len(tests) == 1:
        return tests[0]
    return _conjunction(tests) if together else _disjunction(tests)


def _mask(places: Iterable[int]) -> np.uint64:
    found = 0
    for place in places:
        found |= 1 << place
    return np.uint64(found)


def _equal(word: int, mask: np.uint64, value: np.uint64) -> Test:
    return lambda rows: (rows[:, word] & mask) == value


def _unequal(word: int, mask: np.uint64, value: np.uint64) -> Test:
    return lambda rows: (rows[:, word] & mask) != value


def _conjunction(tests: list[Test]) -> Test:
    def test(rows: Rows) -> Truth:
        truth = tests[0](rows)
        for another in tests[1:]:
            truth &= another(rows)
        return truth

    return test


def _disjunction(tests: list[Test]) -> Test:
    def test(rows: Rows) -> Truth:
        truth = tests[0](rows)
        for another in tests[1:]:
            truth |= another(rows)
        return truth

    return test


class _Shift(NamedTuple):
    """Bits `mask` of word `source` go to word `target`, `left` places higher (or lower)."""

    source: int
    target: int
    left: int
    mask: np.uint64


class Move:
    """A step as an operation on rows."""

    def __init__(self, transition: Transition, layout: Layout) -> None:
        self.step = transition.step
        self.possible = layout.test(transition.possible)
        keep = [2**64 - 1] * layout.words
        sets = [0] * layout.words
        copies: dict[tuple[int, int, int], int] = {}
        self._rest: list[tuple[int, np.uint64, Test]] = []
        for bit, condition in transition.becomes:
            word, place = layout.places[bit]
            value = given(condition, layout.known)
            also = value.parts if isinstance(value, Any) else (value,)
            if Bit(bit, True) in also:  # it keeps what it has: only the others need saying
                also = tuple(part for part in also if part != Bit(bit, True))
            else:
                keep[word] &= ~(1 << place)
            for part in also:
                if isinstance(part, bool):
                    sets[word] |= part << place
                elif isinstance(part, Bit) and part.value:
                    source, at = layout.places[part.number]
                    key = (source, word, place - at)
                    copies[key] = copies.get(key, 0) | 1 << at
                else:
                    self._rest.append((word, np.uint64(place), layout.test(part)))
        self._words = [(np.uint64(k), np.uint64(s)) for k, s in zip(keep, sets, strict=True)]
        self._shifts = [_Shift(*key, np.uint64(mask)) for key, mask in copies.items()]

    def after(self, rows: Rows) -> Rows:
        """The rows after the step, of rows where it is possible."""
        found = np.empty_like(rows)
        for word, (keep, sets) in enumerate(self._words):
            found[:, word] = (rows[:, word] & keep) | sets
        for source, target, left, mask in self._shifts:
            moved = rows[:, source] & mask
            found[:, target] |= moved << np.uint64(left) if left >= 0 else moved >> np.uint64(-left)
        for word, place, test in self._rest:
            found[:, word] |= test(rows).astype(np.uint64) << place
        return found


def fingerprints(rows: Rows) -> NDArray[np.uint64]:
    """64 bits of each row. Rows of one word have them one to one (the finaliser of SplitMix64 is a bijection)."""
    mixed = _mix(rows[:, 0])
    for word in range(1, rows.shape[1]):
        mixed = _mix(mixed * np.uint64(0x9E3779B97F4A7C15) ^ rows[:, word])
    return mixed


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words ^= words >> np.uint64(30)
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(27)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(31)
    return words
