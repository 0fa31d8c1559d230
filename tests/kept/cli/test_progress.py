"""kept.cli.progress: a line every ten seconds off a terminal, a bar on one, and the budget."""

import pytest

from kept.cli import progress as module
from kept.cli.progress import Progress
from kept.lab.sweep import OutOfTime


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time is its only element."""
    now_s = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s[0])
    return now_s


def test_off_a_terminal_a_line_is_printed_every_ten_seconds(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress(1, None, quiet=False) as progress:
        for step in range(25):
            clock[0] = 100.0 + step
            progress(0, step * 256, 10_000)
    assert capsys.readouterr().err == (
        "kept: 10 s: 2,560 of 10,000 operations\nkept: 20 s: 5,120 of 10,000 operations\n"
    )


def test_quiet_prints_none_of_it(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(3, None, quiet=True) as progress:
        clock[0] += 60
        progress(1, 0, 10)
        assert progress.elapsed_s == 60
    assert capsys.readouterr().err == ""


def test_a_budget_that_is_spent_ends_the_work(clock: list[float]) -> None:
    with Progress(1, 5.0, quiet=True) as progress:
        clock[0] += 4.9
        progress(0, 1, 10)
        clock[0] += 0.1
        with pytest.raises(OutOfTime):
            progress(0, 2, 10)


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Progress(4, None, quiet=False) as progress:
        progress(1, 5, 10)
    assert "seed 2 of 4" in capsys.readouterr().err
