"""A set holds what was added and not deleted."""

import pytest

from model.specifications.sets import GrowingSet
from model.specifications.specification import REFUSED, Call


@pytest.mark.parametrize(
    ("state", "call", "after"),
    [
        (set(), Call("add", 1), {1}),
        ({1, 2}, Call("delete", 1), {2}),
        ({1, 2}, Call("read", None, [2, 1]), {1, 2}),
        (set(), Call("read", None, None), set()),
        ({1}, Call("read", None, [2]), REFUSED),
        ({1}, Call("read", known=False), {1}),
    ],
)
def test_each_call_leaves_the_set_it_should(state, call, after):
    assert GrowingSet().step(frozenset(state), call) == (after if after is REFUSED else frozenset(after))


def test_an_unknown_operation_is_the_history_s_fault():
    with pytest.raises(ValueError, match="a set has no operation 'write'"):
        GrowingSet().step(frozenset(), Call("write", 1))


def test_calls_are_described_and_hints_hold():
    model = GrowingSet()
    assert model.describe(frozenset(), Call("read", None, [2, 1])) == "read [1, 2]"
    assert model.describe(frozenset(), Call("read", known=False)) == "read ?"
    assert model.describe(frozenset(), Call("add", 1)) == "add 1"
    assert model.pure(Call("read"))
    assert model.total(Call("add", 1))
    assert not model.blind(Call("add", 1))
    assert model.foresee([]) is None
