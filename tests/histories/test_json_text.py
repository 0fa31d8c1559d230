"""JSON documents in lines, arrays and pretty-printed files, each with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.json_text import JsonError, TornJson, documents
from histories.source import Source
from histories.window import Window


def window(text: str) -> Window:
    return Window(Source("h", text.encode()))


def until_error(text: str) -> tuple[list[object], JsonError | None]:
    """What comes before the error, and the error."""
    found: list[object] = []
    try:
        found.extend(document.value for document in documents(window(text)))
    except JsonError as error:
        return found, error
    return found, None


def all_of(text: str) -> list[object]:
    return [document.value for document in documents(window(text))]


def test_lines_arrays_and_pretty_printed_objects_hold_the_same() -> None:
    rows = [{"a": 1}, {"b": [1, {"c": None}]}]
    expected = all_of("\n".join(json.dumps(row) for row in rows) + "\n")
    assert len(expected) == 2
    assert all_of(json.dumps(rows)) == expected
    assert all_of(json.dumps(rows, indent=2)) == expected
    assert all_of("\n\n".join(json.dumps(row, indent=1) for row in rows)) == expected


def test_each_document_comes_with_its_place() -> None:
    text = window('[ {"a":1},\n\n {} ]')
    assert [text.line_of(document.at) for document in documents(text)] == [1, 3]


@pytest.mark.parametrize("text", ["", " \n ", "[]", " [ ] \n"])
def test_a_text_without_documents_has_none(text: str) -> None:
    assert all_of(text) == []


@pytest.mark.parametrize("text", ['{"a":1}\n{"a', '[{"a":1}', '[{"a":1},', '{"a":1}\n{"a":', '{"a":1}\n{"a":"x'])
def test_a_document_that_is_cut_off_is_torn_and_those_before_it_are_there(text: str) -> None:
    found, error = until_error(text)
    assert type(error) is TornJson
    assert found == [{"a": 1}]


@pytest.mark.parametrize(
    "text", ['{"a":NaN}', "{'a':1}", '{"a":1', "[1 2]", "[1] 2", "{}}\n", '{"a"\n}\n', '"\\ud800"', "[" * 70 + "]" * 70]
)
def test_what_is_no_json_is_told_with_its_place(text: str) -> None:
    with pytest.raises(JsonError) as error:
        all_of(text + "\n" if text == '{"a":1' else text)
    assert 0 <= error.value.at <= len(text)


def test_nesting_that_would_exhaust_the_decoder_is_an_error_too() -> None:
    with pytest.raises(JsonError):
        all_of("x" * 0 + '{"a":' + "[" * 100_000 + "]" * 100_000 + "}")


@given(st.text(alphabet='[]{}",:a1-. \nnul\\'))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    _, error = until_error(text)
    assert error is None or 0 <= error.at <= len(text)
