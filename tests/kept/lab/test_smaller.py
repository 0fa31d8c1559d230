"""kept.lab.smaller: what is left of a finding is a whole run of the same kind; the time is kept."""

import json
from functools import cache

import pytest

from kept.lab import smaller as making
from kept.lab.config import RunConfig
from kept.lab.corpus import Found, kind_of
from kept.lab.probe import Ran, Run, probe
from kept.lab.schedule import Schedule
from kept.lab.smaller import Smaller, smaller
from kept.lab.sweep import OutOfTime
from kept.lab.trial import again, claims_of, configured


@cache
def found() -> Found:
    config = configured(RunConfig(seed=1, ops=80, bug="canary", workload="mixed"))
    answer = probe(Run(config, claims_of(config), False))
    assert isinstance(answer, Ran)
    assert answer.found is not None
    return answer.found


def test_what_is_left_is_a_whole_run_of_the_same_kind_and_smaller() -> None:
    made = smaller(found(), 60.0)
    assert isinstance(made, Smaller)
    assert made.after.events <= 2 < made.before.events
    assert made.stopped == ""
    assert made.runs > 2
    names = ["explanation.txt", "history.jsonl", "replicas.jsonl", "schedule.json", "trace.jsonl"]
    assert sorted(made.files) == names
    schedule = Schedule.model_validate_json(made.files["schedule.json"])
    trial = again(schedule)
    assert trial.history_sha256 == schedule.history_sha256
    assert kind_of(trial) == found().kind
    assert made.files["explanation.txt"].startswith(made.sentence)


def test_without_time_for_a_run_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_time(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(making, "replay", no_time)
    assert smaller(found(), 60.0) == "there was no time for a single run"


def test_a_schedule_that_does_not_fail_again_is_not_shrunk() -> None:
    document = json.loads(found().schedule)
    healthy = json.dumps({**document, "config": {**document["config"], "bug": ""}})
    other = found()._replace(files={**found().files, "schedule.json": healthy})
    assert smaller(other, 60.0) == "the schedule was run again and did not come out the same"


def test_an_explanation_that_takes_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(making, "explain", slow)
    made = smaller(found(), 60.0)
    assert isinstance(made, Smaller)
    assert made.sentence == ""
    assert made.files["explanation.txt"] == "It took more than 20 s to explain.\n"
