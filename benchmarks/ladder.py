"""`python3 dev.py bench ladder [--agreement [COUNT]]`: speed of the rungs, or their agreement with the oracle."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.agreement import HISTORIES, JUDGES, levels
from benchmarks.busy_histories import busy
from checkers.ladder.climb import climb

MEASURED: dict[str, Callable[..., Any]] = {
    **JUDGES,
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


def main(arguments: list[str], machine: Callable[[], None]) -> int:
    """The table of speeds; with --agreement the comparison with the oracle instead. 64 for anything else."""
    count = arguments[1] if len(arguments) == 2 else str(HISTORIES)
    if arguments and (arguments[0] != "--agreement" or len(arguments) > 2 or not count.isdecimal()):
        print(f"bench ladder: {' '.join(arguments)!r} is unknown; accepted: --agreement [COUNT]", file=sys.stderr)
        return 64
    machine()
    if arguments:
        return 70 if levels(int(count)) else 0
    speed()
    return 0


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], json.loads(sys.argv[2]))))
