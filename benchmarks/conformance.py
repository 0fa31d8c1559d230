"""Conformance of the store as it is, and of the zoo: the figures of docs/conformance.md."""

from collections import Counter
from time import process_time
from typing import Any

from checkers.conformance.check import Conformance, conforms
from kept.lab.config import RunConfig
from kept.lab.stepping import stepped
from kept.sim.faults import ALL, DAMAGES, DEATHS, LOST_DISK, LYING
from kept.zoo.catalogue import BUGS, configure

SEEDS = 34
BUG_SEEDS = 2
BUG_OPS = 200
COVERED = tuple(kind for kind in ALL if kind == LOST_DISK or kind not in (*DEATHS, *DAMAGES, LYING))
"""The faults that a trace tells of."""
SWEEP: tuple[dict[str, Any], ...] = (
    {"sloppy": False, "workload": "register"},
    {"sloppy": False, "workload": "delete"},
    {"workload": "mixed"},
    {"sloppy": False, "read_repair": "blocking"},
    {"limits": "tight"},
    {"sloppy": False, "workload": "delete", "think_ms": 200, "fault_gap_ms": 1_500},
)
"""The last one has the time that reaping takes."""


def sweep(seeds: int = SEEDS) -> None:
    """The store as it is, under all faults that traces tell of."""
    actions: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    runs = steps = 0
    spent_s = 0.0
    for seed in range(seeds):
        for fields in SWEEP:
            config = {
                "seed": seed,
                "ops": 100,
                "keys": 3,
                "clients": 4,
                "fault_gap_ms": 300,
                "faults": COVERED,
                **fields,
            }
            trace = stepped(RunConfig.model_validate(config))
            began_s = process_time()
            found = conforms(trace)
            spent_s += process_time() - began_s
            runs, steps = runs + 1, steps + found.explained
            actions.update(found.actions)
            left_out.update(why.split(": ")[-1] for why in found.left_out)
            if found.mismatch is not None:
                print(f"seed {seed} {fields}: {found.key} {found.mismatch}", flush=True)
    print(f"{runs:,} runs of 100 operations, {steps:,} steps, {spent_s / steps * 1e6:.0f} us of one core a step")
    print("  actions  ", ", ".join(f"{name} {count:,}" for name, count in actions.most_common()))
    print("  left out ", ", ".join(f"{why} {count:,}" for why, count in left_out.most_common()))


def table(seeds: int = BUG_SEEDS) -> None:
    """Each bug under its own conditions, but with quorums that meet: in how many runs a step is none."""
    print("| bug | runs | first | action | guard | what is wrong |")
    print("|---|---|---|---|---|---|")
    for name in BUGS:
        found = [(seed, result) for seed in range(seeds) if (result := of_bug(name, seed)).mismatch is not None]
        if not found:
            print(f"| `{name}` | 0 of {seeds} | | | | |", flush=True)
            continue
        first, result = found[0]
        assert result.mismatch is not None, "only mismatches were kept"
        _, action, guard, sentence = result.mismatch
        print(f"| `{name}` | {len(found)} of {seeds} | {first} | `{action}` | {guard} | {sentence} |", flush=True)


def of_bug(name: str, seed: int, ops: int = BUG_OPS) -> Conformance:
    """One run with a bug of the zoo, held against the protocol."""
    config = configure(RunConfig(bug=name, seed=seed))
    quorum = config.n // 2 + 1
    return conforms(stepped(config.model_copy(update={"ops": ops, "r": quorum, "w": quorum, "pr": 0, "pw": 0})))


def main() -> None:
    """Both."""
    sweep()
    table()
