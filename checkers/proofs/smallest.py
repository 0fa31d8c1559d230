"""The smallest counterexample: a model of a problem with the least of what is to be small, one thing after another.

Several models may be as small. The one that has most of what is named next is taken, so that the answer does not
depend on the solver's mood.
"""

from checkers.proofs.smtlib import assertion, declarations
from checkers.proofs.terms import Named, Problem, Term, equal, var


def smallest(
    problem: Problem, least: tuple[Term, ...], most: tuple[Term, ...] = (), timeout_ms: int = 10_000
) -> dict[str, int] | None:
    """A model in which the first of `least` is as small as can be, then the second, and so on; then the first of `most`
    as great as can be, and so on. None where there is no model, or none was found in time."""
    import z3  # noqa: PLC0415

    aims = tuple(Named(f"aim {at}", equal(var(f"aim.{at}"), term)) for at, term in enumerate((*least, *most)))
    whole = Problem(problem.name, problem.about, (*problem.assumptions, *aims), "sat")
    text = "\n".join((*declarations(whole), *(assertion(named) for named in whole.assumptions)))
    optimizer = z3.Optimize()
    optimizer.set("timeout", timeout_ms)
    optimizer.add(*z3.parse_smt2_string(text))
    for at in range(len(aims)):
        aim = z3.Int(f"aim.{at}")
        _ = optimizer.minimize(aim) if at < len(least) else optimizer.maximize(aim)
    if optimizer.check() != z3.sat:
        return None
    model = optimizer.model()
    return {name: model.eval(z3.Int(name), True).as_long() for name in problem.names}
