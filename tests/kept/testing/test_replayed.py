"""kept.testing.replayed: which results of a replay fail a test."""

from pathlib import Path
from typing import Any

import pytest

from kept.lab.entry import Replayed
from kept.testing import replayed
from kept.testing.replayed import CorpusItem, ReplayFailed, items_of
from kept.testing.session import Session, UndecidedWarning, under
from kept.testing.violation import Undecided


def ran(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, result: Any) -> list[tuple[str, object]]:
    monkeypatch.setattr(replayed, "replay_entry", lambda _: Replayed(result, "a reason", "a sentence"))
    item = CorpusItem.from_parent(request.session, name="one", nodeid="kept-corpus::one", place=Path("one"))
    item.runtest()
    return item.user_properties


@pytest.mark.parametrize("result", ["SAME", "FIXED", "EXPECTED"])
def test_a_schedule_that_holds_passes(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, result: str
) -> None:
    assert ran(monkeypatch, request, result) == [("kept_replay", result)]


@pytest.mark.parametrize("result", ["FAILED", "DIVERGED"])
def test_a_schedule_that_is_violated_or_does_not_repeat_fails(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, result: str
) -> None:
    with pytest.raises(ReplayFailed, match=f"{result}: a reason\na sentence\nreplay: kept replay one"):
        ran(monkeypatch, request, result)


@pytest.mark.parametrize("result", ["UNKNOWN", "MISSED", "STALE"])
def test_a_schedule_that_says_nothing_any_more_is_undecided(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, result: str
) -> None:
    with pytest.raises(Undecided, match=result):
        ran(monkeypatch, request, result)
    with under(Session(unknown="warn")), pytest.warns(UndecidedWarning, match=result):
        ran(monkeypatch, request, result)


def test_a_corpus_that_is_not_there_yet_is_empty_and_a_file_is_none(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert items_of(request.session, tmp_path / "none") == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(pytest.UsageError, match=r"--kept-corpus: .*accepted: a directory of schedules"):
        items_of(request.session, tmp_path / "file")
