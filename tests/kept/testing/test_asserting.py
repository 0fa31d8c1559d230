"""kept.testing.asserting: a history, held against a level."""

from pathlib import Path

import pytest

from checkers.verdict import Unknown
from histories.columns import Row, from_rows
from kept.lab.record import files_of
from kept.lab.usage import UsageError
from kept.testing.asserting import assert_history
from kept.testing.cluster import SimCluster
from kept.testing.observed import ObservedHistory
from kept.testing.session import Session, UndecidedWarning, under
from kept.testing.violation import Undecided, Violation

ROWS = [Row(0, "write", value=1, start=0, end=1), Row(0, "write", value=2, start=2, end=3)]
STALE = from_rows([*ROWS, Row(1, "read", result=1, start=4, end=5)])


def test_a_stale_read_is_sequential_and_not_linearizable() -> None:
    assert_history(STALE, level="sequential")
    with pytest.raises(Violation) as caught:
        assert_history(STALE)
    assert caught.value.claim == "linearizable"


def test_an_observed_history_is_taken_as_it_is() -> None:
    history = ObservedHistory()
    with history.operation("read") as read:
        read.result = 7
    with pytest.raises(Violation):
        assert_history(history)
    assert_history(history, initial="7")


def test_the_history_of_a_cluster_or_its_file_is_held_against_what_the_store_promises(tmp_path: Path) -> None:
    cluster = SimCluster()
    cluster.put("k", "1")
    assert_history(cluster)
    for name, text in files_of(cluster.trial).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert_history(tmp_path / "history.jsonl", level="no-lost-write")
    lost = SimCluster(versions="lww")
    lost.put("k", "1", node="n1")
    lost.put("k", "2", client=1, node="n2")
    with pytest.raises(Violation, match="no-lost-write"):
        assert_history(lost, level="no-lost-write")


def test_what_cannot_be_decided_fails_or_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    class Told:
        verdicts = {"linearizable": Unknown("the budget was spent")}  # noqa: RUF012

    monkeypatch.setattr("kept.check", lambda *_, **__: Told, raising=False)
    with pytest.raises(Undecided, match="the budget was spent"):
        assert_history(STALE)
    with under(Session(unknown="warn")), pytest.warns(UndecidedWarning):
        assert_history(STALE)


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean linearizable"):
        assert_history(STALE, level="linearisable")
