"""kept.lab.case: a case is the run that it was made of, and its size counts what it says."""

from functools import cache

import pytest

from kept.lab.case import Case, case_of, keys_of, size_of, with_list
from kept.lab.config import RunConfig
from kept.lab.script import STOP, Script
from kept.lab.trial import Trial, claims_of, configured, finish, prepare

LOST = "no-lost-write"


@cache
def lost(strategy: str = "uniform") -> Trial:
    config = RunConfig(seed=1, ops=300, versions="lww", think_ms=60, fault_gap_ms=60, strategy=strategy)  # type: ignore[arg-type]
    return finish(prepare(config), claims_of(config, [LOST]))


@pytest.mark.parametrize("strategy", ["uniform", "pct"])
def test_a_case_runs_to_the_bytes_of_its_schedule(strategy: str) -> None:
    trial = lost(strategy)
    assert trial.outcome.faults
    assert trial.outcome.tape.fates
    case = case_of(trial.schedule())
    assert case.run((LOST,)).history_sha256 == trial.history_sha256
    assert sum(intent.kind != STOP for intent in case.intents) <= len(trial.run.operations)


def test_the_schedule_of_a_case_is_the_case() -> None:
    case = case_of(lost().schedule())
    assert case_of(case.run((LOST,)).schedule()) == case


def test_what_a_run_never_came_to_can_be_left_out_and_changes_nothing() -> None:
    case = case_of(lost().schedule())
    half = case._replace(intents=case.intents[: len(case.intents) // 3])
    trial = half.run((LOST,))
    pruned = half.pruned(trial)
    assert len(pruned.faults) < len(half.faults)
    assert len(pruned.fates) < len(half.fates)
    assert set(pruned.fates) < set(half.fates)
    assert pruned.run((LOST,)).history_sha256 == trial.history_sha256


def test_the_size_counts_operations_on_the_violated_keys_faults_and_fates() -> None:
    trial = lost()
    (key, *_) = keys = keys_of(trial, LOST)
    assert key in trial.verdicts[LOST].counterexample.sentence
    size = size_of(trial, LOST)
    assert size.operations == sum(op.key in keys for op in trial.run.operations) > 0
    assert size.operations + size.others == len(trial.run.operations)
    assert (size.faults, size.fates) == (len(trial.outcome.faults), len(trial.outcome.tape.fates))
    assert size.events == size.operations + size.faults + size.fates
    assert size.all == size.events + size.others


def test_a_violation_that_names_no_key_is_about_all_of_them() -> None:
    config = configured(RunConfig(bug="half-reaping", ops=150))
    trial = finish(prepare(config), ("convergence",))
    assert keys_of(trial, "convergence") == ()
    size = size_of(trial, "convergence")
    assert (size.operations, size.others) == (len(trial.run.operations), 0)


def test_one_list_is_replaced_and_the_others_stay() -> None:
    case = Case(RunConfig(), (), ((("n1", 1), ("loss", 0)),), ())
    assert with_list(case, "fates", ()) == Case(RunConfig(), (), (), ())


def test_a_noted_run_is_the_run_itself() -> None:
    trial = lost()
    schedule, script = trial.schedule(), Script()
    noted = prepare(schedule.config, tape=schedule.tape(), faults=schedule.faults(), script=script)
    assert finish(noted, ()).history_sha256 == trial.history_sha256


def test_the_case_of_a_stepped_run_is_that_run_again() -> None:
    from kept.testing.cluster import SimCluster

    cluster = SimCluster(["no-lost-write"], versions="lww")
    cluster.lose_messages(0.2)
    cluster.put("k", "1", node="n1")
    cluster.put("k", "2", client=1, node="n2")
    case = case_of(cluster.trial.schedule())
    assert case.steps == cluster.trial.outcome.steps
    assert case.run(cluster.claims).history_sha256 == cluster.trial.history_sha256
