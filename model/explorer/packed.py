"""Conditions and steps on one state that is packed into an integer: its bit number b is bit number b of the state."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from model.abstract.grounding import All, Any, Bit, Condition
from model.abstract.interpreter import Step
from model.abstract.transitions import Transition

Packed = int
Test = Callable[[Packed], bool]


class Move(NamedTuple):
    """A step on packed states: possible where ``state & mask == value`` and `also` holds."""

    step: Step
    mask: int
    value: int
    also: Test | None
    keep: int
    sets: int
    copies: tuple[tuple[int, int], ...]
    """Bits ``state & mask``, moved left (or right, where negative), are or-ed in."""
    rest: tuple[tuple[int, Test], ...]
    """Bits that are or-ed in where a condition holds."""

    def after(self, state: Packed) -> Packed:
        """The state after the step, of a state where it is possible."""
        found = (state & self.keep) | self.sets
        for mask, left in self.copies:
            found |= (state & mask) << left if left >= 0 else (state & mask) >> -left
        for bit, holds in self.rest:
            if holds(state):
                found |= bit
        return found


def move(transition: Transition) -> Move:
    """The step as an operation on packed states."""
    condition = transition.possible
    parts = condition.parts if isinstance(condition, All) else (condition,)
    bits = [part for part in parts if isinstance(part, Bit)]
    others = tuple(part for part in parts if not isinstance(part, Bit) and part is not True)
    keep, sets = -1, 0
    copies: dict[int, int] = {}
    rest: list[tuple[int, Test]] = []
    for bit, value in transition.becomes:
        also = value.parts if isinstance(value, Any) else (value,)
        if Bit(bit, True) not in also:
            keep &= ~(1 << bit)
        for part in also:
            if isinstance(part, bool):
                sets |= part << bit
            elif isinstance(part, Bit) and part.value:
                if part.number != bit:
                    copies[bit - part.number] = copies.get(bit - part.number, 0) | 1 << part.number
            else:
                rest.append((1 << bit, test(part)))
    return Move(
        transition.step,
        _mask(bits),
        _mask(bit for bit in bits if bit.value),
        test(All(others) if len(others) > 1 else others[0]) if others else None,
        keep,
        sets,
        tuple((mask, left) for left, mask in copies.items()),
        tuple(rest),
    )


def test(condition: Condition) -> Test:
    """Whether a condition holds of a packed state."""
    if condition is True or condition is False:
        constant: bool = condition
        return lambda _: constant
    if isinstance(condition, Bit):
        condition = All((condition,))
    together, parts = isinstance(condition, All), condition.parts
    bits = [part for part in parts if isinstance(part, Bit)]
    mask = _mask(bits)
    value = _mask(bit for bit in bits if bit.value == together)
    rest = tuple(test(part) for part in parts if not isinstance(part, Bit))
    if together:
        return lambda state: state & mask == value and all(holds(state) for holds in rest)
    return lambda state: state & mask != value or any(holds(state) for holds in rest)


def _mask(bits: Iterable[Bit]) -> int:
    found = 0
    for bit in bits:
        found |= 1 << bit.number
    return found
