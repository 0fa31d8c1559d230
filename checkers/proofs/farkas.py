"""Certificates: for every case of a contradiction, multipliers that add its constraints up to 0 <= -1 (Farkas); of what
is possible, values for which it is so.

Whoever holds the multipliers needs no solver: `certificate.check` adds up with fractions. They are found here, by z3
over the rationals; that finding them is not trusted is the point.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from checkers.proofs.linear import Case, cases
from checkers.proofs.terms import Problem

FORMAT = "kept-farkas-1"
WITNESS = "kept-witness-1"


def certificate(problem: Problem) -> dict[str, Any] | None:
    """The certificate that no numbers, not even fractions, meet all assumptions; None where there is none: where they
    can be met, or where only whole numbers contradict each other."""
    assert problem.expect == "unsat", "only a contradiction has a certificate"
    alternatives = [cases(named.formula) for named in problem.assumptions]
    refutations = []
    for chosen in product(*(range(len(found)) for found in alternatives)):
        constraints = tuple(c for found, at in zip(alternatives, chosen, strict=True) for c in found[at])
        multipliers = _multipliers(constraints)
        if multipliers is None:
            return None
        refutations.append({"case": list(chosen), "multipliers": multipliers})
    return {**_head(FORMAT, problem, alternatives), "refutations": refutations}


def witness(problem: Problem, values: Mapping[str, int]) -> dict[str, Any]:
    """The certificate that these values meet all assumptions."""
    alternatives = [cases(named.formula) for named in problem.assumptions]
    return {**_head(WITNESS, problem, alternatives), "values": {name: values[name] for name in problem.names}}


def _head(form: str, problem: Problem, alternatives: Sequence[Sequence[Case]]) -> dict[str, Any]:
    return {
        "format": form,
        "name": problem.name,
        "about": problem.about,
        "assumptions": [
            {
                "name": named.name,
                "text": str(named.formula),
                "cases": [[_document(constraint) for constraint in case] for case in found],
            }
            for named, found in zip(problem.assumptions, alternatives, strict=True)
        ],
    }


def _document(constraint: Any) -> dict[str, Any]:
    return {"sum": dict(constraint.coefficients), "op": constraint.op, "bound": constraint.bound}


def _multipliers(constraints: Case) -> list[str] | None:
    """One multiplier per constraint: the sum has no variable left and a bound below 0."""
    import z3  # noqa: PLC0415

    unknowns = [z3.Real(f"m.{at}") for at in range(len(constraints))]
    solver = z3.Solver()
    names = dict.fromkeys(name for constraint in constraints for name, _ in constraint.coefficients)
    for name in names:
        terms = [
            count * m for c, m in zip(constraints, unknowns, strict=True) for n, count in c.coefficients if n == name
        ]
        solver.add(z3.Sum(terms) == 0)
    for constraint, unknown in zip(constraints, unknowns, strict=True):
        if constraint.op == "<=":
            solver.add(unknown >= 0)
    solver.add(z3.Sum([c.bound * m for c, m in zip(constraints, unknowns, strict=True)]) == -1)
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    return [str(model.eval(unknown, True).as_fraction()) for unknown in unknowns]
