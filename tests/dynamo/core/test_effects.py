"""The names under which hints are stored."""

from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.effects import SPACES, hint_key, split_hint_key

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES, st.binary(max_size=20))
def test_the_key_of_a_hint_says_for_whom_and_what(owner: str, key: bytes) -> None:
    assert split_hint_key(hint_key(owner, key)) == (owner, key)


@given(st.tuples(NAMES, st.binary(max_size=9)), st.tuples(NAMES, st.binary(max_size=9)))
def test_two_hints_have_two_keys(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert (hint_key(*one) == hint_key(*other)) == (one == other)


def test_a_key_that_contains_the_separator_stays_whole() -> None:
    assert split_hint_key(hint_key("n1", b"\0a\0b")) == ("n1", b"\0a\0b")


def test_there_are_three_name_spaces() -> None:
    assert SPACES == ("data", "hint", "meta")
