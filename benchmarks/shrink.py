"""How small the counterexamples of the zoo become: the first seed that shows each bug, shrunk to the fixed point."""

import time
from statistics import median

from kept.lab.shrink import Shrinker
from kept.zoo.catalogue import BUGS
from kept.zoo.hunt import first_caught

BUDGET_S = 60.0


def shrunk() -> None:
    """Print a table with a line per bug, and the distribution below it."""
    print("| bug | seed | claim | events | shrunk | operations | faults | messages | nodes | runs | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    events: list[int] = []
    for bug in BUGS.values():
        trial, claim = first_caught(bug)
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
