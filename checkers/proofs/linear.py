"""Formulas as cases of linear constraints: what a Farkas certificate is about.

`min` is split into who is smallest, a count of what is true into true and false; a strict `<` between whole numbers
becomes `<=` with 1 in between.
"""

from itertools import product
from typing import Literal, NamedTuple

from checkers.proofs.terms import Comparison, Every, Formula, Some, Term, negation


class Constraint(NamedTuple):
    """Sum of coefficients times variables `op` bound."""

    coefficients: tuple[tuple[str, int], ...]
    op: Literal["<=", "="]
    bound: int


Case = tuple[Constraint, ...]
"""Constraints that hold together."""


def cases(formula: Formula) -> tuple[Case, ...]:
    """Cases of which at least one holds exactly where the formula does, for whole numbers."""
    match formula:
        case Comparison(left, op, right):
            if op in (">", ">="):
                return cases(Comparison(right, "<" if op == ">" else "<=", left))
            return _comparison(left - right + (1 if op == "<" else 0), "=" if op == "=" else "<=")
        case Every(parts):
            combined = product(*(cases(part) for part in parts))
            return tuple(tuple(constraint for case in cases_of for constraint in case) for cases_of in combined)
        case Some(parts):
            return tuple(case for part in parts for case in cases(part))
        case _:
            raise AssertionError("a formula with quantifiers or switches has no linear cases")


def _comparison(term: Term, op: Literal["<=", "="]) -> tuple[Case, ...]:
    """The cases of `term op 0`."""
    if term.counted:
        (count, formula), *uncounted = term.counted
        rest = Term(term.coefficients, term.constant, term.least, tuple(uncounted))
        return cases(Every((formula, _against(rest + count, op)))) + cases(
            Every((negation(formula), _against(rest, op)))
        )
    if not term.least:
        return ((Constraint(term.coefficients, op, -term.constant),),)
    (count, terms), *others = term.least
    rest = Term(term.coefficients, term.constant, tuple(others))
    found: list[Case] = []
    for at, smallest in enumerate(terms):
        guards: list[Formula] = [smallest <= other for i, other in enumerate(terms) if i != at]
        chosen = rest + smallest * count
        for guard in cases(Every(tuple(guards))):
            found += [(*guard, *case) for case in _comparison(chosen, op)]
    return tuple(found)


def _against(term: Term, op: Literal["<=", "="]) -> Comparison:
    return Comparison(term, op, Term())
