"""How small the counterexamples of the zoo become: the first seed that shows each bug, shrunk to the fixed point."""

import time
from statistics import median

from kept.lab.config import RunConfig
from kept.lab.shrink import Shrinker
from kept.lab.trial import Trial, finish, prepare
from kept.zoo.bug import Bug
from kept.zoo.catalogue import BUGS, claims, configure

SEEDS = 100
BUDGET_S = 60.0


def _first(bug: Bug) -> tuple[Trial, str]:
    """The first run that shows the bug, and the claim that it violates."""
    for seed in range(SEEDS):
        config = configure(RunConfig(bug=bug.name, seed=seed))
        trial = finish(prepare(config), claims(config))
        for claim in trial.violated:
            if claim in bug.breaks:
                return trial, claim
    raise AssertionError(f"no seed below {SEEDS} shows {bug.name}")


def shrunk() -> None:
    """Print a table with a line per bug, and the distribution below it."""
    print("| bug | seed | claim | events | shrunk | operations | faults | messages | nodes | runs | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    events: list[int] = []
    for bug in BUGS.values():
        trial, claim = _first(bug)
        begun = time.perf_counter()
        shrinker = Shrinker(trial.schedule(), claim, time.monotonic, BUDGET_S)
        shrinker.execute()
        took_s = time.perf_counter() - begun
        size = shrinker.size
        events.append(size.events)
        print(
            f"| `{bug.name}` | {trial.config.seed} | {claim} | {shrinker.before.events:,} | {size.events} "
            f"| {size.operations + size.others} | {size.faults} | {size.fates} | {shrinker.best.config.nodes} "
            f"| {shrinker.runs} | {took_s:.1f}{' (' + shrinker.stopped + ')' if shrinker.stopped else ''} |",
            flush=True,
        )
    events.sort()
    tenths = events[int(0.9 * (len(events) - 1))]
    print(f"\nevents: median {median(events):g}, nine in ten at most {tenths}, largest {events[-1]}")
