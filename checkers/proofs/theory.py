"""The whole counting layer: every lemma with its obligations, its derived condition, the beliefs that it refutes and
its certificate; and the two lemmas behind the table of data centres."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checkers.proofs.datacentres import merging, room
from checkers.proofs.elimination import Derived, derive
from checkers.proofs.farkas import certificate
from checkers.proofs.lemma import Counterexample, Lemma, Tempting
from checkers.proofs.smallest import smallest
from checkers.proofs.solving import Outcome, Result, Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import var

ROOMS = (room(("local", "rest")), room(("local", "remote", "rest")))
"""What the cells of the table of data centres rest on."""


class Belief(NamedTuple):
    """A weaker condition, and the smallest numbers that it does not save."""

    tempting: Tempting
    outcome: Outcome
    smallest: Counterexample | None
    """None where no solver found it in time."""


class Row(NamedTuple):
    """A lemma, proved or not."""

    lemma: Lemma
    outcomes: tuple[Outcome, ...]
    derived: Derived | None
    beliefs: tuple[Belief, ...]

    @property
    def result(self) -> Result:
        """The worst of all outcomes: a lemma is proved when everything about it is."""
        return worst(outcome.result for outcome in (*self.outcomes, *(belief.outcome for belief in self.beliefs)))

    @property
    def took_s(self) -> float:
        return sum(answer.took_s for outcome in self.outcomes for answer in outcome.answers)


def prove(lemma: Lemma, solvers: Solvers) -> Row:
    """Put every obligation of a lemma to the solvers."""
    outcomes = [solvers.ask(problem) for problem in lemma.obligations()]
    derived = derive(lemma, solvers)
    if derived is not None:
        outcomes.append(solvers.ask(derived.agrees))
    return Row(lemma, tuple(outcomes), derived, tuple(_belief(lemma, one, solvers) for one in lemma.tempting))


def rows(solvers: Solvers) -> Iterator[Row]:
    """Every row of the table, one after another."""
    for lemma in (*LEMMAS.values(), *ROOMS):
        yield prove(lemma, solvers)


def merged(solvers: Solvers) -> Outcome:
    """That one data centre may stand for several."""
    return solvers.ask(merging())


def certificates() -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The Farkas certificate of every lemma's soundness, by name; None where only whole numbers contradict."""
    for lemma in (*LEMMAS.values(), *ROOMS):
        yield lemma.name, certificate(lemma.sound())
    yield "merging", certificate(merging())


def worst(results: Iterator[Result]) -> Result:
    """One result for many: a disagreement before a refutation, before an unknown, before a proof."""
    found = set(results)
    order: tuple[Result, ...] = ("disagreement", "refuted", "unknown")
    return next((result for result in order if result in found), "proved")


def _belief(lemma: Lemma, tempting: Tempting, solvers: Solvers) -> Belief:
    problem = lemma.tempted(tempting)
    outcome = solvers.ask(problem)
    least = (var("N"), lemma.weight()) if "N" in lemma.symbols else (lemma.weight(),)
    model = smallest(problem, least, lemma.preferred(), solvers.timeout_ms)
    return Belief(tempting, outcome, None if model is None else lemma.counterexample(model))
