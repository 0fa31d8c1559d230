"""kept.lab.explain: explanations of real runs, with remedies only where they were run."""

from functools import cache

import pytest

from checkers.verdict import Invalid
from kept.lab import loss
from kept.lab.config import RunConfig
from kept.lab.explain import Explanation, explain
from kept.lab.facts import AckedBy, ClockWrong, LackedIt
from kept.lab.sweep import OutOfTime
from kept.lab.trial import Trial, claims_of, configured, finish, prepare


@cache
def violated(claim: str, seeds: int = 60, **fields: object) -> Trial:
    """The first trial of a configuration that violates `claim`."""
    for seed in range(1, seeds + 1):
        config = configured(RunConfig(seed=seed, **fields))  # type: ignore[arg-type]
        trial = finish(prepare(config), (claim,))
        if trial.violated:
            return trial
    raise AssertionError(f"{claim} holds in {seeds} seeds of {fields}")


def told(claim: str, **fields: object) -> Explanation:
    return explain(violated(claim, **fields))


def test_a_write_that_was_lost_to_a_wrong_clock_is_chosen_and_the_clock_is_named() -> None:
    made = told("no-lost-write", versions="lww", ops=600, faults=("clock-offset",), fault_gap_ms=100)
    (wrong,) = [fact for fact in made.facts if isinstance(fact, ClockWrong)]
    assert abs(wrong.ahead_us) >= 2_500
    assert f"because {wrong.sentence()}" in made.sentence
    assert "the later put lost" in made.paragraph
    assert made.remedy == "With siblings instead of last-writer-wins the same schedule keeps every acknowledged write."


def test_a_story_of_another_put_than_the_verdicts_says_so_and_one_of_the_same_does_not() -> None:
    trial = violated("no-lost-write", versions="lww", ops=600, faults=("clock-offset",), fault_gap_ms=100)
    verdict = trial.verdicts["no-lost-write"]
    assert isinstance(verdict, Invalid)
    made = explain(trial)
    first = trial.run.operations[verdict.counterexample.operations[0]]
    of_first = f'"{first.key}"="{first.value}" by client {first.process} ' in made.sentence
    assert not of_first, "choose a run in which the first lost put is not the one that shows the clock"
    assert made.chosen == f"Of {len(loss.lost_puts(trial.run)):,} lost puts this one shows the cause best:"
    assert made.chosen in made.lines()
    canary = explain(violated("no-lost-write", bug="canary", ops=60))
    assert (canary.chosen, canary.lines()[1:3]) == ("", ["", canary.paragraph])


def test_a_put_that_plain_vectors_lose_is_told_with_its_rule() -> None:
    made = told("no-lost-write", versions="vv", ops=200)
    assert isinstance(made.facts[0], AckedBy)
    assert "under plain version vectors" in made.paragraph
    assert made.remedy.startswith("With dotted version vectors instead of plain ones the same schedule keeps")


def test_a_stale_read_is_told_with_who_answered_it() -> None:
    made = told("fresh-reads", ops=600, fault_gap_ms=150)
    assert any(isinstance(fact, LackedIt) for fact in made.facts)
    assert "coordinated the get and heard from" in made.paragraph
    assert made.remedy in ("", "With a strict quorum the same schedule has no stale read.")


@pytest.mark.parametrize("bug", ["canary", "stale-tree", "doomstone", "rack-blind", "volatile-lease"])
def test_whatever_a_bug_breaks_is_explained_and_without_the_bug_it_holds(bug: str) -> None:
    for seed in range(1, 40):
        config = configured(RunConfig(seed=seed, bug=bug, ops=400))
        trial = finish(prepare(config), claims_of(config))
        if trial.violated:
            made = explain(trial)
            verdict = trial.verdicts[made.claim]
            assert isinstance(verdict, Invalid)
            assert made.sentence
            assert made.paragraph.endswith(".")
            assert made.remedy in ("", "Without the bug the same schedule keeps the promise.")
            return
    raise AssertionError(f"{bug} is not caught")


def test_the_last_copy_is_gone_when_the_story_says_so_and_nobody_holds_it_later() -> None:
    trial = violated("no-lost-write", versions="vv", ops=200)
    made = explain(trial)
    put = made.facts[0]
    assert isinstance(put, AckedBy)
    assert put.op in loss.lost_puts(trial.run)
    assert trial.run.replicas is not None
    assert not [s for s in trial.run.replicas.states if any(v.dot == put.op.dot for v in s.versions)]


def test_a_remedy_that_does_not_help_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = violated("no-lost-write", versions="vv", ops=200)
    monkeypatch.setattr("kept.lab.case.Case.run", lambda *_: trial)
    made = explain(trial)
    assert made.remedy == ""
    assert {one.outcome for one in made.counterfactuals} == {"still violated"}


def test_a_run_that_does_not_replay_is_not_explained_as_if_it_did() -> None:
    trial = violated("no-lost-write", versions="vv", ops=200)
    other = Trial(trial.config, trial.outcome, trial.run, trial.verdicts, "0" * 64)
    made = explain(other)
    assert "this run does not replay" in made.paragraph
    assert (made.trace, made.counterfactuals, made.otherwise()) == ((), (), [])


def test_an_explanation_ends_when_its_time_is_up() -> None:
    def no_time(_done: int, _wanted: int) -> None:
        raise OutOfTime

    trial = violated("no-lost-write", versions="lww", ops=600)
    with pytest.raises(OutOfTime):
        explain(trial, no_time)


def test_the_lines_hold_all_three_lengths() -> None:
    made = told("no-lost-write", versions="vv", ops=200)
    lines = made.lines()
    assert lines[0] == made.sentence
    assert made.paragraph in lines
    assert made.remedy in lines
    assert made.counterfactuals
    at = lines.index("The same schedule, run again with one thing changed:") + 1
    assert [f"  {one.sentence()}" for one in made.counterfactuals] == lines[at : at + len(made.counterfactuals)]
    assert lines[-1] == made.trace[-1]
