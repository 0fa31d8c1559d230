"""Registers, compare-and-set and locks as numbers: every operation asks for a state, leaves a state, or both.

Failed operations had no effect and are dropped here, as are reads that nobody saw the result of. A compare-and-set
that was answered "not the expected value" can be kept as an observation (`mismatches=True`); the status ``fail`` alone
does not say that it was one, so that is off unless asked for.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.linearizability.operations import NEVER, Interval
from histories.columns import ACQUIRE, CAS, DELETE, FAIL, INFO, NIL, NONE, OK, READ, RELEASE, UNKNOWN, WRITE, Columns
from model.specifications.specification import Call

Ints = NDArray[np.int64]

ANY = NONE
"""`pre`: the operation does not ask for the state. `post`: it leaves the state as it is."""
FREE, HELD = 0, 1
"""The states of a lock."""


class Transitions(NamedTuple):
    """Operations as parallel arrays, in the order of the history."""

    start: Ints
    end: Ints
    """`NEVER` where the outcome is unknown."""
    pre: Ints
    """The state that it asks for; `ANY` for a write."""
    post: Ints
    """The state that it leaves; `ANY` for a read."""
    unequal: NDArray[np.bool_]
    """It asks for any state but `pre`."""
    required: NDArray[np.bool_]
    """False where the outcome is unknown: it may never take effect."""
    row: Ints
    """Its row in the history."""
    key: NDArray[np.int32]
    initial: int
    """The state of every key before its first operation."""

    def take(self, chosen: Any) -> "Transitions":
        """Some of the operations."""
        arrays = (self.start, self.end, self.pre, self.post, self.unequal, self.required, self.row, self.key)
        start, end, pre, post, unequal, required, row, key = (array[chosen] for array in arrays)
        return Transitions(start, end, pre, post, unequal, required, row, key, self.initial)

    def intervals(self) -> list[Interval]:
        """The operations for the searches that take calls; states stand for values."""
        columns = (self.start, self.end, self.pre, self.post, self.unequal, self.required, self.row)
        told = zip(*[column.tolist() for column in columns], strict=True)
        return [
            Interval(start, end, _call(pre, post, unequal), required, row)
            for start, end, pre, post, unequal, required, row in told
        ]


class Grouped(NamedTuple):
    """Operations sorted by key, and within a key by start."""

    operations: Transitions
    bounds: Ints
    """The operations of the i-th key are those from `bounds[i]` to `bounds[i + 1]`."""
    key: Ints
    """The code of the i-th key."""

    def of(self, at: int) -> Transitions:
        """The operations of the i-th key."""
        return self.operations.take(slice(int(self.bounds[at]), int(self.bounds[at + 1])))


def _call(pre: int, post: int, unequal: bool) -> Call:
    if unequal:
        return Call("mismatch", pre)
    if post == ANY:
        return Call("read", None, pre)
    return Call("write", post) if pre == ANY else Call("cas", (pre, post))


def register_transitions(history: Columns, initial: int, mismatches: bool = False) -> Transitions:
    """Of reads, writes, deletes and compare-and-sets. `initial` is a value's code, or `NIL`.

    Raises ValueError where the history holds another operation.
    """
    f, status, value, result = history.f, history.status, history.value, history.result
    reads, cas = f == READ, f == CAS
    _only(history, (READ, WRITE, CAS, DELETE), "register")
    kept = status == OK
    kept &= ~(reads & (result == UNKNOWN))
    kept |= (status == INFO) & ~reads
    unequal = (status == FAIL) & cas if mismatches else np.zeros(len(f), dtype=np.bool_)
    kept |= unequal
    pre = np.where(reads, result, np.where(cas, value, ANY))
    post = np.where(f == WRITE, value, np.where(cas & ~unequal, history.value2, np.where(f == DELETE, NIL, ANY)))
    return _transitions(history, pre, post, unequal, kept, initial)


def mutex_transitions(history: Columns) -> Transitions:
    """Of acquire and release. Raises ValueError where the history holds another operation."""
    _only(history, (ACQUIRE, RELEASE), "mutex")
    acquires = history.f == ACQUIRE
    pre = np.where(acquires, FREE, HELD)
    none = np.zeros(len(pre), dtype=np.bool_)
    return _transitions(history, pre, 1 - pre, none, history.status != FAIL, FREE)


def _only(history: Columns, accepted: tuple[int, ...], model: str) -> None:
    counts = np.bincount(history.f, minlength=len(history.functions))
    for code in np.flatnonzero(counts):
        if int(code) not in accepted:
            row = int(np.argmax(history.f == code))
            names = ", ".join(history.functions[one] for one in accepted)
            raise ValueError(
                f"line {int(history.line[row])}: a {model} has no operation {history.functions[code]!r}; "
                f"accepted: {names}"
            )


def _transitions(
    history: Columns, pre: Ints, post: Ints, unequal: NDArray[np.bool_], kept: NDArray[np.bool_], initial: int
) -> Transitions:
    start, end = history.precedence()
    required = history.status != INFO
    end = np.where(required, end, NEVER) if not required.all() else end
    rows = np.arange(len(kept))
    found = Transitions(start, end, pre, post, unequal, required, rows, history.key, initial)
    return found if kept.all() else found.take(np.flatnonzero(kept))


def grouped(given: Transitions) -> Grouped:
    """The operations by key. What is in order already is not sorted again."""
    key = given.key
    if len(key) and (key != key[0]).any():
        given = given.take(np.argsort(key, kind="stable"))
        key = given.key
    if not np.all((given.start[1:] >= given.start[:-1]) | (key[1:] != key[:-1])):
        given = given.take(np.lexsort((given.start, key)))
        key = given.key
    firsts = np.flatnonzero(np.diff(key, prepend=key[:1] - 1))
    return Grouped(given, np.append(firsts, len(key)), key[firsts].astype(np.int64))
