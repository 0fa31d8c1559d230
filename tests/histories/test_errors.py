"""An error is one printable line of bounded length."""

from histories.errors import HistoryError, one_line


def test_an_error_says_file_line_found_and_accepted():
    error = HistoryError("history.jsonl", 7, "a\nb", "c")
    assert str(error) == "history.jsonl:7: found a\\nb; accepted: c"
    assert (error.file, error.line, error.found, error.accepted) == ("history.jsonl", 7, "a\nb", "c")
    assert str(HistoryError("run", 0, "x", "y")) == "run: found x; accepted: y"


def test_hostile_text_stays_one_short_line():
    assert one_line("\x1b[2J\udcff" + "x" * 1000).isprintable()
    assert len(one_line("\n" * 1000)) <= 300
