"""Sets that only grow: stages agree with the oracle, and say which kind of conflict it is."""

import pytest

from checkers.linearizability.operations import NEVER, Interval
from checkers.linearizability.stages import set_conflict
from model.specifications.specification import Call


def add(start, end, element, required=True):
    return Interval(start, end if required else NEVER, Call("add", element), required, start)


def read(start, end, *elements):
    return Interval(start, end, Call("read", None, elements), True, start)


def test_they_agree_with_the_oracle(judged):
    _, given, oracle = judged("set")
    asked = [[op for op in one if op.required or op.call.f == "add"] for one in given]
    assert [set_conflict(one, frozenset()) is None for one in asked] == oracle


@pytest.mark.parametrize(
    ("operations", "kind"),
    [
        ([read(0, 1, "x")], "unwritten"),
        ([read(0, 1, "x"), add(2, 3, "x")], "order"),
        ([add(0, 9, "x"), add(0, 9, "y"), read(1, 2, "x"), read(3, 4, "y")], "split"),
        ([add(0, 1, "x"), read(2, 3)], "order"),
        ([add(0, 9, "x"), read(1, 2, "x"), read(3, 4)], "order"),
        ([add(0, 1, "x"), read(2, 3), read(4, 5, "x")], "order"),
    ],
)
def test_each_kind_of_conflict_is_told_by_its_name(operations, kind):
    assert set_conflict(operations, frozenset()).kind == kind


def test_what_was_there_before_may_be_added_again_and_must_always_be_read():
    assert set_conflict([read(0, 1, "x"), add(2, 3, "x"), read(4, 5, "x")], frozenset("x")) is None
    assert set_conflict([read(0, 1)], frozenset("x")).kind == "split"


def test_a_pending_add_may_come_late_or_never():
    assert set_conflict([add(0, 1, "x", False), read(2, 3), read(4, 5, "x")], frozenset()) is None
    assert set_conflict([add(0, 1, "x", False), read(2, 3)], frozenset()) is None
