"""What exploring costs: the abstract register searched in five ways, copied by hand, and by Spin where it is installed.

    python -m benchmarks explore

CPU seconds of one core; each search in a process of its own. Every engine must come to the same counts.
"""

import multiprocessing
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.plain_register import explore_by_copying
from kept.explore.processes import Processes
from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import AbstractSystem, CommutingSystem, Lanes, explore_abstract
from model.explorer.explore import explore
from model.explorer.part import Part

MODEL = Path(__file__).with_name("register.pml")
ROUNDS = 3

Clients = Mapping[str, tuple[str, ...]]
SMALL: Clients = {"a": ("put",), "b": ("get",)}
MIDDLE: Clients = {"a": ("put", "get"), "b": ("get",)}
LARGE: Clients = {"a": ("put", "get"), "b": ("put", "get")}
SPIN = {
    "1 put, 1 get": ("-DOPS=2", "-DPUTS=1", "-DBEFORE_0=0", "-DBEFORE_1=0"),
    "put and get, get": ("-DOPS=3", "-DPUTS=1", "-DBEFORE_0=0", "-DBEFORE_1=0", "-DBEFORE_2=1"),
    "put and get, twice": ("-DOPS=4", "-DPUTS=2", "-DBEFORE_0=0", "-DBEFORE_1=0", "-DBEFORE_2=1", "-DBEFORE_3=2"),
}
"""Puts come first in the Promela model; a client's get waits for its put."""
INSTANCES: dict[str, Clients] = dict(zip(SPIN, (SMALL, MIDDLE, LARGE), strict=True))


class Measured(NamedTuple):
    states: int
    transitions: int
    cpu_s: float
    wall_s: float
    rss_bytes: float
    """What the resident memory of all processes grew by."""
    stored_bytes: float
    """What the explorer says that it stores."""


Count = Callable[[Clients], tuple[int, int, float]]
"""A search: states, transitions, bytes stored."""


def columns(clients: Clients) -> tuple[int, int, float]:
    found = explore_abstract(REGISTER, register_instance(clients))
    return found.states, found.transitions, found.memory_bytes


def columns_on_two_cores(clients: Clients) -> tuple[int, int, float]:
    lanes = Lanes(REGISTER, register_instance(clients))
    with Processes(lanes.part, 2) as crew:
        search = lanes.search(crew=crew)
        found = search.run()
    return found.states, found.transitions, found.memory_bytes


def packed(clients: Clients) -> tuple[int, int, float]:
    system = AbstractSystem(REGISTER, register_instance(clients))
    found = explore(system, system.properties())
    return found.states, found.transitions, found.memory_bytes


def packed_on_two_cores(clients: Clients) -> tuple[int, int, float]:
    system = AbstractSystem(REGISTER, register_instance(clients))
    asked = system.properties()
    with Processes(lambda number, parts: Part(system, asked, number, parts), 2) as crew:
        found = explore(system, asked, crew=crew)
    return found.states, found.transitions, found.memory_bytes


def asleep(clients: Clients) -> tuple[int, int, float]:
    system = CommutingSystem(REGISTER, register_instance(clients))
    found = explore(system, system.properties(), order="depth", sleep=True)
    return found.states, found.transitions, found.memory_bytes


def symmetric(clients: Clients) -> tuple[int, int, float]:
    system = AbstractSystem(REGISTER, register_instance(clients), symmetric=("Server",))
    found = explore(system, system.properties())
    return found.states, found.transitions, found.memory_bytes


def copying(clients: Clients) -> tuple[int, int, float]:
    states, transitions, _ = explore_by_copying(clients)
    return states, transitions, 0.0


def measured(count: Count, clients: Clients) -> Measured:
    """One search in a process of its own."""
    context: Any = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(sender, count, clients))
    process.start()
    sender.close()
    found = Measured(*receiver.recv())
    process.join()
    return found


def _measure(sender: Any, count: Count, clients: Clients) -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began_s, wall_s = _cpu_s(), time.monotonic()
    states, transitions, stored = count(clients)
    used_s, wall_s = _cpu_s() - began_s, time.monotonic() - wall_s
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    sender.send((states, transitions, used_s, wall_s, 1024.0 * grown_kib, stored))


