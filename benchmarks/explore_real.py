"""Exploration of the real nodes: against deep copies, the first scope to its end, and the bugs of the zoo."""

import os
import resource
import time
from collections.abc import Mapping
from statistics import median
from typing import Any

from kept.explore.explore import Plan, explored
from kept.explore.plain import PlainExplorer
from kept.explore.scope import Scope
from kept.explore.system import Nodes
from kept.zoo.catalogue import BUGS
from model.explorer.explore import explore
from model.explorer.outcome import Bounds

PLAIN_STATES = 1_000
ZOO_STATES = 150_000
ROUNDS = 3
_STRICT: dict[str, Any] = {"crashes": 0}
_HINTED: dict[str, Any] = {"sloppy": True, "n": 2, "r": 1, "w": 2, "partitions": 1, "timeouts": 1, "crashes": 0}
_ALONE: dict[str, Any] = {"crashes": 0, "nodes": 1, "n": 1, "r": 1, "w": 1}
_TWO_OF_3: dict[str, Any] = {"crashes": 0, "clients": 1, "program": "put", "nodes": 3, "n": 2, "r": 1, "w": 2}

HUNTS: Mapping[str, Mapping[str, Any]] = {
    "canary": {**_STRICT, "clients": 1},
    "shared-identity": {**_STRICT, "program": "blind,blind"},
    "volatile-counter": {"clients": 1, "program": "blind blind blind"},
    "volatile-lease": {"clients": 1, "program": "blind blind"},
    "sibling-explosion": {**_STRICT, "program": "put get put,put"},
    "false-dominance": {**_STRICT, "clients": 1, "program": "blind blind"},
    "merge-counts": {**_STRICT, "versions": "lww", "program": "put,put"},
    "skewed-clock": {**_STRICT, "clients": 1, "ops": 3, "contact": "any"},
    "second-forward": {
        **_STRICT,
        "clients": 1,
        "program": "put",
        "n": 2,
        "r": 1,
        "w": 1,
        "contact": "any",
        "timeouts": 2,
        "drops": 1,
    },
    "retry-executed-twice": {**_STRICT, "clients": 1, "program": "put", "duplicates": 1},
    "failed-but-visible": {**_STRICT, "clients": 1, "program": "put", "w": 3, "timeouts": 2, "drops": 2},
    "sloppy-overlap": {**_STRICT, "program": "put,get", "n": 2, "r": 1, "w": 2, "partitions": 1, "timeouts": 2},
    "notfound-votes": {**_STRICT, "program": "put,get", "nodes": 4, "partitions": 1, "timeouts": 1},
    "answer-before-repair": {
        **_STRICT,
        "program": "put,get get",
        "r": 1,
        "w": 1,
        "read_repair": "blocking",
        "contact": "any",
    },
    "hidden-sibling": {**_STRICT, "program": "put get,put"},
    "invented-value": {**_STRICT, "program": "put get,put"},
    "handoff-overwrites": {**_HINTED, "program": "put,put", "w": 1},
    "no-barrier": {"clients": 1, "program": "put get"},
    "replica-acknowledges-from-memory": {"program": "put,get"},
    "early-replication": {"clients": 1, "program": "blind blind blind", "w": 1},
    "stale-tree": {**_STRICT, "clients": 1, "program": "put put", "drops": 1, "read_repair": "off"},
    "half-reaping": {**_STRICT, "clients": 1, "program": "put delete"},
    "flip-before-transfer": {**_ALONE, "clients": 1, "program": "put get", "change": "join"},
    "union-quorum": {**_ALONE, "clients": 1, "program": "put get", "change": "join"},
    "removed-regossiped": {**_TWO_OF_3, "change": "leave"},
    "adjacent-tokens": {**_TWO_OF_3, "ring": 2},
    "rack-blind": {**_TWO_OF_3, "nodes": 4, "racks": 2, "ring": 2},
}
"""Bug -> the scope in which it is found."""


