"""`python3 dev.py bench NAME...`: the first four of `BENCHMARKS` where none is named."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.admission import admission
from benchmarks.agreement import main as agreement
from benchmarks.check import commands
from benchmarks.conformance import main as conformance
from benchmarks.explore import exploration
from benchmarks.explore_real import main as explore_real
from benchmarks.fuzz import fuzzing, memory
from benchmarks.fuzzcheck import main as fuzzcheck
from benchmarks.growth import growth
from benchmarks.hunting import hunting
from benchmarks.ladder import main as ladder
from benchmarks.linearizability import main as linearizability
from benchmarks.loading import loading
from benchmarks.measure import apart
from benchmarks.prove import proofs
from benchmarks.reference import main as reference
from benchmarks.scopes import mutants, scopes
from benchmarks.shrink import shrunk
from benchmarks.staleness import staleness
from benchmarks.stateful import stateful
from benchmarks.targets import targets
from benchmarks.zoo import table
from benchmarks.zoo_machine import table as zoo_machine

ROUNDS = 5


def _machine() -> None:
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, load {load}")
    print("CPU seconds of one core; each run in a process of its own; median of the rounds, (min-max)\n")


def _spread(values: list[float], form: str = "{:,.0f}") -> str:
    return f"{form.format(median(values))} ({form.format(min(values))}-{form.format(max(values))})"


def throughput() -> None:
    """The default run, all faults on, history streamed to disk."""
    runs = [apart({"seed": seed, "ops": 10_000}) for seed in range(ROUNDS)]
    print("default configuration, 10,000 operations, all faults, history on disk")
    print("  operations/s       ", _spread([run["ops"] / run["run_s"] for run in runs]))
    print("  events/s           ", _spread([run["events"] / run["run_s"] for run in runs]))
    print("  virtual/real time  ", _spread([run["virtual_s"] / run["run_s"] for run in runs]))
    print("  history bytes/op   ", _spread([run["history_bytes"] / run["ops"] for run in runs]))


def pairs() -> None:
    """What a choice costs: the same seeds with and without it, in turn; the ratio pair by pair."""
    base: dict[str, Any] = {"ops": 5_000}
    choices: list[tuple[str, dict[str, Any]]] = [
        ("no faults", {"faults": []}),
        ("strict quorum", {"sloppy": False}),
        ("plain vectors", {"versions": "vv"}),
        ("last writer wins", {"versions": "lww"}),
        ("blocking read repair", {"read_repair": "blocking"}),
        ("no anti-entropy", {"anti_entropy": False}),
        ("PCT scheduling", {"strategy": "pct"}),
        ("strategy 1, 8 tokens", {"ring": 1}),
    ]
    print("CPU time relative to the default configuration, same seeds, in turn")
    for name, change in choices:
        ratios = []
        for seed in range(ROUNDS):
            plain = apart({**base, "seed": seed})
            changed = apart({**base, **change, "seed": seed})
            ratios.append(changed["run_s"] / plain["run_s"])
        print(f"  {name:22}", _spread(ratios, "{:.2f}"))


def nodes() -> None:
    """Cost against the size of the cluster. Gossip and failure detection grow with its square."""
    print("2,000 operations against the size of the cluster, all faults")
    for count in (5, 50, 500):
        run = apart({"seed": 1, "ops": 2_000, "nodes": count, "partitions": max(64, 4 * count)})
        print(
            f"  {count:4} nodes: {run['ops'] / run['run_s']:8,.0f} operations/s, {run['events'] / run['run_s']:8,.0f}"
            f" events/s, virtual/real {run['virtual_s'] / run['run_s']:6.1f}, peak {run['peak_bytes'] / 1e6:5,.0f} MB"
        )


def length() -> None:
    """Cost and memory against the length of the run, and of judging it."""
    print("cost against the number of operations (400 keys); memory is what the run itself added")
    for power in (3, 4, 5, 6):
        ops = 10**power
        run = apart({"seed": 1, "ops": ops, "keys": 400}, judge=ops <= 100_000)
        judged = f"{run['judge_s'] * 1e6 / ops:5.1f} us/op to judge" if run["judge_s"] else "not judged"
        print(
            f"  10^{power} operations: {run['run_s'] * 1e6 / ops:6.1f} us/op, {run['memory_bytes'] / ops:8.1f} bytes/op"
            f" in memory, {run['history_bytes'] / ops:5.0f} bytes/op on disk, {judged}"
        )


BENCHMARKS: dict[str, Callable[[], None]] = {
    "throughput": throughput,
    "pairs": pairs,
    "nodes": nodes,
    "length": length,
    "fuzz": fuzzing,
    "memory": memory,
    "loading": loading,
    "zoo": table,
    "hunting": hunting,
    "shrink": shrunk,
    "admission": admission,
    "prove": proofs,
    "proofs": proofs,
    "check": commands,
    "reference": reference,
    "conformance": conformance,
    "targets": targets,
    "growth": growth,
    "staleness": staleness,
    "explore": exploration,
    "stateful": stateful,
    "zoo-machine": zoo_machine,
    "explore-real": explore_real,
    "scopes": scopes,
    "mutants": mutants,
}
ARGUED: dict[str, Callable[[list[str], Callable[[], None]], int]] = {
    "agreement": agreement,
    "linearizability": linearizability,
    "ladder": ladder,
    "fuzzcheck": fuzzcheck,
}
"""What takes arguments of its own."""
UNASKED = ("throughput", "pairs", "nodes", "length")
"""What runs where nothing is named; the others take minutes."""


def main(names: list[str]) -> int:
    if names and names[0] in ARGUED:
        return ARGUED[names[0]](names[1:], _machine)
    if names[:1] == ["mutation"]:
        # In a process of its own: what is mutated must not be loaded before, and this module has loaded most of it.
        return subprocess.run([sys.executable, "-m", "benchmarks.mutation.run", *names[1:]], check=False).returncode
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"bench: {unknown[0]!r} is unknown; accepted: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 64
    _machine()
    for name in names or UNASKED:
        BENCHMARKS[name]()
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
