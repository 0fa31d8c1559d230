"""The smallest change that makes a refuted claim hold, and only one that was proved again."""

from collections.abc import Mapping
from typing import NamedTuple

from checkers.proofs.lemma import Lemma
from checkers.proofs.smallest import smallest
from checkers.proofs.solving import Solvers
from checkers.proofs.terms import Named, Problem, equal, holds, total, var


class Repair(NamedTuple):
    """New values for some parameters."""

    changes: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return " and ".join(f"{symbol}={value}" for symbol, value in self.changes)


def repairs(lemma: Lemma, values: Mapping[str, int], knobs: tuple[str, ...], solvers: Solvers) -> tuple[Repair, ...]:
    """Ways to raise the `knobs` by the fewest steps in all so that the claim is proved: by one knob alone where that
    does, else by several. None where raising them cannot help within the domain, or no answer came in time."""
    turned = tuple(symbol for symbol in knobs if symbol in lemma.symbols)
    fixed = (
        Named(
            f"{symbol} is given",
            var(symbol) >= values[symbol] if symbol in turned else equal(var(symbol), values[symbol]),
        )
        for symbol in lemma.symbols
    )
    wanted = Problem(f"{lemma.name}.repair", "", (*lemma.domain, *fixed, Named("condition", lemma.condition)), "sat")
    found = smallest(wanted, (total(var(symbol) for symbol in turned),), tuple(map(var, turned)), solvers.timeout_ms)
    if found is None:
        return ()
    steps = sum(found[symbol] - values[symbol] for symbol in turned)
    alone = [{**values, symbol: values[symbol] + steps} for symbol in turned]
    several = {**values, **{symbol: found[symbol] for symbol in turned}}
    candidates = [changed for changed in alone if _fits(lemma, changed)] or [several]
    return tuple(
        Repair(tuple((symbol, changed[symbol]) for symbol in turned if changed[symbol] != values[symbol]))
        for changed in candidates
        if solvers.ask(lemma.question(changed)).result == "proved"
    )


def _fits(lemma: Lemma, values: Mapping[str, int]) -> bool:
    return holds(lemma.condition, values) and all(holds(named.formula, values) for named in lemma.domain)
