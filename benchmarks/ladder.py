"""`python3 dev.py bench ladder [--agreement [COUNT]]`: speed of the rungs, or their agreement with the oracle."""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.busy_histories import busy
from benchmarks.random_registers import small
from checkers.ladder import causal, exhaustive, sequential, sessions
from checkers.ladder.climb import climb
from checkers.ladder.converging import convergent
from checkers.ladder.delta import delta_atomic
from checkers.ladder.katomic import k_atomic
from checkers.ladder.regular import regular
from checkers.linearizability.check import check
from checkers.verdict import Unknown, Valid
from histories.columns import NIL

HISTORIES = 100_000

JUDGES: dict[str, Callable[..., Any]] = {
    "linearizable": lambda history: check(history, "kv", None),
    "read-your-writes": sessions.read_your_writes,
    "monotonic-reads": sessions.monotonic_reads,
    "monotonic-writes": sessions.monotonic_writes,
    "writes-follow-reads": sessions.writes_follow_reads,
    "causal-consistency": causal.causal_consistency,
    "causal-convergence": causal.causal_convergence,
    "causal-memory": causal.causal_memory,
    "pram": causal.pram,
    "regular": regular,
    "sequential": sequential.sequential,
}
MEASURED: dict[str, Callable[..., Any]] = {
    **JUDGES,
    "k-atomic": k_atomic,
    "delta-atomic": delta_atomic,
    "convergence": convergent,
    "climb": climb,
}
CASES: list[dict[str, Any]] = [
    {"operations": 1_000_000, "clients": 20, "keys": 100},
    {"operations": 1_000_000, "clients": 100, "keys": 100},
    {"operations": 100_000, "clients": 100, "keys": 100},
]


def measured(name: str, fields: dict[str, Any]) -> dict[str, float]:
    """Judge one history in this process, once half of it to load what it needs and once to measure."""
    MEASURED[name](busy(**{**fields, "operations": max(500 * fields["clients"], fields["operations"] // 2)}))
    given = busy(**fields)
    base_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, begun_wall = time.process_time(), time.perf_counter()
    MEASURED[name](given)
    cpu_s, wall_s = time.process_time() - begun, time.perf_counter() - begun_wall
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu_s": cpu_s, "wall_s": wall_s, "added_mb": (peak_kib - base_kib) / 1024}


def speed() -> None:
    """The table, each cell in a process of its own."""
    print("check alone, from columns in memory to the verdict; CPU seconds, (wall), MB added")
    for fields in CASES:
        print("  " + ", ".join(f"{name} {value:,}" for name, value in fields.items()))
        for name in MEASURED:
            arguments = [sys.executable, "-m", "benchmarks.ladder", name, json.dumps(fields)]
            found = json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
            told = f"{found['cpu_s']:6.2f} ({found['wall_s']:.2f}) {found['added_mb']:5.0f} MB"
            print(f"    {name:20} {told}", flush=True)


def agreement(count: int) -> int:
    """Every rung against its definition, on `count` random small histories; how many disagreed."""
    wrong = 0
    for name, judge in JUDGES.items():
        for unique in (True, False):
            chance = random.Random(f"{name} {unique}")
            decided = held = differ = 0
            for _ in range(count // 2):
                given = small(chance, unique, 5)
                verdict, right = judge(given), exhaustive.satisfies(name, given, NIL)
                held += right
                if not isinstance(verdict, Unknown):
                    decided += 1
                    differ += isinstance(verdict, Valid) != right
            wrong += differ
            values = "unique values" if unique else "repeated values"
            told = f"{held:,} hold, {decided:,} decided, {differ} differ"
            print(f"  {name}, {values}: {count // 2:,} histories, {told}", flush=True)
    return wrong


def main(arguments: list[str], machine: Callable[[], None]) -> int:
    """The table of speeds; with --agreement the comparison with the oracle instead. 64 for anything else."""
    count = arguments[1] if len(arguments) == 2 else str(HISTORIES)
    if arguments and (arguments[0] != "--agreement" or len(arguments) > 2 or not count.isdecimal()):
        print(f"bench ladder: {' '.join(arguments)!r} is unknown; accepted: --agreement [COUNT]", file=sys.stderr)
        return 64
    machine()
    if arguments:
        return 70 if agreement(int(count)) else 0
    speed()
    return 0


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], json.loads(sys.argv[2]))))