def _cpu_s() -> float:
    """Of this process and those that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def spin(options: tuple[str, ...]) -> Measured | None:
    """The same protocol in Spin, whole states in a hash table, without reduction; None where it is not installed."""
    if not (shutil.which("spin") and shutil.which("gcc")):
        return None
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["spin", "-a", *options, str(MODEL)], cwd=folder, check=True, capture_output=True)
        build = ["gcc", "-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]
        subprocess.run(build, cwd=folder, check=True, capture_output=True)
        began_s, wall_s = _cpu_s(), time.monotonic()
        ran = subprocess.run(["./pan", "-m100000", "-w24"], cwd=folder, check=True, capture_output=True, text=True)
        used_s, wall_s = _cpu_s() - began_s, time.monotonic() - wall_s
    numbers = {
        line.split(None, 1)[1]: line.split()[0] for line in ran.stdout.splitlines() if "=" in line or ", " in line
    }
    states = next(int(value) for name, value in numbers.items() if name == "states, stored")
    steps = next(int(value) for name, value in numbers.items() if name.startswith("transitions"))
    return Measured(states, steps - 1, used_s, wall_s, 0.0, 0.0)  # Spin counts the first state as a step to it


ENGINES: tuple[tuple[str, Count, tuple[str, ...]], ...] = (
    ("columns", columns, tuple(INSTANCES)),
    ("columns, two cores", columns_on_two_cores, tuple(INSTANCES)[1:]),
    ("packed states", packed, tuple(INSTANCES)[:2]),
    ("packed, two cores", packed_on_two_cores, tuple(INSTANCES)[:2]),
    ("depth first, sleep sets", asleep, tuple(INSTANCES)[:2]),
    ("packed, symmetry", symmetric, tuple(INSTANCES)[:2]),
    ("deepcopy", copying, tuple(INSTANCES)[:1]),
)
"""What runs, and on which instances: the slow ones not on the large one."""


def exploration() -> None:
    """States a second, bytes a state, and each engine's rate against copying by hand on the smallest instance."""
    print("the abstract register, 3 servers: unique states and transitions per CPU second, bytes stored a state")
    plain: Measured | None = None
    for name, clients in INSTANCES.items():
        print(f"  {name}")
        best: dict[str, Measured] = {}
        for _ in range(ROUNDS):
            for engine, count, instances in ENGINES:
                if name in instances:
                    _keep(best, engine, measured(count, clients))
            other = spin(SPIN[name])
            if other is not None:
                _keep(best, "Spin", other)
        plain = best.get("deepcopy", plain)
        for engine, one in best.items():
            print(f"    {engine:24} {_told(one, plain)}", flush=True)
        reduced = ("depth first, sleep sets", "packed, symmetry")
        counts = {(one.states, one.transitions) for engine, one in best.items() if engine not in reduced}
        assert len(counts) == 1, f"engines disagree: {best}"
        print("    all engines without a reduction agree on states and transitions" + _spinless(best))


def _spinless(best: Mapping[str, Measured]) -> str:
    return "" if "Spin" in best else " (Spin is not installed)"


def _keep(best: dict[str, Measured], engine: str, one: Measured) -> None:
    """The least CPU time of the rounds: others had the core in the meantime."""
    if engine not in best or one.cpu_s < best[engine].cpu_s:
        best[engine] = one


def _told(one: Measured, plain: Measured | None) -> str:
    rate = one.states / one.cpu_s
    told = f"{one.states:9,} states {one.transitions:11,} transitions {one.cpu_s:7.2f} s CPU {one.wall_s:7.2f} s"
    told += f" {rate:9,.0f} states/s {one.transitions / one.cpu_s:10,.0f} transitions/s"
    if plain is not None:
        told += f" {rate * plain.cpu_s / plain.states:6.1f}x deepcopy"
    if one.stored_bytes:
        told += f" {one.stored_bytes / one.states:5.1f} B stored"
    if one.rss_bytes > 1e6:
        told += f" {one.rss_bytes / one.states:5.0f} B resident"
    return told
