"""The second line: what sees a mutant as a user would. Runs of the store with all that they promise, and verdicts over
runs and histories that are the same for every mutant."""

# ruff: noqa: PLC0415 - what may be mutated must not be loaded before its mutant

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kept.sim.faults import CHANGES, DAMAGES

RUNS: tuple[dict[str, Any], ...] = (
    {"seed": 1, "ops": 400},
    {"seed": 2, "ops": 400, "sloppy": False, "read_repair": "blocking", "workload": "register"},
    {"seed": 3, "ops": 400, "workload": "delete", "limits": "tight"},
    {"seed": 4, "ops": 400, "ring": 1, "nodes": 6, "faults": ("crash", "partition", "loss", *CHANGES)},
    {"seed": 5, "ops": 400, "versions": "vv", "ring": 2, "racks": 3},
    {"seed": 6, "ops": 400, "versions": "lww", "rings": 2, "nodes": 8, "n": 3},
    {"seed": 7, "ops": 400, "beyond": True, "faults": ("crash", "partition", *DAMAGES)},
)
"""Short, of different shapes: versions, quorums, rings, membership, limits, damage."""
REGRESSIONS = Path(__file__).resolve().parents[2] / "tests" / "regressions"
HISTORIES = 60


def of_nothing() -> Callable[[], list[str]]:
    return list


def of_the_store() -> Callable[[], list[str]]:
    """The runs; each says which claims it breaks."""
    from kept.lab.config import RunConfig
    from kept.lab.trial import claims_of, finish, prepare

    configs = [RunConfig.model_validate({"keys": 8, "clients": 4, **fields}) for fields in RUNS]

    def line() -> list[str]:
        return [f"seed {one.seed} breaks {list(finish(prepare(one), claims_of(one)).violated)}" for one in configs]

    return line


def of_the_claims() -> Callable[[], list[str]]:
    """The corpus of regressions and the runs, recorded once; each says what every claim comes to."""
    from checkers.registry import CLAIMS
    from kept.lab.config import RunConfig
    from kept.lab.entry import entries_of
    from kept.lab.run import recorded
    from kept.lab.schedule import load_schedule
    from kept.lab.trial import prepare, prepare_again

    labs = [prepare_again(load_schedule(path)) for path in entries_of(REGRESSIONS)]
    labs += [prepare(RunConfig.model_validate({"keys": 8, "clients": 4, **fields})) for fields in RUNS]
    runs = [recorded(lab.execute(), None) for lab in labs]

    def line() -> list[str]:
        return [
            f"run {at}: {[type(CLAIMS[name].check(run)).__name__ for name in CLAIMS]}" for at, run in enumerate(runs)
        ]

    return line


def of_the_ladder() -> Callable[[], list[str]]:
    """Small histories of every kind, each judged by every rung."""
    from benchmarks.agreement import JUDGES, KINDS

    given = [KINDS[kind](random.Random(f"{kind} {at}")) for kind in KINDS for at in range(HISTORIES)]

    def line() -> list[str]:
        return [f"{name}: {[type(judge(one)).__name__ for one in given]}" for name, judge in JUDGES.items()]

    return line


def of_linearizability() -> Callable[[], list[str]]:
    """Small histories of registers, each judged by the search for its model and by the general one."""
    from benchmarks import random_histories
    from checkers.linearizability.check import check
    from model.specifications.register import Register

    chance = random.Random(0)
    given = [random_histories.history("cas-register", chance) for _ in range(HISTORIES)]
    given += [random_histories.unique(chance, swaps=True) for _ in range(HISTORIES)]
    histories = [random_histories.columns([one]) for one in given]

    def line() -> list[str]:
        found = [(check(one, "cas-register", 0), check(one, Register(0))) for one in histories]
        return [f"history {at}: {[type(verdict).__name__ for verdict in both]}" for at, both in enumerate(found)]

    return line
