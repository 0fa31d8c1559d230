"""What each guard of the abstract store is for: every one is taken away, alone.

`golden/guards.json` says of each that it is *needed* (with a run of the store without it that breaks a promise), *not
needed* for the promises (the invariants are inductive without it), or *open*: the induction fails without it, and no
run was found.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from checkers.proofs.protocol.asking import ask
from checkers.proofs.protocol.obligations import step
from checkers.proofs.protocol.runs import denied, replay
from model.abstract.instance import instance
from model.abstract.interpreter import Step
from model.abstract.store import STORE

KNOWN: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "guards.json").read_text())
GUARDS = [f"{action.name} / {guard.name}" for action in STORE.actions for guard in action.guards]


def test_every_guard_is_judged():
    assert list(KNOWN) == GUARDS
    verdicts = [judged["verdict"] for judged in KNOWN.values()]
    assert {verdict: verdicts.count(verdict) for verdict in verdicts} == {"not needed": 19, "needed": 45, "open": 14}


@pytest.mark.parametrize("name", [name for name in GUARDS if KNOWN[name]["verdict"] == "needed"])
def test_without_a_guard_that_is_needed_a_run_breaks_a_promise(name):
    action, guard = name.split(" / ")
    judged = KNOWN[name]
    steps = tuple(Step(taken, tuple(args)) for taken, args in judged["run"])
    broken = denied(STORE.invariant(judged["breaks"]))
    assert replay(STORE.without_guard(action, guard), instance(**judged["on"]), steps, broken).steps == steps


@pytest.mark.parametrize("name", [name for name in GUARDS if KNOWN[name]["verdict"] != "needed"])
def test_without_a_guard_the_induction_holds_or_fails_as_stated(name):
    action, guard = name.split(" / ")
    mutant = STORE.without_guard(action, guard)
    results = {outcome.result for outcome in ask(step(mutant, mutant.action(action)), ["z3"], 10_000)}
    assert results == {"proved"} if KNOWN[name]["verdict"] == "not needed" else results == {"proved", "refuted"}
