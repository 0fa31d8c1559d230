"""The smallest counterexample: a model of a problem with the least of what is to be small, one thing after another."""

from checkers.proofs.smtlib import assertion, declarations
from checkers.proofs.terms import Named, Problem, Term, equal, var


def smallest(problem: Problem, least: tuple[Term, ...], timeout_ms: int = 10_000) -> dict[str, int] | None:
    """A model in which the first term is as small as can be, then the second, and so on; None where there is no model,
    or none was found in time."""
    import z3  # noqa: PLC0415

    aims = tuple(Named(f"aim {at}", equal(var(f"aim.{at}"), term)) for at, term in enumerate(least))
    whole = Problem(problem.name, problem.about, (*problem.assumptions, *aims), "sat")
    text = "\n".join((*declarations(whole), *(assertion(named) for named in whole.assumptions)))
    optimizer = z3.Optimize()
    optimizer.set("timeout", timeout_ms)
    optimizer.add(*z3.parse_smt2_string(text))
    for at in range(len(aims)):
        optimizer.minimize(z3.Int(f"aim.{at}"))
    if optimizer.check() != z3.sat:
        return None
    model = optimizer.model()
    return {name: model.eval(z3.Int(name), True).as_long() for name in problem.names}
