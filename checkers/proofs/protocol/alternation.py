"""Whether a set of formulas is effectively propositional, so that solvers can decide it (Padon et al. 2017).

Skolemising an existential quantifier below universal ones makes a function from their sorts to its own. If no chain of
such functions comes back to a sort, only finitely many terms exist, a finite model is found wherever there is one, and
"unknown" has no excuse. `edges` computes those functions from the formulas as they are asserted: a universal
quantifier under a negation is an existential one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from checkers.proofs.protocol.obligations import Obligation
from model.abstract.logic import And, Exists, ForAll, Formula, Not, Or


class Edge(NamedTuple):
    """A value of the sort `to` is made from a value of the sort `of`."""

    of: str
    to: str


def edges(formula: Formula) -> frozenset[Edge]:
    """The edges of one asserted formula."""
    return frozenset(_edges(formula, True, ()))


def _edges(formula: Formula, positive: bool, above: tuple[str, ...]) -> Iterable[Edge]:
    match formula:
        case Not(body):
            yield from _edges(body, not positive, above)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _edges(part, positive, above)
        case ForAll(bound, body) | Exists(bound, body):
            sorts = tuple(var.sort.name for var in bound)
            if isinstance(formula, ForAll) == positive:
                yield from _edges(body, positive, above + sorts)
            else:
                yield from (Edge(of, to) for of in above for to in sorts)
                yield from _edges(body, positive, above)


def of_obligation(obligation: Obligation) -> frozenset[Edge]:
    """The edges of everything that the obligation's script asserts."""
    asserted = [assumption.formula for assumption in obligation.group.assumptions]
    return frozenset().union(*map(edges, [*asserted, ~obligation.claim.formula]))


def order(found: Iterable[Edge]) -> tuple[str, ...] | None:
    """The sorts, each after all that it is made from; None where some sort is made from itself."""
    made_from: dict[str, set[str]] = {}
    for of, to in sorted(found):
        made_from.setdefault(of, set())
        made_from.setdefault(to, set()).add(of)
    ordered: list[str] = []
    while made_from:
        ready = sorted(sort for sort, of in made_from.items() if of.issubset(ordered))
        if not ready:
            return None
        ordered += ready
        for sort in ready:
            del made_from[sort]
    return tuple(ordered)


def cycle(found: Iterable[Edge]) -> tuple[str, ...]:
    """Sorts each of which is made from the one before, the first from the last; empty where there is no such ring."""
    makes = {of: [to for start, to in sorted(found) if start == of] for of, _ in sorted(found)}
    for first in makes:
        paths: list[tuple[str, ...]] = [(first,)]
        seen: set[str] = set()
        while paths:
            path = paths.pop(0)
            for to in makes.get(path[-1], ()):
                if to == first:
                    return path
                if to not in seen:
                    seen.add(to)
                    paths.append((*path, to))
    return ()
