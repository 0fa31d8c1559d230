"""Executed counterfactuals: what a violation hangs on, found by running its schedule again with one thing changed.

The clients do the same things at the same times, under the same faults and the same fates of messages; one field of the
configuration is another one. Which fields are worth a run is computed from the claim and the configuration. Nothing is
said of a change that was not run.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checkers.verdict import Invalid, Valid
from kept.lab.case import Case, case_of
from kept.lab.config import RunConfig
from kept.lab.run import Progress
from kept.lab.simpler import changed
from kept.lab.steps import End, Strike
from kept.lab.sweep import OutOfTime
from kept.lab.trial import Trial

LIMIT = 8
"""Runs at the most."""
_LOSSES = frozenset({"no-lost-write", "no-resurrection", "no-false-sibling"})
_READS = frozenset({"fresh-reads", "fresh-deletes", "monotonic-reads"})
_RESTS = frozenset({"convergence", "placement"})
_STRICT = "a strict quorum instead of a sloppy one"

REMEDIES = {
    "without the seeded bug": ("", "Without the bug the same schedule keeps the promise."),
    "siblings instead of last-writer-wins": (
        "no-lost-write",
        "With siblings instead of last-writer-wins the same schedule keeps every acknowledged write.",
    ),
    "dotted version vectors instead of plain ones": (
        "no-lost-write",
        "With dotted version vectors instead of plain ones the same schedule keeps every acknowledged write.",
    ),
    _STRICT: ("fresh-reads", "With a strict quorum the same schedule has no stale read."),
}
"""Changes that are the remedy of a promise (empty: of any), and how that is said where it was seen to help."""


class Change(NamedTuple):
    """One thing that is otherwise."""

    what: str
    """As a phrase: ``W=3 instead of 2``."""
    case: Case


class Counterfactual(NamedTuple):
    """What a run with one thing changed came to."""

    what: str
    outcome: str
    """``kept``, ``still violated`` or ``not decided``."""

    def sentence(self) -> str:
        return f"{self.what}: {self.outcome}"


def changes(case: Case, claim: str) -> Iterator[Change]:
    """What could have made a difference to `claim`, the most telling first."""
    for what, fields in _fields(case.config, claim):
        other = changed(case.config, **fields)
        if other is not None:
            yield Change(what, case._replace(config=other))
    calm = tuple(step for step in case.steps if not isinstance(step, Strike | End))
    if case.faults or case.fates or calm != case.steps:
        yield Change("without any fault", case._replace(faults=(), fates=(), steps=calm))


def _fields(config: RunConfig, claim: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if config.bug:
        yield "without the seeded bug", {"bug": ""}
    if config.versions == "lww" and claim not in _RESTS:
        yield "siblings instead of last-writer-wins", {"versions": "dvv"}
    if config.versions == "vv" and claim not in _RESTS:
        yield "dotted version vectors instead of plain ones", {"versions": "dvv"}
    if claim in _READS | _LOSSES:
        yield from _quorums(config, claim)
    if claim in _READS and config.read_repair != "blocking":
        yield "read repair before the reply", {"read_repair": "blocking"}
    if claim in _LOSSES | _RESTS:
        if not config.anti_entropy:
            yield "anti-entropy on", {"anti_entropy": True}
        if config.read_repair == "off":
            yield "read repair on", {"read_repair": "after"}
    if claim in _RESTS:
        yield f"{2 * config.settle_s} s to settle instead of {config.settle_s}", {"settle_s": 2 * config.settle_s}


def _quorums(config: RunConfig, claim: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if config.sloppy:
        yield _STRICT, {"sloppy": False}
    if config.w < config.n:
        yield f"W={config.w + 1} instead of {config.w}", {"w": config.w + 1}
    if claim in _READS and config.r < config.n:
        yield f"R={config.r + 1} instead of {config.r}", {"r": config.r + 1}
    if config.durable_copies:
        yield "every acknowledgement from disk", {"durable_copies": 0}


def counterfactuals(trial: Trial, claim: str, progress: Progress | None = None) -> tuple[Counterfactual, ...]:
    """Run the changes, at most `LIMIT`. When `progress` says that the time is up, what was run by then is told."""
    told: list[Counterfactual] = []
    try:
        for change in changes(case_of(trial.schedule()), claim):
            if len(told) == LIMIT:
                break
            verdict = change.case.run((claim,), progress).verdicts[claim]
            outcome = "still violated" if isinstance(verdict, Invalid) else "not decided"
            told.append(Counterfactual(change.what, "kept" if isinstance(verdict, Valid) else outcome))
    except OutOfTime:
        pass
    return tuple(told)


def remedy(told: tuple[Counterfactual, ...], claim: str) -> str:
    """The first of the changes that is a remedy of `claim`, and that was run and helped, as a sentence; else empty.
    More copies and fewer faults are none: they may merely miss what another schedule meets."""
    for one in told:
        about, sentence = REMEDIES.get(one.what, ("", ""))
        if one.outcome == "kept" and about in ("", claim):
            return sentence
    return ""
