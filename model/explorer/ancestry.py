"""How each visited state was reached: the state before it, and which of that state's steps it was. Six bytes a state.

Nothing else is kept of a visited state. A run is rebuilt by taking its steps again from the first state, so a system
must offer the steps of a state in one order, always.
"""

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np

FIRST = 2**32 - 1
"""The parent of a first state; its ordinal says which of the first states it is."""
MOST_STEPS = 2**16 - 1


class Ancestry:
    """Parents and ordinals by the number of the state."""

    def __init__(self) -> None:
        self.parents = array("I")
        self.ordinals = array("H")

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def nbytes(self) -> int:
        return len(self.parents) * (self.parents.itemsize + self.ordinals.itemsize)

    def append(self, parent: int, ordinal: int) -> None:
        if ordinal > MOST_STEPS:
            raise ValueError(f"a state has more than {MOST_STEPS} steps; accepted: fewer")
        self.parents.append(parent)
        self.ordinals.append(ordinal)

    def snapshot(self) -> dict[str, Any]:
        return {"parents": np.array(self.parents, np.uint32), "ordinals": np.array(self.ordinals, np.uint16)}

    def restore(self, kept: dict[str, Any]) -> None:
        self.parents = array("I", kept["parents"].tobytes())
        self.ordinals = array("H", kept["ordinals"].tobytes())

    def of(self, number: int) -> tuple[int, int]:
        """The parent of a state and the ordinal of the step from it."""
        return self.parents[number], self.ordinals[number]


def ordinals(ancestry: Ancestry, number: int) -> Iterator[int]:
    """The ordinals of the steps to a state from the last back to the first state's own."""
    while number != FIRST:
        number, ordinal = ancestry.of(number)
        yield ordinal
