"""What a configuration guarantees and what it does not, in sentences. Overlap is less than people take it for."""

from collections.abc import Iterable

from checkers.proofs.judgement import Judgement

ALWAYS_OPEN = (
    "linearizability: overlapping quorums order neither puts nor the gets beside them",
    "one winner of two puts at a time: both are acknowledged; they stand side by side, or one is dropped by the clock",
    "that a put which was not acknowledged has no effect: it may have reached a replica",
)
"""What no number of replicas decides."""


def guaranteed(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """What was proved, with the reason."""
    return tuple(f"{one.claim} ({one.because})" for one in judgements if one.result == "proved")


def not_guaranteed(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """What was refuted, with the counterexample; what nobody decided; and what is beyond counting."""
    given = tuple(judgements)
    refuted = tuple(f"{one.claim}: {one.because}" for one in given if one.result == "refuted")
    open_ones = tuple(f"{one.claim}: {one.result}: {one.because}" for one in given if one.result in _OPEN)
    return refuted + open_ones + ALWAYS_OPEN


_OPEN = ("unknown", "disagreement")
