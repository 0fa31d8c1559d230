"""Formulas of a finite instance without variables: conditions on the bits of a state.

Things are put in for variables, quantifiers become long conjunctions and disjunctions, rigid relations and equality
become true or false, and negation moves down to the bits. What is left is small: most conditions of most steps are a
few bits that must be set and a few that must not.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from model.abstract.instance import Instance
from model.abstract.logic import And, Atom, Exists, ForAll, Formula, Not, Or, Same, Var
from model.abstract.protocol import Protocol


class Bit(NamedTuple):
    """The bit with this number is set, or is not."""

    number: int
    value: bool


class All(NamedTuple):
    """All of them hold, two or more."""

    parts: tuple["Condition", ...]


class Any(NamedTuple):
    """One of them holds, of two or more."""

    parts: tuple["Condition", ...]


Condition = bool | Bit | All | Any


class Grounding:
    """The bits of the states of one instance, and its formulas as conditions on them."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        self.protocol = protocol
        self.instance = instance
        self.bits: dict[tuple[str, tuple[str, ...]], int] = {}
        """The number of each tuple of a mutable relation: relations in the protocol's order, first things fastest."""
        for relation in protocol.mutable:
            for chosen in product(*(instance.things[sort.name] for sort in reversed(relation.sorts))):
                self.bits[relation.name, chosen[::-1]] = len(self.bits)
        self._rigid = {r.name: instance.rigid.get(r.name, frozenset()) for r in protocol.rigid}

    def ground(self, formula: Formula, given: Mapping[Var, str], value: bool = True) -> Condition:
        """That `formula`, where its free variables stand for the `given` things, is true, or with `value` false."""
        match formula:
            case Atom(relation, args):
                chosen = tuple(given[arg] for arg in args)
                if relation in self._rigid:
                    return (chosen in self._rigid[relation]) == value
                return Bit(self.bits[relation, chosen], value)
            case Same(left, right):
                return (given[left] == given[right]) == value
            case Not(body):
                return self.ground(body, given, not value)
            case And(parts) | Or(parts):
                found: Iterator[Condition] = (self.ground(part, given, value) for part in parts)
                return joined(found, isinstance(formula, And) == value)
            case ForAll(bound, body) | Exists(bound, body):
                choices = product(*(self.instance.things[var.sort.name] for var in bound))
                found = (
                    self.ground(body, {**given, **dict(zip(bound, chosen, strict=True))}, value) for chosen in choices
                )
                return joined(found, isinstance(formula, ForAll) == value)
        raise AssertionError(formula)


def joined(parts: Iterator[Condition], conjunction: bool) -> Condition:
    """All of the parts, or any; constants, repetitions and plain contradictions are simplified away."""
    kept: dict[Condition, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part != conjunction:
                return part
        elif isinstance(part, All if conjunction else Any):
            kept.update(dict.fromkeys(part.parts))
        else:
            kept[part] = None
    for part in kept:
        if isinstance(part, Bit) and Bit(part.number, not part.value) in kept:
            return not conjunction
    if len(kept) < 2:
        return next(iter(kept), conjunction)
    return All(tuple(kept)) if conjunction else Any(tuple(kept))


def given(condition: Condition, known: Mapping[int, bool]) -> Condition:
    """The condition where some bits are known."""
    match condition:
        case Bit(number, value):
            return condition if number not in known else known[number] == value
        case All(parts) | Any(parts):
            return joined((given(part, known) for part in parts), isinstance(condition, All))
    return condition


def required(condition: Condition) -> dict[int, bool]:
    """The bits whose values a condition plainly requires."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    return {part.number: part.value for part in parts if isinstance(part, Bit)}
