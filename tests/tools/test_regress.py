"""tools.regress: the corpus is replayed, made anew where it no longer applies, and added to."""

import json
from pathlib import Path

import pytest

from kept.lab.config import RunConfig
from kept.lab.entry import replay_entry
from kept.lab.schedule import load_schedule
from kept.lab.trial import claims_of, configured, finish, prepare
from kept.zoo.catalogue import BUGS
from tools.regress import file_of, main


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A corpus with one bug in it."""
    place = tmp_path / "regressions"
    assert main(["--refresh", "canary"], place) == 0
    return place


def changed(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_bug_is_hunted_shrunk_and_kept_with_what_is_expected_of_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--refresh", "canary"], place) == 0
    said = capsys.readouterr().out
    assert said.startswith("canary: asked for: seed 0, no-lost-write, ")
    assert "WITHOUT" not in said
    schedule = load_schedule(file_of("canary", place))
    assert (schedule.expected, schedule.about) == (
        "violated by its bug", "every put is acknowledged and thrown away",
    )  # fmt: skip
    assert len(schedule.intents) <= 2
    assert replay_entry(file_of("canary", place)).result == "EXPECTED"


def test_without_arguments_all_of_it_is_replayed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], place) == 0
    assert "1 schedule: 1 EXPECTED" in capsys.readouterr().out


def test_what_no_longer_applies_is_made_anew_and_what_does_stays(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.regress.BUGS", {"canary": BUGS["canary"]})
    path = file_of("canary", place)
    before = path.read_bytes()
    assert main(["--refresh"], place) == 0
    assert path.read_bytes() == before
    changed(path, gravity=9.81)
    capsys.readouterr()
    assert main(["--refresh"], place) == 0
    assert "canary: STALE: no longer applies: " in capsys.readouterr().out
    assert path.read_bytes() == before
    path.rename(place / "bug-dodo.json")
    assert main(["--refresh"], place) == 0
    assert "bug-dodo.json: its bug is not in the zoo any more" in capsys.readouterr().out


def test_a_run_is_added_under_a_name_as_fixed_or_as_violated_by_its_bug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for bug, expected, result in (("", "fixed", "SAME"), ("canary", "violated by its bug", "EXPECTED")):
        config = configured(RunConfig(seed=1, ops=40, bug=bug))
        run, name = tmp_path / f"run{bug}", f"a{bug}"
        trial = finish(prepare(config, run), claims_of(config), run)
        trial.schedule().save(run)
        assert main(["--add", str(run), name, "once it broke"], tmp_path / "kept") == 0
        assert capsys.readouterr().out.startswith(f"{name}.json: {result}: ")
        schedule = load_schedule(tmp_path / "kept" / f"{name}.json")
        assert (schedule.expected, schedule.about) == (expected, "once it broke")
        assert main(["--add", str(run), name, "again"], tmp_path / "kept") == 64
        assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--refresh", "dodo"], "regress: 'dodo' is no bug of the zoo; accepted: canary, "),
        (["--remove"], "regress: '--remove'; accepted: nothing, --refresh [BUG ...], --add RUN NAME ABOUT"),
        (["--add", "nowhere", "name", "about"], "regress: nowhere: cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_64(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert main(arguments, tmp_path) == 64
    assert capsys.readouterr().err.startswith(line)
    assert list(tmp_path.iterdir()) == []
