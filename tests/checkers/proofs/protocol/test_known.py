from checkers.proofs.protocol.known import FILE, goal_runs, mutant_runs, text
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.protocol.proof import REACHED_ON, refuted
from checkers.proofs.protocol.runs import find
from model.abstract.store import STORE


def test_the_file_is_what_is_written_of_its_runs():
    assert FILE.read_text(encoding="utf-8") == text(goal_runs(), mutant_runs())


def test_there_is_a_run_for_every_goal_and_every_mutant():
    assert list(goal_runs()) == [goal.name for goal in STORE.goals]
    assert list(mutant_runs()) == [mutant.name for mutant in MUTANTS]


def test_no_run_to_a_goal_is_shorter_than_the_known_one():
    found = {goal.name: find(STORE, REACHED_ON[goal.name], goal) for goal in STORE.goals}
    assert {name: len(run.steps) for name, run in found.items() if run} == {
        name: len(steps) for name, steps in goal_runs().items()
    }


def test_a_known_run_of_a_mutant_is_executed_and_breaks_its_promise():
    for mutant in MUTANTS:
        run = refuted(mutant)
        assert (run.ends.name, len(run.steps)) == (mutant.breaks, len(mutant_runs()[mutant.name]))