def against_copies() -> None:
    """Transitions a second of one core, in one process, on the same scope; nothing is left out in either."""
    scope = Scope(crashes=0, program="put get,put", reduce=False)
    began_s = time.process_time()
    plain = PlainExplorer(scope)
    plain.run(PLAIN_STATES)
    plain_s = time.process_time() - began_s
    began_s = time.process_time()
    outcome = explore(Nodes(scope))
    own_s = time.process_time() - began_s
    slow, quick = plain.transitions / plain_s, outcome.transitions / own_s
    print("3 nodes, 'put get,put', no faults, nothing left out; CPU seconds of one core")
    print(f"  deep copies   {slow:>10,.0f} transitions/s  (the first {plain.states:,} states)")
    print(f"  kept explore  {quick:>10,.0f} transitions/s  (all {outcome.states:,} states)  {quick / slow:,.0f} times")


def first_scope() -> None:
    """3 nodes, N=3, R=W=2, 2 clients with 2 operations each, one crash with lost writes: to the end, every claim."""
    scope = Scope()
    began_s = time.process_time()
    found = explored(scope, scope.claims(), Plan(Bounds()))
    took_s = time.process_time() - began_s
    outcome = found.outcome
    assert outcome.complete, outcome.excluded
    assert not outcome.counterexamples, outcome.counterexamples
    print("\n3 nodes, N=3, R=W=2, 2 clients with 2 operations each, one crash; every claim in every state")
    print(f"  {outcome.states:,} states, {outcome.transitions:,} transitions in {took_s:.1f} CPU seconds")
    print(f"  {outcome.transitions / took_s:,.0f} transitions/s, {outcome.bytes_per_state:.0f} bytes a stored state")
    print(f"  nodes ran {found.ran:,} local steps; all others were look-ups")


def cores() -> None:
    """One process and two, in turn: states a second by the clock on the wall, and by the CPU time of all processes."""
    scope = Scope(crashes=0)
    rates: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    states = 0
    for _ in range(ROUNDS):
        for count, found in rates.items():
            began_s, used_s = time.monotonic(), _cpu_s()
            states = explored(scope, scope.claims(), Plan(Bounds(), count)).outcome.states
            found.append((states / (time.monotonic() - began_s), states / (_cpu_s() - used_s)))
    print(
        f"\none process and two, {states:,} states, medians of {ROUNDS} rounds in turn; load {os.getloadavg()[0]:.1f}"
    )
    walls = {count: median(wall for wall, _ in found) for count, found in rates.items()}
    used = {count: median(cpu for _, cpu in found) for count, found in rates.items()}
    for count in rates:
        print(f"  {count}: {walls[count]:>8,.0f} states/s, {used[count]:>8,.0f} states per CPU second of all processes")
    print(f"  two to one: {walls[2] / walls[1]:.2f} in time, {used[1] / used[2]:.2f} in CPU seconds a state")


def _cpu_s() -> float:
    """Of this process and those that it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def zoo() -> None:
    """Every bug that fits a small scope, by the shortest run that shows it."""
    print("\n| bug | scope | violated | steps | states until then |\n|---|---|---|---|---|")
    for name, fields in HUNTS.items():
        scope = Scope.model_validate({**fields, "bug": name})
        found = explored(scope, scope.claims(), Plan(Bounds(states=ZOO_STATES)))
        examples = found.outcome.counterexamples
        words = ", ".join(f"{key} {value}" for key, value in fields.items())
        violated = ", ".join(example.name for example in examples) or "nothing"
        steps = min((len(example.steps) for example in examples), default=0)
        print(f"| `{name}` | {words} | {violated} | {steps} | {found.outcome.states:,} |")
    print(f"\n{len(HUNTS)} of {len(BUGS)} bugs")


def main() -> None:
    against_copies()
    first_scope()
    cores()
    zoo()
