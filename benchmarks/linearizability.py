"""`python3 dev.py bench linearizability [--agreement]`: speed of the checkers, or their agreement with the oracle."""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.busy_histories import busy
from benchmarks.random_histories import MODELS, columns, history, unique
from checkers.linearizability import beam, classical, exhaustive, frontier, stages, zones, zones_plain
from checkers.linearizability.check import Bounds, check, state_code
from checkers.linearizability.operations import Interval
from checkers.linearizability.transitions import grouped, register_transitions
from checkers.verdict import Valid
from histories.load import load
from model.specifications.register import Register

HISTORIES = 100_000
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KEPT_SHARED") or ROOT.parent / "shared") / "histories"

CASES: dict[str, dict[str, Any]] = {
    "unique values, 1 key, 50 clients": {"operations": 1_000_000, "clients": 50},
    "unique values, 100 keys, 10 clients": {"operations": 1_000_000, "clients": 10, "keys": 100},
    "unique values, 100,000 keys, 10 clients": {"operations": 1_000_000, "clients": 10, "keys": 100_000},
    "unique values, 30 % cas, 1 key, 50 clients": {"operations": 1_000_000, "clients": 50, "swaps": 0.6},
    "unique values, 30 % cas, 100 keys": {"operations": 1_000_000, "clients": 50, "keys": 100, "swaps": 0.6},
    "5 values, 1 key, 5 clients": {"operations": 1_000_000, "clients": 5, "values": 5},
    "5 values, 1 key, 20 clients": {"operations": 100_000, "clients": 20, "values": 5},
    "5 values, 1 key, 50 clients": {"operations": 100_000, "clients": 50, "values": 5},
    "5 values, 1 key, 20 clients, 30 % cas": {"operations": 20_000, "clients": 20, "values": 5, "swaps": 0.6},
    "5 values, 1 key, 50 clients, 30 % cas": {"operations": 2_000, "clients": 50, "values": 5, "swaps": 0.6},
    "5 values, 1 key, 5 clients, 1 % lost": {"operations": 20_000, "clients": 5, "values": 5, "lost": 0.01},
}


def measured(fields: dict[str, Any], compiled: bool) -> dict[str, float]:
    """Decide one history in this process, once to load what it needs and once to measure."""
    bounds = Bounds(compiled=compiled)
    check(busy(**{**fields, "operations": 50 * fields["clients"]}), "cas-register", None, bounds)
    given = busy(**fields)
    base_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, begun_wall = time.process_time(), time.perf_counter()
    verdict = check(given, "cas-register", None, bounds)
    cpu_s, wall_s = time.process_time() - begun, time.perf_counter() - begun_wall
    assert isinstance(verdict, Valid), verdict
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu_s": cpu_s, "wall_s": wall_s, "added_mb": (peak_kib - base_kib) / 1024, "peak_mb": peak_kib / 1024}


