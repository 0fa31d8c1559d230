"""kept.lab.counterfactual: what makes sense is run, what is told was run, and a remedy is told only where it helped."""

from typing import Any

import pytest

from checkers.verdict import Invalid, Unknown, Valid
from kept.lab import counterfactual as cf
from kept.lab.case import Case, case_of
from kept.lab.config import RunConfig
from kept.lab.counterfactual import Counterfactual, changes, counterfactuals, remedy
from kept.lab.sweep import OutOfTime
from kept.lab.trial import Trial, claims_of, configured, finish, prepare
from kept.sim.faults import CRASH, Fault

BUG, LWW = "without the seeded bug", "siblings instead of last-writer-wins"
STRICT = "a strict quorum instead of a sloppy one"


def tried(claim: str, *faults: Fault, **fields: Any) -> list[str]:
    return [change.what for change in changes(Case(RunConfig(**fields), faults, (), ()), claim)]


def violated(claim: str, **fields: Any) -> Trial:
    config = configured(RunConfig(**fields))
    trial = finish(prepare(config), claims_of(config, (claim,)))
    assert claim in trial.violated
    return trial


@pytest.mark.parametrize(
    ("claim", "fields", "whats"),
    [
        ("no-lost-write", {"versions": "lww"}, [LWW, STRICT, "W=3 instead of 2"]),
        (
            "no-lost-write",
            {"versions": "vv", "w": 3, "sloppy": False, "read_repair": "off", "anti_entropy": False},
            ["dotted version vectors instead of plain ones", "anti-entropy on", "read repair on"],
        ),
        (
            "fresh-reads",
            {"bug": "sloppy-overlap"},
            [BUG, STRICT, "W=3 instead of 2", "R=3 instead of 2", "read repair before the reply"],
        ),
        (
            "fresh-deletes",
            {"sloppy": False, "r": 3, "w": 3, "read_repair": "blocking", "durable_copies": 1},
            ["every acknowledgement from disk"],
        ),
        ("convergence", {"anti_entropy": False}, ["anti-entropy on", "120 s to settle instead of 60"]),
        ("placement", {"versions": "lww"}, ["120 s to settle instead of 60"]),
        ("unique-dots", {}, []),
        ("honest-contexts", {"bug": "hidden-sibling"}, [BUG]),
    ],
)
def test_what_makes_sense_is_computed_from_claim_and_configuration(
    claim: str, fields: dict[str, Any], whats: list[str]
) -> None:
    assert tried(claim, **fields) == whats
    assert tried(claim, Fault(CRASH, 1, 1, ("n1",)), **fields) == [*whats, "without any fault"]


def test_each_change_is_one_change_and_a_possible_configuration() -> None:
    case = Case(RunConfig(bug="canary", versions="lww", n=3), (Fault(CRASH, 1, 1, ("n1",)),), (), ())
    for change in changes(case, "no-lost-write"):
        before, after = case.config.document(), change.case.config.document()
        differing = [name for name in before if before[name] != after[name]]
        assert len(differing) == (0 if change.what == "without any fault" else 1)
        assert change.case.intents == case.intents


def test_what_is_told_is_what_the_run_came_to() -> None:
    trial = violated("no-lost-write", versions="lww", ops=200, seed=1)
    told = counterfactuals(trial, "no-lost-write")
    case = case_of(trial.schedule())
    assert [one.what for one in told] == [change.what for change in changes(case, "no-lost-write")]
    outcomes = {Valid: "kept", Invalid: "still violated", Unknown: "not decided"}
    for one, change in zip(told, changes(case, "no-lost-write"), strict=True):
        verdict = change.case.run(("no-lost-write",)).verdicts["no-lost-write"]
        assert one.outcome == outcomes[type(verdict)]
    assert told[0] == Counterfactual(LWW, "kept")
    assert remedy(told, "no-lost-write").startswith("With siblings instead of last-writer-wins the same schedule keeps")


def test_when_the_time_is_up_what_was_run_is_told() -> None:
    trial = violated("no-lost-write", versions="lww", ops=600, seed=1)
    calls = 0

    def clock(_done: int, _wanted: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:  # a run of 600 operations asks twice
            raise OutOfTime

    told = counterfactuals(trial, "no-lost-write", clock)
    assert [one.what for one in told] == [LWW]


def test_no_more_are_run_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cf, "LIMIT", 2)
    assert len(counterfactuals(violated("no-lost-write", bug="canary", ops=60), "no-lost-write")) == 2


@pytest.mark.parametrize(
    ("told", "claim", "sentence"),
    [
        ([(BUG, "kept")], "placement", "Without the bug the same schedule keeps the promise."),
        ([(BUG, "still violated"), (STRICT, "kept")], "fresh-reads", "With a strict quorum the same schedule has no"),
        ([(STRICT, "kept")], "no-lost-write", ""),
        ([("W=3 instead of 2", "kept"), ("without any fault", "kept")], "no-lost-write", ""),
        ([(BUG, "not decided")], "placement", ""),
        ([], "placement", ""),
    ],
)
def test_a_remedy_is_a_change_that_helped_and_cannot_have_helped_by_accident(
    told: list[tuple[str, str]], claim: str, sentence: str
) -> None:
    found = remedy(tuple(Counterfactual(*one) for one in told), claim)
    assert found.startswith(sentence)
    assert bool(found) == bool(sentence)
