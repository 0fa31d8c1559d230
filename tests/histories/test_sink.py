"""The recorder's spelling is JSON that any reader agrees on, and a function of its input alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.sink import REMEMBERED, Escaped, actors_text, dots_text, json_text, plain

NAMES = st.text(max_size=8)


@given(st.dictionaries(NAMES, st.integers(0, 1 << 53), max_size=5))
def test_a_context_reads_back_and_is_sorted(context: dict[str, int]) -> None:
    text = actors_text(Escaped(), context)
    assert json.loads(text) == context
    assert text == actors_text(Escaped(), dict(reversed(context.items())))
    assert text.isascii()


@given(st.lists(st.tuples(NAMES, st.integers(1, 1 << 53)), max_size=5))
def test_dots_read_back_in_their_order(dots: list[tuple[str, int]]) -> None:
    assert [tuple(pair) for pair in json.loads(dots_text(Escaped(), dots))] == dots


@given(st.binary(max_size=20))
def test_bytes_read_back(data: bytes) -> None:
    found = json.loads(json_text(data))
    if isinstance(found, str):
        assert found.encode() == data
    else:
        with pytest.raises(UnicodeDecodeError):
            data.decode()
        assert list(found) == ["base64"]


def test_the_memory_of_names_is_bounded_and_changes_no_spelling() -> None:
    names = Escaped()
    texts = [names[f"n{i}"] for i in range(REMEMBERED + 10)]
    assert len(names) <= REMEMBERED
    assert texts[5] == names["n5"] == '"n5"'


def test_a_name_that_will_not_come_again_is_forgotten() -> None:
    names = Escaped()
    assert names["r"] == '"r"'
    assert names.pop_name("r") == '"r"'
    assert "r" not in names
    assert names.pop_name("never seen") == '"never seen"'


@pytest.mark.parametrize("value", [{1, 2}, object()])
def test_what_has_no_order_or_no_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a trace event cannot hold"):
        plain({"x": value})


def test_numbers_that_are_not_json_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        plain({"x": float("nan")})
