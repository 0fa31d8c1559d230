"""kept.lab.entry: a saved schedule is held against what is expected of it, and one that no longer applies says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from kept.lab.config import RunConfig
from kept.lab.corpus import Corpus, Found
from kept.lab.entry import Replayed, entries_of, replay_entry
from kept.lab.probe import Ran, Run, probe
from kept.lab.schedule import BY_BUG, FIXED
from kept.lab.trial import claims_of, configured
from kept.lab.usage import UsageError


def found(bug: str = "", **fields: Any) -> Found:
    config = configured(RunConfig(seed=1, bug=bug, **{"ops": 80, "workload": "mixed", **fields}))
    answer = probe(Run(config, claims_of(config, ("no-lost-write",)), False))
    assert isinstance(answer, Ran)
    assert answer.found is not None
    return answer.found


def saved(one: Found, directory: Path) -> Path:
    corpus = Corpus(directory)
    corpus.add(one)
    return corpus.place(one.kind)


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """The canary: violated by its bug."""
    return saved(found("canary"), tmp_path)


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """A write that last-writer-wins lost, without a bug."""
    return saved(found(versions="lww", ops=300), tmp_path)


def change(place: Path, file: str = "schedule.json", **fields: Any) -> None:
    path = place / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def configuration(place: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((place / "schedule.json").read_text())["config"]
    return config


# What is expected


def test_a_violation_without_a_bug_fails_again(lost: Path) -> None:
    answer = replay_entry(lost)
    assert answer.result == "FAILED"
    assert answer.reason.startswith("no-lost-write is violated again")
    assert "no replica holds" in answer.sentence


def test_a_violation_by_the_bug_that_is_seeded_is_expected_and_told(entry: Path) -> None:
    answer = replay_entry(entry)
    assert answer.result == "EXPECTED"
    assert answer.reason.endswith("violated by its bug, canary, as it should be")
    assert answer.sentence


def test_a_bug_that_breaks_something_else_now_is_not_expected(entry: Path) -> None:
    change(entry, code="0" * 12, violated=["placement"])
    answer = replay_entry(entry)
    assert answer.result == "FAILED"
    assert "placement was violated then; now no-lost-write" in answer.reason


def test_a_bug_that_shows_no_more_is_missed_where_the_schedule_says_that_it_does(entry: Path) -> None:
    """No client does anything: whatever the bug is, nothing is lost."""
    nothing = [[0, 60_000, "stop", "", 0]]
    (entry / "history.jsonl").unlink()
    change(entry, code="0" * 12, intents=nothing)
    assert replay_entry(entry).result == "FIXED"
    change(entry, expected=BY_BUG)
    answer = replay_entry(entry)
    assert answer.result == "MISSED"
    assert answer.reason.startswith("its bug, canary, shows no more; ")


def test_what_was_fixed_and_fails_is_said_to_have_been_fixed(lost: Path) -> None:
    change(lost, expected=FIXED)
    answer = replay_entry(lost)
    assert answer.result == "FAILED"
    assert answer.reason.startswith("it was fixed once: ")


def test_a_bug_is_expected_only_where_one_is_seeded(lost: Path) -> None:
    change(lost, expected=BY_BUG)
    answer = replay_entry(lost)
    assert answer.result == "STALE"
    assert "no bug is seeded; accepted: fixed, or a config with a bug" in answer.reason


# Where entries are


def test_directories_with_a_schedule_and_schedule_files_are_entries_by_name(tmp_path: Path) -> None:
    for name in ("b", "d", ".half"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / "schedule.json").touch()
    (tmp_path / ".half" / "schedule.json").touch()
    for name in ("c.json", "a.json", "README.md"):
        (tmp_path / name).touch()
    assert [path.name for path in entries_of(tmp_path)] == ["a.json", "b", "c.json"]


def test_what_cannot_be_listed_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone: cannot be read: No such file or directory; accepted: a directory of"):
        entries_of(tmp_path / "gone")


# What no longer applies, and errors


def test_an_entry_is_fixed_once_other_code_holds(entry: Path) -> None:
    change(entry, code="0" * 12, config={**configuration(entry), "bug": ""})
    assert replay_entry(entry).result == "FIXED"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"shape": "square"}, "shape: unknown field"),
        ({"plan": [["earthquake", 5, 5, [], [], 0.0, -1.0, False]]}, "earthquake"),
        ({"claims": ["always-fast"]}, "always-fast"),
        ({"version": 2}, "version"),
    ],
)
def test_a_schedule_that_no_longer_applies_is_stale_and_says_why(
    entry: Path, fields: dict[str, Any], reason: str
) -> None:
    change(entry, **fields)
    answer = replay_entry(entry)
    assert answer.result == "STALE"
    assert reason in answer.reason


def test_a_bug_that_left_the_zoo_or_a_history_that_is_not_the_schedules_is_stale_too(entry: Path) -> None:
    config = configuration(entry)
    with (entry / "history.jsonl").open("a") as file:
        file.write("{}\n")
    assert "changed since it was recorded" in replay_entry(entry).reason
    (entry / "history.jsonl").unlink()
    change(entry, config={**config, "bug": "dodo"})
    answer = replay_entry(entry)
    assert (answer.result, "dodo" in answer.reason) == ("STALE", True)


def test_a_crash_fails_again_is_fixed_by_other_code_and_diverges_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise AssertionError("oh")

    with monkeypatch.context() as broken:
        broken.setattr("kept.lab.trial.verdicts", stumble)
        one = found()
        corpus = Corpus(tmp_path)
        corpus.add(one)
        place = corpus.place(one.kind)
        assert replay_entry(place) == Replayed("FAILED", "an error is raised again", "AssertionError: oh")
    assert replay_entry(place).result == "DIVERGED"
    change(place, code="0" * 12)
    assert replay_entry(place) == Replayed("FIXED", "an error was raised then, and none now", "")
