"""The table of docs/zoo.md: how often each strategy catches each bug, how many runs that takes, how small the shrunk
counterexample is, and whether the same seeds hold without the bug."""

import time
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from checkers.verdict import Valid
from dynamo.core.rules import rules_for
from kept.lab.config import STRATEGIES, RunConfig
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.shrink import Shrinker
from kept.lab.trial import Trial, finish, prepare
from kept.zoo.bug import Bug
from kept.zoo.catalogue import BUGS, claims, configure
from kept.zoo.hunt import caught, median_runs

SEEDS = 40
CORPUS = Path(__file__).resolve().parent.parent / "tests" / "regressions"
STOPPED = "an assertion of the store"


class _Caught(NamedTuple):
    """What the first seeds came to under one strategy."""

    hits: list[bool]
    violated: Counter[str]
    first: tuple[Trial, str] | None


def _hunted(bug: Bug, strategy: str, seeds: int) -> _Caught:
    hits: list[bool] = []
    violated: Counter[str] = Counter()
    first: tuple[Trial, str] | None = None
    for seed in range(seeds):
        try:
            trial, claim = caught(bug, seed, **({} if strategy == "uniform" else {"strategy": strategy}))
        except AssertionError:  # the store has noticed itself; no claim has
            hits.append(False)
            violated[STOPPED] += 1
            continue
        hits.append(bool(claim))
        violated.update(set(trial.violated) & set(bug.breaks))
        if claim and first is None:
            first = trial, claim
    return _Caught(hits, violated, first)


def _controls(bug: Bug, seeds: int) -> list[str]:
    """The same runs without the bug: those that do not hold. Nothing where they do not promise what the bug breaks."""
    broken = []
    for seed in range(seeds):
        config = configure(RunConfig(bug=bug.name, seed=seed))
        names, healthy = claims(config), config.model_copy(update={"bug": ""})
        trial = finish(prepare(healthy), names)
        if not all(isinstance(verdict, Valid) for verdict in trial.verdicts.values()):
            broken.append(f"{bug.name} seed {seed}")
    return broken


def _controlled(bug: Bug) -> bool:
    config = configure(RunConfig(bug=bug.name))
    own = claims(config.model_copy(update={"bug": ""}))
    return config.versions == "dvv" and set(bug.breaks) <= set(own)


def _replaced(bug: Bug) -> str:
    """The parts of a node that the bug replaces."""
    own = rules_for(str(bug.overrides.get("versions", "dvv")))
    broken = bug.seed(own)
    return ", ".join(f"`{f.name}`" for f in fields(own) if getattr(own, f.name) is not getattr(broken, f.name)) or "-"


def _cell(hits: list[bool]) -> str:
    median = median_runs(hits)
    return f"{sum(hits)}" if median is None else f"{sum(hits)} ({median:g})"


def _events(schedule: Schedule, claim: str) -> int:
    """How many events a counterexample has, counted as shrinking counts them."""
    return Shrinker(schedule, claim, time.monotonic).before.events


def _shrunk(bug: Bug, first: tuple[Trial, str]) -> tuple[int, int]:
    """The events of a counterexample as it was found, and of the one that the regression corpus keeps: that has been
    shrunk, and shrinking all of them anew takes an hour (`python3 dev.py regress --refresh NAME...`)."""
    kept = load_schedule(CORPUS / f"bug-{bug.name}.json")
    claim = next(claim for claim in kept.violated if claim in bug.breaks)
    return _events(first[0].schedule(), first[1]), _events(kept, claim)


def table(seeds: int = SEEDS) -> None:
    """Print the table, and below it the controls, the distribution of the shrunk lengths, and how long all took."""
    began_s = time.perf_counter()
    print(f"Of {seeds} seeds: how many show the bug, and in brackets the median number of runs until one does.\n")
    print("| bug | row | what goes wrong | replaced | violated | first | uniform | pct | swarm | events | shrunk |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    controls, broken, lengths = 0, [], []
    for bug in BUGS.values():
        hunted = {strategy: _hunted(bug, strategy, seeds) for strategy in STRATEGIES}
        told = ", ".join(f"{name} ({count})" for name, count in hunted["uniform"].violated.most_common())
        first = next((one.first for one in hunted.values() if one.first is not None), None)
        before, after = ("-", "-") if first is None else _shrunk(bug, first)
        lengths += [after] if isinstance(after, int) else []
        if _controlled(bug):
            controls += seeds
            broken += _controls(bug, seeds)
        print(
            f"| `{bug.name}` | {bug.row} | {bug.title} | {_replaced(bug)} | {told} "
            f"| {'-' if first is None else first[0].config.seed} "
            f"| {' | '.join(_cell(one.hits) for one in hunted.values())} | {before} | {after} |",
            flush=True,
        )
    lengths.sort()
    print(f"\ncontrols: {controls - len(broken)} of {controls} held{'; not: ' + ', '.join(broken) if broken else ''}")
    print(
        f"shrunk events: median {lengths[len(lengths) // 2]}, nine in ten at most "
        f"{lengths[int(0.9 * (len(lengths) - 1))]}, largest {lengths[-1]}"
    )
    used_s = time.process_time()
    print(f"took {(time.perf_counter() - began_s) / 60:.1f} minutes, {used_s / 60:.1f} of them of one core")
