"""EDN as Jepsen writes it, and everything that is none told with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.edn import SKIPPED, EdnError, Torn, read, skip
from histories.values import MAX_DEPTH, Character, Keyword, Map, Symbol, Tagged, set_of


def until_error(text: str) -> tuple[list[object], EdnError | None]:
    """What comes before the error, and the error."""
    found: list[object] = []
    at = 0
    try:
        while (at := skip(text, at)) < len(text):
            value, at = read(text, at)
            if value is not SKIPPED:
                found.append(value)
    except EdnError as error:
        return found, error
    return found, None


def all_of(text: str) -> list[object]:
    found, error = until_error(text)
    if error:
        raise error
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nil", None),
        ("+12", 12),
        ("12N", 12),
        ("-1.5e3", -1500.0),
        ("2M", 2.0),
        ("1/3", Tagged("ratio", "1/3")),
        (":a.b/c-d?", Keyword("a.b/c-d?")),
        ("foo/bar", Symbol("foo/bar")),
        ("-", Symbol("-")),
        ('"a\\u0041\\n\\""', 'aA\n"'),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"line\nbreak"', "line\nbreak"),
        ("\\a", Character("a")),
        ("\\newline", Character("\n")),
        ("\\u0041", Character("A")),
        ("(1, 2 ,3)", (1, 2, 3)),
        ("#{1 2 2}", set_of([1, 2])),
        ("{:a 1, :b [2]}", Map(((Keyword("a"), 1), (Keyword("b"), (2,))))),
        ('#inst "2020-01-01"', Tagged("inst", "2020-01-01")),
        ("#jepsen.history.Op{:a 1}", Map(((Keyword("a"), 1),))),
        ("[1 #_ 2 3]", (1, 3)),
        ("[#_ #_ 1 2 3]", (3,)),
        ("[1 ; comment ]\n 2]", (1, 2)),
        ("[;x\n]", ()),
    ],
)
def test_every_kind_of_element_is_read(text: str, value: object) -> None:
    assert read(text, 0)[0] == value


def test_elements_follow_each_other_with_blanks_commas_and_comments_between() -> None:
    assert all_of(" 1\n,2 ; end\n[3]#_ 4 ; end") == [1, 2, (3,)]
    assert all_of(" ; nothing\n") == []


@pytest.mark.parametrize("text", ["1 [2", '1 "abc', "{:a", "#{1", "1 #", "1 \\", "1 #tag", "1 #_", "[1 2 {"])
def test_an_element_that_is_cut_off_is_torn_and_those_before_it_are_there(text: str) -> None:
    found, error = until_error(text)
    assert type(error) is Torn
    assert found == ([] if text.startswith(("{", "#", "[")) else [1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("]", "']'"),
        ("[1}", "'}'"),
        ("{:a}", "a map with a key but no value"),
        ("12x 1", "'12x'"),
        ("1.2.3 1", "'1.2.3'"),
        (": 1", "':'"),
        ("##Foo", "##Foo"),
        ('"\\q"', "the escape"),
        ('"\\ud800"', "a lone surrogate"),
        ("\\foo", "foo"),
        ("1" * 5000, "a number of 5000 digits"),
        ("[" * (MAX_DEPTH + 2), "a value nested deeper"),
        ("#a " * (MAX_DEPTH + 2), "a value nested deeper"),
        ("#1", "'#1'"),
        ("a\x00b 1", "'a\\x00b'"),
    ],
)
def test_what_is_no_edn_is_told(text: str, found: str) -> None:
    with pytest.raises(EdnError) as error:
        all_of(text)
    assert found in error.value.found
    assert not isinstance(error.value, Torn)


@given(st.text(alphabet='[](){}#_"\\:;a1-. \n,N/'))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    _, error = until_error(text)
    assert error is None or 0 <= error.at <= len(text)


def test_a_string_of_ten_megabytes_is_read_and_one_without_end_is_torn() -> None:
    text = '"' + "x" * 10_000_000 + '"'
    assert len(all_of(text)[0]) == 10_000_000
    with pytest.raises(Torn):
        all_of(text[:-1])
