"""`python -m benchmarks growth`: time and memory of the ladder's polynomial rungs against length, keys and clients.

Each point is measured in a process of its own. The exponent b of t ~ n^b is fitted by least squares on logarithms; for
n log n it is 1.07 between 125,000 and a million. Two lines in brackets are no rungs but what the machine makes of the
same length: numbers fetched client by client, and sorted. What they grow by is the machine's.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.busy_histories import busy
from benchmarks.ladder import MEASURED
from benchmarks.loading import peak_bytes
from histories.columns import Columns

RUNGS = (
    "linearizable", "regular", "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
    "causal-consistency", "causal-convergence", "causal-memory", "pram", "k-atomic", "delta-atomic",
)  # fmt: skip
MACHINE: dict[str, Callable[[Columns], Any]] = {
    "(fetching)": lambda given: given.start[np.argsort(given.process.astype(np.uint16), kind="stable")],
    "(sorting)": lambda given: np.argsort(given.key * np.int64(len(given)) + given.result),
}
LINES: dict[str, Callable[[Columns], Any]] = {**{name: MEASURED[name] for name in RUNGS}, **MACHINE}
ROUNDS = 2
USUAL = {"operations": 500_000, "clients": 20, "keys": 100}
AXES: dict[str, tuple[int, ...]] = {
    "operations": (125_000, 250_000, 500_000, 1_000_000),
    "keys": (1, 10, 100, 1_000, 10_000),
    "clients": (5, 10, 20, 50, 100),
}


def point(fields: dict[str, int]) -> dict[str, list[float]]:
    """CPU seconds and added MB of each rung on one history: the least of the rounds, after one that loads the code."""
    given = busy(**fields)
    found = {}
    for name, judge in LINES.items():
        judge(given)
        seconds, added = [], []
        for _ in range(ROUNDS):
            before = _reset_peak()
            begun = time.process_time()
            judge(given)
            seconds.append(time.process_time() - begun)
            added.append((peak_bytes() - before) / 1e6)
        found[name] = [min(seconds), min(added)]
    return found


def _reset_peak() -> float:
    """What is held now, where the system can forget the peak; else the peak."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5")
    return peak_bytes()


def exponent(sizes: tuple[int, ...], values: list[float]) -> float:
    """The slope of the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-6)), 1)[0])


def growth() -> None:
    """One table for each axis, as Markdown."""
    for axis, sizes in AXES.items():
        points = []
        for size in sizes:
            fields: dict[str, Any] = {**USUAL, axis: size}
            command = [sys.executable, "-m", "benchmarks.growth", json.dumps(fields)]
            points.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        others = ", ".join(f"{value:,} {name}" for name, value in USUAL.items() if name != axis)
        print(f"CPU seconds (added MB) against {axis}; {others}\n")
        print(f"| {axis} | " + " | ".join(f"{size:,}" for size in sizes) + " | time ~ | memory ~ |")
        print("|---" * (len(sizes) + 3) + "|")
        for name in LINES:
            cells = [f"{one[name][0]:.2f} ({one[name][1]:.0f})" for one in points]
            slopes = [exponent(sizes, [one[name][part] for one in points]) for part in (0, 1)]
            print(f"| {name} | " + " | ".join(cells) + f" | n^{slopes[0]:.2f} | n^{slopes[1]:.2f} |")
        print(flush=True)


if __name__ == "__main__":
    print(json.dumps(point(json.loads(sys.argv[1]))))
