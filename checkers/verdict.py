"""Verdicts: `Valid`, `Invalid` or `Unknown`, never a bool, because unknown is neither."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from checkers.facts import Fact
    from histories.operation import Operation


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Why a claim does not hold."""

    claim: str
    sentence: str
    """What happened, in one sentence."""
    operations: tuple[int, ...]
    """The indices of the operations involved, ascending."""
    facts: "tuple[Fact, ...]"


class _NotABool:
    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a verdict is not a bool (this is {type(self).__name__}): ask isinstance of Valid, Invalid or Unknown"
        )


@dataclass(frozen=True, slots=True)
class Valid(_NotABool):
    """The claim holds of this run."""

    witness: str
    """What was looked at, so that an empty run cannot pass for a good one."""


@dataclass(frozen=True, slots=True)
class Invalid(_NotABool):
    """The claim is violated."""

    counterexample: Counterexample


@dataclass(frozen=True, slots=True)
class Unknown(_NotABool):
    """The claim could not be decided."""

    reason: str
    """What stopped it, and what to try."""


Verdict = Valid | Invalid | Unknown


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for many: the first `Invalid`, else the first `Unknown`, else `Valid`. Nothing checked is unknown."""
    given = tuple(verdicts)
    for kind in (Invalid, Unknown):
        for verdict in given:
            if isinstance(verdict, kind):
                return verdict
    if not given:
        return Unknown("nothing was checked: name at least one claim")
    return Valid("; ".join(verdict.witness for verdict in given if isinstance(verdict, Valid)))


def refute(claim: str, facts: "Iterable[Fact]", operations: "Iterable[Operation]" = ()) -> Invalid:
    """An `Invalid` whose sentence is that of its facts."""
    told = tuple(facts)
    assert told, "a counterexample has at least one fact"
    sentence = "; ".join(fact.sentence() for fact in told) + "."
    indices = tuple(sorted({op.index for op in operations}))
    if not any(character.isdigit() for character in sentence.split(" ", 1)[0]):  # the name of a node stays as it is
        sentence = sentence[0].upper() + sentence[1:]
    return Invalid(Counterexample(claim, sentence, indices, told))
