"""Exact conditions derived, not guessed: the sizes of the regions are eliminated from the failure by z3.

What is left speaks of the parameters alone. It is read back into the language of `terms`, freed of what the domain
or the rest of it says already, and both solvers then confirm that it is the opposite of the printed condition.
"""

from typing import Any, NamedTuple

from checkers.proofs.lemma import Lemma
from checkers.proofs.smtlib import assertion, declarations
from checkers.proofs.solving import Solvers, eliminated
from checkers.proofs.terms import (
    FALSE,
    TRUE,
    Comparison,
    Every,
    Formula,
    Named,
    Op,
    Problem,
    Some,
    Term,
    every,
    negation,
    some,
    var,
)


class Derived(NamedTuple):
    """What elimination found."""

    fails_iff: Formula
    """Of the parameters within the domain: exactly then the failure is possible."""
    agrees: Problem
    """That this is the opposite of the printed condition."""
    took_s: float


def derive(lemma: Lemma, solvers: Solvers) -> Derived | None:
    """Eliminate the regions; None where what is left is no formula of `terms` (it has remainders)."""
    import z3  # noqa: PLC0415

    begun = solvers.clock()
    goal = Problem("failure", "", (Named("failure", lemma.broken),), "sat")
    text = "\n".join((*declarations(goal), *(assertion(named) for named in goal.assumptions)))
    try:
        # In a fresh context, so that the form of what is derived does not depend on what was asked before.
        found = _read(eliminated(z3.parse_smt2_string(text, ctx=z3.Context())[0], solvers.timeout_ms))
    except (NotLinear, z3.Z3Exception):
        return None
    fails_iff = _without_the_obvious(found, lemma.domain, solvers)
    return Derived(fails_iff, _agreement(lemma, fails_iff), solvers.clock() - begun)


def _agreement(lemma: Lemma, fails_iff: Formula) -> Problem:
    differs = some(
        every(lemma.condition, fails_iff),
        every(negation(lemma.condition), negation(fails_iff)),
    )
    about = "the derived formula is the opposite of the printed condition"
    return Problem(f"{lemma.name}.derived", about, (*lemma.domain, Named("they differ", differs)), "unsat")


def _without_the_obvious(formula: Formula, domain: tuple[Named, ...], solvers: Solvers) -> Formula:
    """Leave out conjuncts, and parts of disjunctions, that the domain and the others imply."""
    parts: list[Formula] = list(formula.parts) if isinstance(formula, Every) else [formula]
    parts.sort(key=lambda part: -len(str(part)))  # the longest goes first, so that the plainest stays
    for part in tuple(parts):
        others = [other for other in parts if other is not part]
        if _impossible((*domain, *_numbered(others), Named("denied", negation(part))), solvers):
            parts = others
    for at, part in enumerate(parts):
        if isinstance(part, Some):
            parts[at] = _without_the_impossible(part, parts[:at] + parts[at + 1 :], domain, solvers)
    return every(*parts) if parts else TRUE


def _without_the_impossible(part: Some, others: list[Formula], domain: tuple[Named, ...], solvers: Solvers) -> Formula:
    left = [
        choice
        for choice in part.parts
        if not _impossible((*domain, *_numbered(others), Named("chosen", choice)), solvers)
    ]
    return some(*left) if left else FALSE


def _impossible(assumptions: tuple[Named, ...], solvers: Solvers) -> bool:
    """Whether z3 says so; what it cannot decide stays in the formula."""
    asked = Solvers(("z3",), solvers.timeout_ms)
    return asked.ask(Problem("simplify", "", assumptions, "unsat")).result == "proved"


def _numbered(parts: list[Formula]) -> tuple[Named, ...]:
    return tuple(Named(f"part {at}", part) for at, part in enumerate(parts))


class NotLinear(Exception):
    """A z3 expression that the language of `terms` has no word for."""


def _read(expression: Any) -> Formula:
    """A formula of z3's as one of ours."""
    import z3  # noqa: PLC0415

    kind, parts = expression.decl().kind(), expression.children()
    if kind == z3.Z3_OP_TRUE:
        return TRUE
    if kind == z3.Z3_OP_FALSE:
        return FALSE
    if kind == z3.Z3_OP_AND:
        return every(*(_read(part) for part in parts))
    if kind == z3.Z3_OP_OR:
        return some(*(_read(part) for part in parts))
    if kind == z3.Z3_OP_NOT:
        return negation(_read(parts[0]))
    symbols: dict[int, Op] = {
        z3.Z3_OP_LE: "<=",
        z3.Z3_OP_LT: "<",
        z3.Z3_OP_GE: ">=",
        z3.Z3_OP_GT: ">",
        z3.Z3_OP_EQ: "=",
    }
    if kind not in symbols:
        raise NotLinear(str(expression))
    return _tidy(Comparison(_read_term(parts[0]), symbols[kind], _read_term(parts[1])))


def _read_term(expression: Any) -> Term:
    import z3  # noqa: PLC0415

    kind, parts = expression.decl().kind(), expression.children()
    if z3.is_int_value(expression):
        return Term(constant=expression.as_long())
    if kind == z3.Z3_OP_UNINTERPRETED and not parts:
        return var(str(expression.decl().name()))
    if kind == z3.Z3_OP_ADD:
        found = Term()
        for part in parts:
            found = found + _read_term(part)
        return found
    if kind == z3.Z3_OP_MUL and len(parts) == 2 and z3.is_int_value(parts[0]):
        return _read_term(parts[1]) * int(parts[0].as_long())
    raise NotLinear(str(expression))


def _tidy(found: Comparison) -> Comparison:
    """Every variable on the side where it has no minus, capitals first, N on the right: ``R + W <= N``."""
    moved = found.left - found.right
    terms = sorted(moved.coefficients, key=lambda pair: (not pair[0].isupper(), pair[0]))
    left = Term(tuple((name, count) for name, count in terms if count > 0), max(moved.constant, 0))
    right = Term(tuple((name, -count) for name, count in terms if count < 0), max(-moved.constant, 0))
    sides = [[name for name, _ in side.coefficients] for side in (left, right)]
    if "N" in sides[0] or ("N" not in sides[1] and len(sides[0]) < len(sides[1])):
        return Comparison(right, _FLIPPED[found.op], left)
    return Comparison(left, found.op, right)


_FLIPPED: dict[Op, Op] = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}
