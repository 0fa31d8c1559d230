"""`python -m benchmarks targets`: what `kept check` costs, each figure beside what was asked of it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.check import ROUNDS, measured_command
from benchmarks.linearizability import logs_s
from benchmarks.loading import WRITERS
from histories.generate import Shape, linearizable

MANY = {"operations": 1_000_000, "clients": 100, "keys": 100}
LEVELS = {
    "causal-memory": 2.0, "causal-convergence": 2.0, "causal-consistency": 2.0, "pram": 2.0, "read-your-writes": 0.3,
    "monotonic-reads": 0.3, "monotonic-writes": 0.3, "writes-follow-reads": 0.3,
}  # fmt: skip
ALONE: list[tuple[str, dict[str, Any], bool, float, float | None]] = [
    ("1 M unique, 1 key, 50 clients, numba", {"operations": 1_000_000, "clients": 50}, True, 0.1, None),
    ("1 M unique, 1 key, 50 clients, numpy", {"operations": 1_000_000, "clients": 50}, False, 0.3, None),
    ("1 M unique, 100 keys, 10 clients, numba", {"operations": 1_000_000, "clients": 10, "keys": 100}, True, 0.1, None),
    ("1 M of 5 values, 1 key, 5 clients", {"operations": 1_000_000, "clients": 5, "values": 5}, True, 1.5, 600),
    ("100,000 of 5 values, 1 key, 50 clients", {"operations": 100_000, "clients": 50, "values": 5}, True, 5.0, None),
]


def _asked(module: str, *words: str) -> dict[str, float]:
    """The least of some rounds of one measurement, each in a process of its own."""
    command = [sys.executable, "-m", module, *words]
    rounds = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(2)]
    return {name: min(one[name] for one in rounds) for name in rounds[0]}


def _row(name: str, seconds: float, target: float, mb: float | None = None, most_mb: float | None = None) -> None:
    memory = "" if mb is None else f" {mb:7,.0f}" + ("" if most_mb is None else f" {most_mb:7,.0f}")
    missed = seconds > target or (mb is not None and most_mb is not None and mb > most_mb)
    print(f"  {name:52} {seconds:8.3f} {target:7.2f}{memory}{'   missed' if missed else ''}", flush=True)


def _alone() -> None:
    print("linearizability alone: CPU s, target, MB of the process, target")
    for name, fields, compiled, target, most_mb in ALONE:
        found = _asked("benchmarks.linearizability", json.dumps(fields), json.dumps(compiled))
        _row(name, found["cpu_s"], target, found["peak_mb"], most_mb)
    seconds = logs_s()
    if seconds is not None:
        _row("all recorded etcd logs together", seconds, 0.02)


def _levels() -> None:
    print("levels alone, 1 M operations, 100 clients, 100 keys: CPU s, target, MB added")
    for name, target in LEVELS.items():
        found = _asked("benchmarks.ladder", name, json.dumps(MANY))
        _row(name, found["cpu_s"], target, found["added_mb"])


def _loading() -> None:
    print("loading 1 M operations (compiled code loaded before): CPU s, target, MB added")
    columns = linearizable(1, Shape(operations=1_000_000, processes=50, keys=100, info=0.0, fail=0.0)).columns
    with tempfile.TemporaryDirectory() as folder:
        for name, target in (("parquet", 0.1), ("jsonl", 1.0), ("kept", 1.0)):
            path = Path(folder) / name
            WRITERS[name](columns, path)
            found = _asked("benchmarks.loading", str(path))
            _row(f"{name}, {path.stat().st_size / 1e6:.0f} MB", found["warm_cpu_s"], target, found["bytes"] / 1e6)


def _commands() -> None:
    print(f"the whole command, from start to exit (least of {ROUNDS}): CPU s, target, MB, target")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        made = f"from pathlib import Path; from benchmarks.check import make; make(Path({folder!r}))"
        subprocess.run([sys.executable, "-c", made], check=True)
        for name, code, target, most_mb, words in [
            ("1,000 operations, JSON lines", 0, 0.5, None, ("small.jsonl",)),
            ("1,000 operations, --ladder", 0, 0.5, None, ("small.jsonl", "--ladder")),
            ("1 M, Parquet, --ladder", 0, 6.0, 1000, ("large.parquet", "--ladder")),
            ("1 M, Parquet, a stale read, --ladder", 1, 6.0, 1000, ("stale.parquet", "--ladder")),
        ]:
            found = [measured_command(code, (str(base / words[0]), *words[1:])) for _ in range(ROUNDS)]
            _row(name, min(one[1] for one in found), target, min(one[2] for one in found), most_mb)


PARTS: tuple[Callable[[], None], ...] = (_alone, _levels, _loading, _commands)


def targets() -> None:
    """Every figure that was asked for."""
    for part in PARTS:
        part()
