"""Runs rebuilt from the ordinals of their steps."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from model.explorer.outcome import Taken
from model.explorer.system import System


class Unrepeatable(Exception):
    """A system that does not offer the same steps again: it depends on something that is not in its states."""


def replay(system: System[Any], ordinals: Sequence[int]) -> tuple[Any, tuple[Taken, ...]]:
    """The first state with the first ordinal, and the steps with the others from there. Raises `Unrepeatable`."""
    firsts = list(islice(system.initial(), ordinals[0], ordinals[0] + 1))
    if not firsts:
        raise Unrepeatable(f"there is no first state number {ordinals[0]} any more")
    state = firsts[0]
    taken: list[Taken] = []
    for ordinal in ordinals[1:]:
        found = next(islice(system.steps(state), ordinal, None), None)
        if found is None:
            raise Unrepeatable(f"after {len(taken)} steps there is no step number {ordinal} any more")
        label, state = found
        taken.append(Taken(label, state))
    return firsts[0], tuple(taken)
