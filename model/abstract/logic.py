"""First-order formulas over sorts and relations, without functions: the language of the abstract protocol.

A formula is a value. Nothing here evaluates, solves or prints: the interpreter (`model.abstract.interpreter`) and the
solvers' encoding (`checkers.proofs.protocol`) both read this one form, so they cannot mean two things.

    ~a   not        a & b   and        a | b   or        a >> b   if a then b        iff(a, b)
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of things, unboundedly many of them."""

    name: str


@dataclass(frozen=True, slots=True)
class Var:
    """A variable. Two variables are one if their names and sorts are."""

    name: str
    sort: Sort


class Formula:
    """A formula; combine formulas with ``~ & | >>``."""

    __slots__ = ()

    def __and__(self, other: "Formula") -> "Formula":
        return And((*_parts(self, And), *_parts(other, And)))

    def __or__(self, other: "Formula") -> "Formula":
        return Or((*_parts(self, Or), *_parts(other, Or)))

    def __invert__(self) -> "Formula":
        return self.body if isinstance(self, Not) else Not(self)

    def __rshift__(self, other: "Formula") -> "Formula":
        return ~self | other


@dataclass(frozen=True, slots=True)
class Atom(Formula):
    """The relation named `relation` holds of `args`."""

    relation: str
    args: tuple[Var, ...]


@dataclass(frozen=True, slots=True)
class Same(Formula):
    """Both variables stand for one thing."""

    left: Var
    right: Var


@dataclass(frozen=True, slots=True)
class Not(Formula):
    body: Formula


@dataclass(frozen=True, slots=True)
class And(Formula):
    """All `parts`; the empty conjunction is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or(Formula):
    """Some of `parts`; the empty disjunction is false."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class ForAll(Formula):
    bound: tuple[Var, ...]
    body: Formula


@dataclass(frozen=True, slots=True)
class Exists(Formula):
    bound: tuple[Var, ...]
    body: Formula


TRUE = And(())
FALSE = Or(())


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between things of `sorts`; `rigid` ones never change. Calling it makes an atom."""

    name: str
    sorts: tuple[Sort, ...]
    meaning: str
    """One clause for people, with {0}, {1} for the arguments."""
    rigid: bool = False

    def __call__(self, *args: Var) -> Atom:
        assert tuple(arg.sort for arg in args) == self.sorts, f"{self.name}{tuple(arg.name for arg in args)}"
        return Atom(self.name, args)


def same(left: Var, right: Var) -> Same:
    assert left.sort == right.sort, f"{left.name} = {right.name}"
    return Same(left, right)


def iff(one: Formula, other: Formula) -> Formula:
    return (one >> other) & (other >> one)


def every(*bound: Var, holds: Formula) -> Formula:
    """For all `bound`, `holds`."""
    return ForAll(bound, holds)


def some(*bound: Var, holds: Formula) -> Formula:
    """There are `bound` such that `holds`."""
    return Exists(bound, holds)


def relations(formula: Formula) -> Iterator[str]:
    """The names of the relations in `formula`, from left to right, with repetitions."""
    match formula:
        case Atom(relation):
            yield relation
        case Not(body) | ForAll(_, body) | Exists(_, body):
            yield from relations(body)
        case And(parts) | Or(parts):
            for part in parts:
                yield from relations(part)


def free(formula: Formula) -> dict[Var, None]:
    """The free variables, in the order in which they first occur."""
    found: dict[Var, None] = {}
    match formula:
        case Atom(_, args):
            found.update(dict.fromkeys(args))
        case Same(left, right):
            found.update({left: None, right: None})
        case Not(body):
            found.update(free(body))
        case And(parts) | Or(parts):
            for part in parts:
                found.update(free(part))
        case ForAll(bound, body) | Exists(bound, body):
            found.update({var: None for var in free(body) if var not in bound})
    return found


def _parts(formula: Formula, kind: type[And] | type[Or]) -> tuple[Formula, ...]:
    return formula.parts if isinstance(formula, kind) else (formula,)
