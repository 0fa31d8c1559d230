"""Hunting a bug: the first seeds from 0 on, until one of the claims that the bug breaks is violated."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from kept.lab.config import RunConfig
from kept.lab.trial import Trial, finish, prepare
from kept.zoo.bug import Bug
from kept.zoo.catalogue import claims, configure

SEEDS = 100
"""The rarest bug shows in more than one run of twenty."""


def caught(bug: Bug, seed: int, **fields: Any) -> tuple[Trial, str]:
    """One run with the bug, and the first of the claims that it breaks and that is violated; empty: none."""
    config = configure(RunConfig(bug=bug.name, seed=seed, **fields))
    trial = finish(prepare(config), claims(config))
    return trial, next((claim for claim in trial.violated if claim in bug.breaks), "")


def first_caught(bug: Bug, seeds: int = SEEDS) -> tuple[Trial, str]:
    """The first run that shows the bug, and the claim that it violates. `LookupError` where no seed does."""
    for seed in range(seeds):
        trial, claim = caught(bug, seed)
        if claim:
            return trial, claim
    raise LookupError(f"no seed below {seeds} shows {bug.name}")


def median_runs(hits: Sequence[bool]) -> float | None:
    """How many runs it takes until the bug shows, in the median over all seeds that one could begin with; after the
    last seed comes the first again. None where no seed shows it."""
    if not any(hits):
        return None
    twice = [*hits, *hits]
    return median(twice.index(True, start) - start + 1 for start in range(len(hits)))
