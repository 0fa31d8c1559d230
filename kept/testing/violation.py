"""What a test raises when a promise does not hold, or cannot be decided.

Both are `AssertionError`, so that pytest and unittest call the test failed and not broken. Each claim has a class of
its own: hypothesis takes failures of one type at one line for one bug, and would shrink one violation into another.
"""

from collections.abc import Mapping
from functools import cache

from checkers.verdict import Counterexample, Invalid, Unknown, Verdict


class Violation(AssertionError):
    """A promise is broken. `claim` names it, `counterexample` says how."""

    def __init__(self, counterexample: Counterexample) -> None:
        super().__init__(f"{counterexample.claim}: {counterexample.sentence}")
        self.claim = counterexample.claim
        self.counterexample = counterexample


class Undecided(AssertionError):
    """A promise could be neither confirmed nor refuted. `claim` names it, `reason` says why."""

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(f"{claim}: {reason}")
        self.claim = claim
        self.reason = reason


@cache
def violation_of(claim: str) -> type[Violation]:
    """The class of the violations of one claim: ``no-lost-write`` raises `NoLostWriteViolated`."""
    return type("".join(word.title() for word in claim.split("-")) + "Violated", (Violation,), {})


def refuse_violations(verdicts: Mapping[str, Verdict]) -> None:
    """Raise for the first claim that is `Invalid`."""
    for claim, verdict in verdicts.items():
        if isinstance(verdict, Invalid):
            raise violation_of(claim)(verdict.counterexample)


def undecided(verdicts: Mapping[str, Verdict]) -> list[Undecided]:
    """The claims that are `Unknown`, each as what may be raised."""
    return [Undecided(claim, verdict.reason) for claim, verdict in verdicts.items() if isinstance(verdict, Unknown)]
