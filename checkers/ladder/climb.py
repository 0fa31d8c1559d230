"""The whole ladder at once: every rung judged or implied, and the strongest that hold.

A rung that is decided spares others: what holds makes all weaker rungs hold, what is violated rules all stronger ones
out (`levels.STRONGER`). Cheap rungs go first, so that the dear ones are seldom judged at all.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from checkers.verdict import Verdict
from histories.columns import Columns


class LadderReport(NamedTuple):
    """What one history satisfies."""

    verdicts: Mapping[str, Verdict]
    """By level, in the order of `levels.LEVELS`. An implied one repeats why."""
    implied: Mapping[str, str]
    """Levels that were not judged themselves: the level that decided them."""
    strongest: tuple[str, ...]
    """The levels that hold and that no other level that holds implies."""
    smallest_k: int | None
    """How many of the last writes a read may have to choose from (1: atomic); None where it is not known."""
    smallest_delta: int | None
    """How old, in the file's unit of time, a value that a read returned was at most; None where it is not known."""


def climb(
    columns: Columns, levels: Iterable[str] | None = None, initial: Any = None, budget: int = 2_000_000
) -> LadderReport:
    """Judge `columns` by `levels` (all where None). Raises `UnknownLevel`, and ValueError for operations that a
    register does not have. `budget` bounds the steps of each search."""
    raise NotImplementedError
