"""The abstract protocols searched to the end: the table of docs/exploration.md, and the mutants' shortest runs.

python -m benchmarks scopes
python -m benchmarks mutants
"""

import time
from dataclasses import replace

from checkers.proofs.protocol.mutants import MUTANTS
from model.abstract.instance import Instance, instance
from model.abstract.protocol import Protocol
from model.abstract.register import REGISTER, register_instance
from model.abstract.store import STORE
from model.explorer.abstract import explore_abstract
from model.explorer.outcome import Bounds

MOST_STATES = 5_000_000
"""A mutant whose shortest run lies behind so many states is not found here; bounded model checking finds it."""

SCOPES: dict[str, tuple[Protocol, Instance]] = {
    "register: 3 servers, 1 put, 1 get": (REGISTER, register_instance({"a": ("put",), "b": ("get",)})),
    "register: 3 servers, 2 puts": (REGISTER, register_instance({"a": ("put",), "b": ("put",)})),
    "register: 3 servers, a put then a get, and a get": (
        REGISTER,
        register_instance({"a": ("put", "get"), "b": ("get",)}),
    ),
    "register: 3 servers, 1 put, 2 gets": (REGISTER, register_instance({"a": ("put",), "b": ("get",), "c": ("get",)})),
    "register: 3 servers, twice a put then a get": (
        REGISTER,
        register_instance({"a": ("put", "get"), "b": ("put", "get")}),
    ),
    "store: 1 owner, 1 put, 1 get": (STORE, instance({"old": "a"}, r=1, w=1)),
    "store: 1 owner, 1 put, 2 gets": (STORE, instance({"old": "a"}, r=1, w=1, reads=("get1", "get2"))),
    "store: 1 owner, 2 puts, 1 get": (STORE, instance({"old": "a"}, r=1, w=1, writes=("put1", "put2"))),
    "store: 1 owner and a fallback, 1 put, 1 get": (STORE, instance({"old": "a"}, r=1, w=1, nodes="f")),
    "store: 1 owner, a put, a delete, 1 get": (STORE, instance({"old": "a"}, r=1, w=1, deletes=("del1",))),
}


def scopes() -> None:
    """Every invariant of every scope, in every reachable state."""
    print("| scope | states | transitions | depth | invariants | CPU seconds |\n|---|---|---|---|---|---|")
    for name, (protocol, chosen) in SCOPES.items():
        began_s = time.process_time()
        found = explore_abstract(protocol, chosen, invariants=[named.name for named in protocol.invariants])
        assert found.holds, found
        row = (name, f"{found.states:,}", f"{found.transitions:,}", found.depth, len(protocol.invariants))
        print("|", " | ".join(map(str, row)), f"| {time.process_time() - began_s:.1f} |", flush=True)


def mutants() -> None:
    """The shortest run of each mutant that a search of `MOST_STATES` states finds."""
    for mutant in MUTANTS:
        protocol = mutant.change(STORE)
        if mutant.among:
            protocol = replace(protocol, actions=tuple(a for a in protocol.actions if a.name in mutant.among))
        began_s = time.process_time()
        found = explore_abstract(protocol, mutant.instance, Bounds(states=MOST_STATES), invariants=[mutant.breaks])
        length = len(found.counterexamples[0].steps) if found.counterexamples else None
        told = f"{length} steps" if length is not None else f"not within {found.excluded[0]}"
        print(f"{mutant.name}: {told}, {found.states:,} states, {time.process_time() - began_s:.1f} s", flush=True)
