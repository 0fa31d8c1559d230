"""Values are told apart by type and content, at every depth."""

import itertools

import pytest

from histories.interning import Interned, identity
from histories.values import Keyword, Set, Symbol

ALIKE = (
    1,
    1.0,
    True,
    "1",
    (1,),
    (True,),
    Keyword("1"),
    Symbol("1"),
    Set((1,)),
    Set((True,)),
    0,
    0.0,
    -0.0,
    False,
    None,
    "",
)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ALIKE, 2)))
def test_values_that_python_takes_for_one_are_two(one: object, other: object) -> None:
    assert identity(one) != identity(other)
    table = Interned()
    assert table.code(one) != table.code(other)


def test_a_value_keeps_its_first_number() -> None:
    table = Interned()
    assert [table.code(value) for value in ("a", 1, "a", (1, "x"), (1, "x"), 1)] == [0, 1, 0, 2, 2, 1]
    assert table.table == ["a", 1, (1, "x")]


def test_not_a_number_is_itself() -> None:
    table = Interned()
    assert table.code(float("nan")) == table.code(float("nan"))


def test_only_what_was_seen_is_found() -> None:
    table = Interned()
    table.code(True)
    assert (table.find(True), table.find(1)) == (0, None)
