"""JSON becomes immutable values, and sets and maps have one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.errors import Malformed
from histories.values import MAX_DEPTH, Character, Keyword, Map, Set, Tagged, from_document, map_of, plain, set_of

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3, alphabet="abc"), inner, max_size=3),
    max_leaves=8,
)


@given(DOCUMENTS)
def test_a_document_comes_back_from_its_value(document: object) -> None:
    value = from_document(document)
    hash(value)
    assert plain(value) == document


def test_a_set_holds_each_element_once_and_has_one_order() -> None:
    assert set_of([2, 1, 2, 1.0]) == set_of([1.0, 1, 2])
    assert len(set_of([1, 1.0, True, 1]).items) == 3


def test_a_map_has_one_order_and_the_later_of_two_values() -> None:
    assert map_of([("b", 1), ("a", 2), ("b", 3)]) == Map((("a", 2), ("b", 3)))


def test_what_json_does_not_know_becomes_text_or_lists() -> None:
    value = (Keyword("k"), Set((1,)), Map(((Keyword("x"), None), (1, 2))), Character("a"), Tagged("inst", "t"))
    assert plain(value) == ["k", [1], {"x": None, "1": 2}, "a", {"inst": "t"}]


def test_a_value_that_nests_too_deep_is_refused() -> None:
    document: object = 1
    for _ in range(MAX_DEPTH):
        document = [document]
    assert from_document(document)
    with pytest.raises(Malformed, match="deep"):
        from_document([document])


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(Malformed, match="surrogate"):
        from_document(["\ud800"])
