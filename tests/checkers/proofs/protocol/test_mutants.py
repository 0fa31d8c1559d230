"""Every mistake is caught, and told so that people understand it.

`golden/runs.json` has a shortest run of each mutant and `golden/runs.txt` what is said of it. Solvers find other runs
of the same length; `KEPT_GOLDEN=write` writes both files anew.
"""

import json
import os
from pathlib import Path

import pytest

from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.protocol.proof import refute
from checkers.proofs.protocol.runs import NotARun, denied, replay
from model.abstract.interpreter import Step
from model.abstract.store import STORE

GOLDEN = Path(__file__).parent / "golden"
NAMES = [mutant.name for mutant in MUTANTS]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[Step, ...]]:
    """A shortest run of each mutant."""
    path = GOLDEN / "runs.json"
    if os.environ.get("KEPT_GOLDEN") == "write":
        found = {mutant.name: refute(mutant) for mutant in MUTANTS}
        lines = [f"{json.dumps(name)}: {json.dumps(run.steps)}" for name, run in found.items() if run]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    read = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(Step(action, tuple(args)) for action, args in steps) for name, steps in read.items()}


def test_every_mutant_has_a_known_run(known):
    assert list(known) == NAMES


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_every_mutant_breaks_its_promise_and_no_shorter_run_does(mutant, known):
    run = refute(mutant)
    assert run is not None
    assert len(run.steps) == len(known[mutant.name])
    assert run.ends.name == mutant.breaks


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_no_run_of_a_mutant_is_a_run_of_the_store(mutant, known):
    broken = denied(STORE.invariant(mutant.breaks))
    assert replay(mutant.change(STORE), mutant.instance, known[mutant.name], broken)
    with pytest.raises((NotARun, ValueError)):
        replay(STORE, mutant.instance, known[mutant.name], broken)


def test_runs_are_told_step_by_step_and_end_with_the_facts(known):
    told = []
    for mutant in MUTANTS:
        run = replay(mutant.change(STORE), mutant.instance, known[mutant.name], denied(STORE.invariant(mutant.breaks)))
        told.append(f"{mutant.name}: {mutant.mistake}\n{run.text()}\n")
    path = GOLDEN / "runs.txt"
    if os.environ.get("KEPT_GOLDEN") == "write":
        path.write_text("\n".join(told), encoding="utf-8")
    assert "\n".join(told) == path.read_text(encoding="utf-8")


def test_every_promise_is_broken_by_some_mutant_but_those_that_follow_from_the_data_alone():
    broken = {mutant.breaks for mutant in MUTANTS}
    assert broken | {"no false loss"} == set(STORE.properties)


def test_the_document_lists_every_mutant_with_the_length_of_its_run(known):
    text = (Path(__file__).parents[4] / "docs" / "protocol-proof.md").read_text(encoding="utf-8")
    rows = [f"| {m.name} | {m.mistake} | {m.breaks} | {len(known[m.name])} |" for m in MUTANTS]
    assert [row for row in rows if row not in text] == []
