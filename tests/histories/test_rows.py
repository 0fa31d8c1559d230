"""Rows are hostile: every field is asked for by type, and a last line without its newline is what a kill leaves."""

from typing import Any

import pytest

from histories.errors import HistoryError, Malformed
from histories.rows import MAX_INTEGER, Rows, array, dot, integer, string, strings, vector


def test_a_last_line_without_its_newline_is_dropped_and_told() -> None:
    rows = Rows("f", [b'{"a":1}\n', b'{"a":2}'])
    assert list(rows) == [{"a": 1}]
    assert rows.truncated


def test_whole_lines_are_read_to_the_end() -> None:
    rows = Rows("f", [b'{"a":1}\n', b'{"a":2}\n'])
    assert [row["a"] for row in rows] == [1, 2]
    assert not rows.truncated
    assert rows.line == 2


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"7\n", b"{\n", b'{"a":NaN}\n', b'{"a":Infinity}\n', b"\xff\n"])
def test_a_whole_line_that_is_no_object_is_an_error_that_names_it(line: bytes) -> None:
    with pytest.raises(HistoryError) as error:
        list(Rows("some.jsonl", [b"{}\n", line]))
    assert "some.jsonl" in str(error.value)
    assert "2" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("read", "bad"),
    [
        (integer, [True, -1, 1.0, "1", None, MAX_INTEGER + 1]),
        (string, [1, None, ["a"]]),
        (vector, [[], {"a": -1}, {"a": True}, {"a": 1.5}, {"a": MAX_INTEGER + 1}, None]),
        (array, [{}, "ab", None]),
        (strings, [[], {"a": 1}, None]),
    ],
)
def test_a_field_of_another_type_is_malformed(read: Any, bad: list[Any]) -> None:
    for value in bad:
        with pytest.raises(Malformed):
            read({"x": value}, "x")
    with pytest.raises(Malformed):
        read({}, "x")


@pytest.mark.parametrize("found", [["a"], ["a", 0], ["a", True], [1, 1], ["a", 1, 2], ("a", 1), {"a": 1}, None])
def test_a_dot_has_an_actor_and_a_counter_from_1(found: Any) -> None:
    with pytest.raises(Malformed):
        dot(found, "dot")
    assert dot(["a", 1], "dot") == ("a", 1)
