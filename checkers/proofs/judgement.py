"""A question about one configuration, and what the solvers made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from checkers.proofs.lemma import Counterexample, Lemma
from checkers.proofs.repair import repairs
from checkers.proofs.smallest import smallest
from checkers.proofs.solving import Outcome, Result, Solvers
from checkers.proofs.terms import Comparison, Every, Formula, Some, holds, value


@dataclass(frozen=True)
class Question:
    """A lemma with all its parameters given."""

    lemma: Lemma
    values: Mapping[str, int]
    knobs: tuple[str, ...] = ()
    """What a repair may raise."""
    decides: bool = True
    """Whether the verdict rests on it; otherwise it is only told."""
    note: str = ""
    """Which of several it is, such as the request class."""


@dataclass(frozen=True)
class Judgement:
    """One claim about one configuration."""

    name: str
    claim: str
    result: Result
    because: str
    """Proved: the condition with its numbers. Refuted: the counterexample. Otherwise what stopped it."""
    decides: bool = True
    nodes: Mapping[str, tuple[str, ...]] | None = None
    """Of a counterexample: set -> its named members."""
    repairs: tuple[str, ...] = ()
    odds: Fraction | None = None
    """Refuted: how likely one read misses, when the replicas that answer are drawn at random."""
    assumes: tuple[str, ...] = ()
    core: tuple[str, ...] = ()
    """Proved: the assumptions that already exclude the failure."""
    outcomes: tuple[Outcome, ...] = ()
    details: Mapping[str, Any] | None = None
    lemma: str = ""
    """The lemma that the claim is a case of, where there is one."""
    values: Mapping[str, int] | None = None
    """Of the lemma's parameters."""


def judge(question: Question, solvers: Solvers) -> Judgement:
    """Put the question to the solvers, and hold their answer against the proved condition.

    AssertionError where the two differ: then the lemma, which both solvers proved, or the question is our mistake.
    """
    lemma, values = question.lemma, question.values
    for named in lemma.domain:
        assert holds(named.formula, values), f"{lemma.name}: {named.name}: checked where the input was read"
    outcome = solvers.ask(lemma.question(values))
    expected = holds(lemma.condition, values)
    if outcome.result in ("proved", "refuted"):
        assert (outcome.result == "proved") == expected, f"{lemma.name} and its condition differ at {dict(values)}"
    found: Counterexample | None = None
    ways: tuple[str, ...] = ()
    if outcome.result == "refuted":
        found = counterexample(lemma, outcome, solvers)
        ways = tuple(str(repair) for repair in repairs(lemma, values, question.knobs, solvers))
    because = {"proved": explained(lemma.condition, values), "refuted": found.sentence if found else ""}
    return Judgement(
        name=lemma.name + (f" ({question.note})" if question.note else ""),
        claim=lemma.said(values),
        result=outcome.result,
        because=because.get(outcome.result, outcome.reason),
        decides=question.decides,
        nodes=None if found is None else found.nodes,
        repairs=ways,
        assumes=lemma.assumes,
        core=outcome.answers[0].core,
        outcomes=(outcome,),
        details={"condition": str(lemma.condition), "holds": explained(lemma.condition, values)},
        lemma=lemma.name,
        values=dict(values),
    )


def counterexample(lemma: Lemma, outcome: Outcome, solvers: Solvers) -> Counterexample:
    """The preferred model of a refuted question; where z3 finds none in time, the solver's own."""
    model = smallest(outcome.problem, (), lemma.preferred(), solvers.timeout_ms)
    if model is None:
        model = next(answer for answer in outcome.answers if answer.status == "sat").values
    return lemma.counterexample(model)


def explained(formula: Formula, values: Mapping[str, int]) -> str:
    """A condition with its numbers: ``R + W > N: 4 > 3``; of alternatives, the first that is true."""
    match formula:
        case Comparison(left, op, right):
            return f"{formula}: {value(left, values)} {op} {value(right, values)}"
        case Some(parts):
            return explained(next((part for part in parts if holds(part, values)), parts[0]), values)
        case Every(parts):
            return "; ".join(explained(part, values) for part in parts)
        case _:
            return str(formula)
