"""Recorded text is shown short, printable and on one line."""

import pytest

from checkers.wording import dot_name, milliseconds, plural, quote, vector_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("milk", '"milk"'),
        ("crème brûlée", '"crème brûlée"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb\x1b[31m", '"a\\nb\\x1b[31m"'),
        (b"\xff\x00".decode("utf-8", "surrogateescape"), '"\\xff\\x00"'),
        ("x" * 50, '"' + "x" * 40 + '..."'),
        ("\u202egnp", '"\\u202egnp"'),
    ],
)
def test_text_is_quoted_short_and_printable(text, shown):
    assert quote(text) == shown
    assert shown.isprintable()


def test_numbers_and_names_read_well():
    assert [milliseconds(t) for t in (0, 12_000, 12_345, 500)] == ["0 ms", "12 ms", "12.345 ms", "0.5 ms"]
    assert dot_name(("n1.0:5", 3)) == "n1.0:5/3"
    assert vector_text({"b": 2, "a": 1}) == "{a/1, b/2}"
    assert (plural(1, "put"), plural(1204, "put")) == ("1 put", "1,204 puts")
