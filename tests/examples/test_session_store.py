"""examples.session_store: the application keeps its promise on this store, and not where the last writer wins."""

from pathlib import Path

from examples.session_store import LastWriterWinsSessions, SessionMachine
from tests.examples.holding import fails_in_few_steps, holds


def test_the_sessions_hold_under_faults() -> None:
    holds(SessionMachine)


def test_with_last_writer_wins_they_do_not_and_few_steps_show_it(tmp_path: Path) -> None:
    fails_in_few_steps(LastWriterWinsSessions, tmp_path)
