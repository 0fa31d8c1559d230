"""What operations were given and what they returned: the value columns, made from raw rows according to the function.

A read has a result and no argument; a compare-and-set has two arguments in one pair; a transaction is brought into
normal form. Work on values is done once per distinct value, everything else on whole columns.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.columns import (
    ACQUIRE,
    ADD,
    APPEND,
    CAS,
    DELETE,
    NIL,
    NONE,
    OK,
    READ,
    RELEASE,
    TXN,
    WRITE,
    Ints,
    Mark,
)
from histories.errors import Malformed
from histories.interning import Interned
from histories.transaction import transaction

SILENT = (ACQUIRE, RELEASE, DELETE)
"""Functions without argument and result."""
QUIET = (WRITE, CAS, APPEND, ADD, *SILENT)
"""Functions without result."""
CODES = 128
"""Functions have numbers below this (`histories.events.MAX_FUNCTIONS`)."""


class Misfit(Exception):
    """The argument of operation `index` is not what its function takes."""

    def __init__(self, index: int, bad: Malformed) -> None:
        super().__init__(str(bad))
        self.index = index
        self.bad = bad


class Filled(NamedTuple):
    value: Ints
    value2: Ints
    result: Ints
    values: Sequence[Any]


def fill(
    f: NDArray[np.int8], given: Ints, told: Ints, status: NDArray[np.int8], values: Sequence[Any], nil: int
) -> Filled:
    """The value columns. `given` and `told` hold what stood in invocations and completions, nil as `NIL`.

    A completed read of nil becomes `nil` (`NIL` or `UNKNOWN`). Raises `Misfit`.
    """
    table = Table(values)
    value = np.where(((given != NIL) | (f == WRITE)) & ~_one_of(f, (READ, *SILENT)), given, NONE)
    value2 = np.full(len(f), NONE, np.int64)
    done = status == OK
    result = np.where(done & ~_one_of(f, QUIET), told, NONE)
    if nil != NIL:
        result[(f == READ) & (result == NIL)] = nil
    swaps, deals = f == CAS, f == TXN
    if swaps.any():
        first, second = table.mapped(swaps, given, _pair).T
        value[swaps], value2[swaps] = first, second
    if deals.any():
        value[deals] = table.mapped(deals, given, lambda found: (transaction(found, Mark.NONE),))[:, 0]
    answered = deals & done
    if answered.any():
        nothing = Mark(nil)
        result[answered] = table.mapped(answered, told, lambda found: (transaction(found, nothing),))[:, 0]
    return Filled(value, value2, result, table.values)


def _one_of(f: NDArray[np.int8], functions: tuple[int, ...]) -> NDArray[np.bool_]:
    table = np.zeros(CODES, np.bool_)
    table[list(functions)] = True
    return table[f]


def _pair(found: Any) -> tuple[Any, Any]:
    if type(found) is not tuple or len(found) != 2:
        raise Malformed(f"compare-and-set of {found!r}", "a pair [expected new]")
    return found


class Table:
    """A table of values to which new ones can be added; the old ones keep their numbers."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self._interned: Interned | None = None

    def mapped(self, rows: NDArray[np.bool_], column: Ints, change: Callable[[Any], tuple[Any, ...]]) -> Ints:
        """For each of `rows`, the numbers of what `change` makes of its value in `column`; one line a row."""
        if self._interned is None:
            self._interned = Interned()
            for value in self.values:
                self._interned.code(value)
            self.values = self._interned.table
        codes, inverse = np.unique(column[rows], return_inverse=True)
        made = []
        for code in codes:
            try:
                parts = change(self.values[code] if code >= 0 else None)
            except Malformed as bad:
                raise Misfit(int(np.flatnonzero(rows & (column == code))[0]), bad) from None
            made.append([NIL if part is None else self._interned.code(part) for part in parts])
        return np.array(made, np.int64)[inverse]


def rewritten(f: NDArray[np.int8], given: Ints, told: Ints, status: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which operations were acknowledged with another argument than they were invoked with."""
    repeats = _one_of(f, (WRITE, CAS, APPEND)) & (status == OK)
    return np.asarray(repeats & (given != NIL) & (told != NIL) & (given != told), np.bool_)
