"""Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 2002)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def ddmin(items: Sequence[Item], fails: Callable[[tuple[Item, ...]], bool]) -> tuple[Item, ...]:
    """A part of `items`, in their order, that still fails and is *1-minimal*: without any one of its items it passes.

    Halves are taken out first, then quarters, down to single items, until a whole sweep over single items takes nothing
    out. Of the paper's two kinds of tests (3.2) only those of complements are made: a subset by itself is what is left
    when its complement has gone piece by piece, and for two halves the kinds are the same. `fails(items)` must be true,
    and is not asked; the empty part is asked first. Makes at most about n^2 tests of n items, and about k log n where
    k of them are needed and each of those by itself.
    """
    left = tuple(items)
    if not left or fails(()):
        return ()
    chunk = max(1, len(left) // 2)
    while True:
        smaller = _sweep(left, chunk, fails)
        if chunk == 1 and smaller == left:
            return left
        chunk = max(1, min(chunk // 2, len(smaller) // 2))
        left = smaller


def _sweep(items: tuple[Item, ...], chunk: int, fails: Callable[[tuple[Item, ...]], bool]) -> tuple[Item, ...]:
    """Take out, from left to right, every run of `chunk` items without which it still fails."""
    left, start = items, 0
    while start < len(left):
        without = left[:start] + left[start + chunk :]
        if without and fails(without):
            left = without
        else:
            start += chunk
    return left
