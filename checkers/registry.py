"""Every claim that can be judged from a recorded run, by name, in its exact words."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from checkers import (
    contexts,
    convergence,
    dots,
    durability,
    freshness,
    invented,
    monotonic,
    placement,
    reference,
    resurrection,
    siblings,
)
from checkers.verdict import Verdict
from histories.run import RecordedRun


class Claim(NamedTuple):
    """A promise that can be held against a run."""

    check: Callable[[RecordedRun], Verdict]
    wording: str


class UnknownClaim(LookupError):
    """The caller named a claim that does not exist; the message names the nearest one that does."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, CLAIMS, n=1)
        guess = f"; did you mean {near[0]}?" if near else ""
        super().__init__(f"no claim is named {name!r}{guess} (claims: {', '.join(CLAIMS)})")
        self.name = name


CLAIMS: Mapping[str, Claim] = {
    durability.CLAIM: Claim(
        durability.check,
        "at the end every acknowledged put is a sibling, or an operation that took effect had seen it",
    ),
    siblings.CLAIM: Claim(
        siblings.check,
        "no value stands or is returned that was replaced, failed, was never put, or is there already",
    ),
    invented.CLAIM: Claim(
        invented.check,
        "every value that a get returned, or that stands at the end, was put to that key by a put that did not fail, "
        "and not later than it was seen",
    ),
    contexts.CLAIM: Claim(
        contexts.check,
        "whatever the context of a get covers was shown by that get, or replaced by something that the context covers",
    ),
    convergence.CLAIM: Claim(
        convergence.check,
        "the cluster settles; all owners of a key then hold the same, nobody else holds it, no hint is left",
    ),
    resurrection.CLAIM: Claim(
        resurrection.check,
        "at the end no version stands that an acknowledged delete had seen",
    ),
    dots.CLAIM: Claim(
        dots.check,
        "a dot names one value of one put to one key forever, and is new when it is given",
    ),
    placement.CLAIM: Claim(
        placement.check,
        "once settled, every key is held by exactly the owners that the ring gives it",
    ),
    freshness.CLAIM: Claim(
        freshness.check,
        "a get that starts after an acknowledged put returns a context that covers it",
    ),
    freshness.CLAIM_DELETES: Claim(
        freshness.check_deletes,
        "a get that starts after an acknowledged delete returns no version that the delete had seen",
    ),
    monotonic.CLAIM: Claim(
        monotonic.check,
        "a get returns a context that covers those of all earlier gets of its key by the same client",
    ),
    reference.CLAIM: Claim(
        reference.check,
        "every completed operation and every final state is one that the reference model of the store allows",
    ),
}


def judge(run: RecordedRun, claims: Iterable[str]) -> dict[str, Verdict]:
    """The verdict of each of `claims` over `run`, in their order. Raises `UnknownClaim`."""
    named = list(dict.fromkeys(claims))
    for name in named:
        if name not in CLAIMS:
            raise UnknownClaim(name)
    return {name: CLAIMS[name].check(run) for name in named}
