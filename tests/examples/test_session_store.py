"""examples.session_store: the application keeps its promise on this store, and not where the last writer wins."""

from pathlib import Path

import pytest
from hypothesis import Phase, settings

from examples.session_store import LastWriterWinsSessions, SessionMachine
from kept.testing.machine import run
from kept.testing.profiles import settings_of
from kept.testing.session import Session, under

FEW = settings(settings_of("pr"), max_examples=15)
SOON = settings(settings_of("pr"), max_examples=200, phases=(Phase.generate,))
"""Enough to find it; steps are taken out of the test all the same."""


def test_the_sessions_hold_under_faults() -> None:
    run(SessionMachine, FEW)


def test_with_last_writer_wins_they_do_not_and_few_steps_show_it(tmp_path: Path) -> None:
    with under(Session(artifacts=tmp_path)) as session, pytest.raises(AssertionError):
        run(LastWriterWinsSessions, SOON)
    (found,) = session.failures
    steps = [line for line in found.test.splitlines() if "state." in line]
    assert len(steps) <= 6, found.test
    assert "from examples.session_store import LastWriterWinsSessions" in found.test
    assert (found.directory / "schedule.json").is_file()
