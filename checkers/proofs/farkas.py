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
        factors = multipliers(constraints)
        if factors is None:
            return None
        refutations.append({"case": list(chosen), "multipliers": factors})
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
                "cases": [[document(constraint) for constraint in case] for case in found],
            }
            for named, found in zip(problem.assumptions, alternatives, strict=True)
        ],
    }


def document(constraint: Any) -> dict[str, Any]:
    return {"sum": dict(constraint.coefficients), "op": constraint.op, "bound": constraint.bound}


def multipliers(constraints: Case) -> list[str] | None:
    """One multiplier per constraint: the sum has no variable left and a bound below 0."""
    import z3  # noqa: PLC0415

    sums: dict[str, list[tuple[int, int]]] = {}
    for at, constraint in enumerate(constraints):
        for name, count in constraint.coefficients:
            sums.setdefault(name, []).append((count, at))
    bounds = [(constraint.bound, at) for at, constraint in enumerate(constraints) if constraint.bound]
    unknowns = {f"m{at}": None for at in range(len(constraints))}
    lines = [f"(declare-const {name} Real)" for name in unknowns]
    lines += [f"(assert (>= m{at} 0.0))" for at, constraint in enumerate(constraints) if constraint.op == "<="]
    lines += [f"(assert (= {_sum(terms)} 0.0))" for terms in sums.values()]
    solver = z3.Solver()  # told in text: building the terms one by one takes longer than solving
    solver.from_string("\n".join((*lines, f"(assert (= {_sum(bounds)} {_real(-1)}))")))
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    found = {str(one): str(model[one].as_fraction()) for one in model.decls() if str(one) in unknowns}
    return [found.get(name, "0") for name in unknowns]


def _sum(terms: Sequence[tuple[int, int]]) -> str:
    return f"(+ 0.0 {' '.join(f'(* {_real(count)} m{at})' for count, at in terms)})" if terms else "0.0"


def _real(count: int) -> str:
    return f"{count}.0" if count >= 0 else f"(- {-count}.0)"