def speed() -> None:
    """The table: check alone, from columns in memory to the verdict."""
    print("check alone, from columns in memory to the verdict; CPU seconds, (wall), MB added")
    for name, fields in CASES.items():
        told = [f"{name:44} {fields['operations']:>9,}"]
        for compiled in (True, False) if "values" not in fields else (True,):
            arguments = [sys.executable, "-m", "benchmarks.linearizability", json.dumps(fields), json.dumps(compiled)]
            done = subprocess.run(arguments, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            how = "numba" if compiled else "numpy"
            told.append(f"{how} {found['cpu_s']:6.3f} ({found['wall_s']:.3f}) {found['added_mb']:5.0f} MB")
        print("  " + "   ".join(told), flush=True)
    logs()


def logs() -> None:
    """The recorded logs of etcd, all together."""
    for how, compiled in (("numba", True), ("plain", False)):
        cpu_s = logs_s(compiled)
        told = "not here" if cpu_s is None else f"{cpu_s:.4f} CPU s together"
        print(f"  recorded etcd logs, {how}: {told}")


def logs_s(compiled: bool = True) -> float | None:
    """CPU seconds to decide all recorded logs of etcd; None where they are not here."""
    paths = sorted((SHARED / "etcd").glob("*.edn"))
    given = [load(path).columns for path in paths]
    cpu_s = None
    for _ in range(3):
        begun = time.process_time()
        for one in given:
            check(one, "cas-register", None, Bounds(compiled=compiled), explain=False)
        cpu_s = min(cpu_s or 1e9, time.process_time() - begun)
    return cpu_s if given else None


def agreement(count: int = HISTORIES) -> int:
    """Every method against the oracle, on `count` random small histories of every model; how many disagreed."""
    wrong = 0
    for name in MODELS:
        wrong += _compared(name, *_searches(name, count))
    for swaps in (False, True):
        name = "unique values" + (" with cas" if swaps else "")
        wrong += _compared(name, *_zones(swaps, count))
    return wrong


Told = list[bool]


def _compared(name: str, oracle: Told, methods: dict[str, list[bool | None]]) -> int:
    """Print one line; a method that does not decide a history says None of it."""
    wrong = 0
    told = []
    for method, answers in methods.items():
        decided = sum(answer is not None for answer in answers)
        differ = sum(answer is not None and answer != right for answer, right in zip(answers, oracle, strict=True))
        wrong += differ
        told.append(f"{method} {decided:,} decided, {differ} differ")
    print(f"  {name}: {len(oracle):,} histories, {sum(oracle):,} linearizable; {'; '.join(told)}", flush=True)
    return wrong


def _searches(name: str, count: int) -> tuple[Told, dict[str, list[bool | None]]]:
    specification = MODELS[name][0]
    chance = random.Random(name)
    given = [history(name, chance) for _ in range(count)]
    oracle = [exhaustive.linearizable(specification, one) for one in given]
    methods: dict[str, list[bool | None]] = {
        "classical": [classical.linearize(specification, one) is not None for one in given],
        "frontier": [isinstance(frontier.search(specification, one), frontier.Fits) for one in given],
    }
    if name == "set":
        asked = [[op for op in one if op.required or op.call.f == "add"] for one in given]
        methods["stages"] = [stages.set_conflict(one, frozenset()) is None for one in asked]
    if isinstance(specification, Register):
        methods |= _compiled([_told(one) for one in given], specification.init)
    return oracle, methods


def _zones(swaps: bool, count: int) -> tuple[Told, dict[str, list[bool | None]]]:
    chance = random.Random(swaps)
    given = [unique(chance, swaps) for _ in range(count)]
    oracle = [exhaustive.linearizable(Register(0), one) for one in given]
    plain: list[bool | None] = [zones_plain.conflict(one, 0) is None for one in given]
    return oracle, {"plain zones": plain, **_compiled(given, 0)}


def _told(one: list[Interval]) -> list[Interval]:
    return [op for op in one if op.required or op.call.f != "read"]


def _compiled(given: list[list[Interval]], initial: Any) -> dict[str, list[bool | None]]:
    """The array and compiled methods, all histories at once as keys of one."""
    together = columns(given)
    transitions = register_transitions(together, state_code(together, initial))
    places = together.keys
    found: dict[str, list[bool | None]] = {"numpy zones": [None] * len(given), "numba zones": [None] * len(given)}
    for method, judge in (("numpy zones", zones.judged), ("numba zones", zones.judged_compiled)):
        decided, bad = judge(transitions, len(places))
        for at in np.flatnonzero(decided).tolist():
            found[method][places[at]] = not bad[at]
    groups = grouped(transitions)
    stuck = {int(groups.key[outcome.key]) for outcome in beam.decide(groups)}
    found["beam"] = [None] * len(given)
    for at in groups.key.tolist():
        found["beam"][places[at]] = at not in stuck
    return found


def main(arguments: list[str], machine: Callable[[], None]) -> int:
    """The table of speeds; with --agreement the comparison with the oracle instead. 64 for anything else."""
    if arguments not in ([], ["--agreement"]):
        print(f"bench linearizability: {arguments[0]!r} is unknown; accepted: --agreement", file=sys.stderr)
        return 64
    machine()
    if arguments:
        return 70 if agreement() else 0
    speed()
    return 0


if __name__ == "__main__":
    print(json.dumps(measured(json.loads(sys.argv[1]), json.loads(sys.argv[2]))))
