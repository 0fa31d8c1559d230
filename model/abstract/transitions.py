"""The steps of a finite instance as conditions on bits: when each is possible, and what each bit becomes.

The same steps as `model.abstract.interpreter` takes, worked out once instead of state by state.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from model.abstract.grounding import Bit, Condition, Grounding, given, joined, required
from model.abstract.interpreter import Step
from model.abstract.protocol import Action


class Transition(NamedTuple):
    """One step with its things chosen. Bits that are not in `becomes` stay as they are."""

    step: Step
    possible: Condition
    becomes: tuple[tuple[int, Condition], ...]
    """What each bit becomes, told of the state before, where `possible` holds of it."""


def transitions(grounding: Grounding) -> Iterator[Transition]:
    """Every step that some state may allow, in the order in which the interpreter tries them."""
    for action in grounding.protocol.actions:
        for args in product(*(grounding.instance.things[var.sort.name] for var in action.params)):
            found = _transition(grounding, action, args)
            if found.possible is not False:
                yield found


def _transition(grounding: Grounding, action: Action, args: tuple[str, ...]) -> Transition:
    chosen = dict(zip(action.params, args, strict=True))
    possible = joined((grounding.ground(guard.formula, chosen) for guard in action.guards), True)
    known = required(possible)
    becomes: list[tuple[int, Condition]] = []
    for update in action.updates if possible is not False else ():
        for names in product(*(grounding.instance.things[var.sort.name] for var in update.bound)):
            bit = grounding.bits[update.relation.name, names]
            value = grounding.ground(update.formula, {**chosen, **dict(zip(update.bound, names, strict=True))})
            value = given(value, known)
            before = known.get(bit, Bit(bit, True))
            if value != before:
                becomes.append((bit, value))
    return Transition(Step(action.name, args), possible, tuple(becomes))


def constants(grounding: Grounding, steps: Sequence[Transition], initial: Mapping[int, bool]) -> dict[int, bool]:
    """Bits that provably keep their `initial` value in every reachable state.

    A bit may vary once some step that may be possible makes it differ; what the varying bits are is not looked at.
    """
    known = dict(initial)
    while True:
        changed = [
            bit
            for step in steps
            if given(step.possible, known) is not False
            for bit, value in step.becomes
            if bit in known and given(value, known) != known[bit]
        ]
        if not changed:
            return known
        for bit in changed:
            known.pop(bit, None)
