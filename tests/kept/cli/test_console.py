"""kept.cli.console: words and documents do not mix, and colours only where they are wanted."""

import pytest

from kept.cli.console import Console
from kept.lab.usage import UsageError

LINE = "valid    seed 1: every claim holds"


def test_words_go_to_standard_output_and_with_json_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Console(json=False, quiet=False).say("words")
    assert capsys.readouterr() == ("words\n", "")
    both = Console(json=True, quiet=False)
    both.say("words")
    both.document("{}")
    assert capsys.readouterr() == ("{}\n", "words\n")


def test_quiet_leaves_out_what_is_only_said(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(json=False, quiet=True)
    console.say("said")
    console.tell("told")
    console.document("{}")
    assert capsys.readouterr() == ("told\n", "")


@pytest.mark.parametrize(
    ("color", "no_color", "terminal", "coloured"),
    [
        ("auto", "", True, True),
        ("auto", "1", True, False),
        ("auto", "", False, False),
        ("always", "1", False, True),
        ("never", "", True, False),
    ],
)
def test_colours_are_for_terminals_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    no_color: str,
    terminal: bool,
    coloured: bool,
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    Console(json=False, quiet=False, color=color).tell(LINE)
    out = capsys.readouterr().out
    assert ("\x1b[" in out) == coloured
    assert "seed 1: every claim holds" in out


def test_an_unknown_colour_is_refused() -> None:
    with pytest.raises(UsageError, match="--color: blue; accepted: auto, always, never"):
        Console(json=False, quiet=False, color="blue")
