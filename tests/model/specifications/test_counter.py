"""A counter is the sum of what was added."""

import pytest

from model.specifications.counter import Counter
from model.specifications.specification import REFUSED, Call


def test_a_counter_adds_any_amount_and_one_where_none_is_named():
    counter = Counter()
    assert counter.step(3, Call("add", -5)) == -2
    assert counter.step(3, Call("add")) == 4
    assert counter.step(3, Call("read", None, 3)) == 3
    assert counter.step(3, Call("read", None, 4)) is REFUSED
    assert counter.step(3, Call("read", known=False)) == 3


def test_an_unknown_operation_is_the_history_s_fault():
    with pytest.raises(ValueError, match="a counter has no operation 'write'"):
        Counter().step(0, Call("write", 1))


def test_calls_are_described_and_hints_hold():
    counter = Counter()
    assert [counter.describe(0, call) for call in (Call("add"), Call("add", 2), Call("read", None, 3))] == [
        "add 1",
        "add 2",
        "read 3",
    ]
    assert counter.describe(0, Call("read", known=False)) == "read ?"
    assert counter.pure(Call("read"))
    assert counter.total(Call("add"))
    assert not counter.blind(Call("add"))
    assert counter.foresee([]) is None
