"""Which steps of an abstract protocol commute, read off their conditions."""

from collections.abc import Iterator
from typing import NamedTuple

from model.abstract.grounding import All, Any, Bit, Condition
from model.abstract.transitions import Transition


class Footprint(NamedTuple):
    """The bits that a step reads and writes, as bit sets."""

    reads: int
    raises: int
    """Bits that it sets or leaves: two steps that only raise a bit commute on it."""
    lowers: int
    """Bits that it clears."""
    writes: int
    """Bits that it writes in any other way."""


def footprint(step: Transition) -> Footprint:
    """What a step touches."""
    reads, raises, lowers, writes = _bits(step.possible), 0, 0, 0
    for bit, value in step.becomes:
        if value is False:
            lowers |= 1 << bit
            continue
        parts = value.parts if isinstance(value, Any) else (value,)
        if value is True or Bit(bit, True) in parts:
            raises |= 1 << bit
            parts = tuple(part for part in parts if part != Bit(bit, True))
        else:
            writes |= 1 << bit
        for part in parts:
            reads |= _bits(part)
    return Footprint(reads, raises, lowers, writes)


def commute(one: Footprint, other: Footprint) -> bool:
    """Neither writes what the other reads, and what both write they write alike."""
    first, second = one.raises | one.lowers | one.writes, other.raises | other.lowers | other.writes
    alike = (one.raises & other.raises) | (one.lowers & other.lowers)
    return not (first & other.reads or second & one.reads or (first & second & ~alike))


def _bits(condition: Condition) -> int:
    found = 0
    for bit in _numbers(condition):
        found |= 1 << bit
    return found


def _numbers(condition: Condition) -> Iterator[int]:
    match condition:
        case Bit(number):
            yield number
        case All(parts) | Any(parts):
            for part in parts:
                yield from _numbers(part)
