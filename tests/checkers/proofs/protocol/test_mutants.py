"""Every mistake is caught, and told so that people understand it.

`known.json` has a shortest run of each mutant and `golden/runs.txt` what is said of it. Solvers find other runs of the
same length; `KEPT_GOLDEN=write` writes both files anew.
"""

import os
from pathlib import Path

import pytest

from checkers.proofs.protocol.known import FILE, _read, mutant_runs, text
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.protocol.proof import REACHED_ON, refute
from checkers.proofs.protocol.runs import NotARun, denied, find, replay
from model.abstract.interpreter import Step
from model.abstract.store import STORE

GOLDEN = Path(__file__).parent / "golden"
NAMES = [mutant.name for mutant in MUTANTS]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[Step, ...]]:
    """A shortest run of each mutant."""
    if os.environ.get("KEPT_GOLDEN") == "write":
        found = {mutant.name: refute(mutant) for mutant in MUTANTS}
        goals = {goal.name: find(STORE, REACHED_ON[goal.name], goal) for goal in STORE.goals}
        runs = ({name: run.steps for name, run in each.items() if run} for each in (goals, found))
        FILE.write_text(text(*runs), encoding="utf-8")
        _read.cache_clear()
    return mutant_runs()


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
    page = (Path(__file__).parents[4] / "docs" / "protocol-proof.md").read_text(encoding="utf-8")
    rows = [f"| {m.name} | {m.mistake} | {m.breaks} | {len(known[m.name])} |" for m in MUTANTS]
    assert [row for row in rows if row not in page] == []
