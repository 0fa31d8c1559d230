"""Lost updates: two from one value."""

import pytest

from checkers.verdict import Invalid, Valid
from checkers.workloads.updates import judge
from histories.columns import Mark, Row, from_rows
from histories.generate import Shape, linearizable


def cas(client, old, new, at, status="ok"):
    return Row(client, "cas", "x", old, new, start=at, end=at + 1, status=status)


def write(client, value, at):
    return Row(client, "write", "x", value, start=at, end=at + 1)


def read(client, value, at):
    return Row(client, "read", "x", result=value, start=at, end=at + 1)


def test_two_updates_from_one_value_are_found():
    found = judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), cas(2, 1, 3, 4)]))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (1, 2)


def test_an_update_that_failed_or_a_value_that_came_twice_proves_nothing():
    assert isinstance(judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), cas(2, 1, 3, 4, "fail")])), Valid)
    assert isinstance(judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), write(0, 1, 4), cas(2, 1, 3, 6)])), Valid)


def test_two_updates_from_the_initial_value_are_found():
    rows = [read(0, Mark.NIL, 0), read(1, Mark.NIL, 1), write(0, 1, 2), write(1, 2, 3)]
    assert isinstance(judge(from_rows(rows), read_modify_write=True), Invalid)
    assert isinstance(judge(from_rows(rows)), Valid)


def test_reading_again_before_writing_loses_nothing():
    rows = [read(0, 5, 0), write(0, 1, 2), read(1, 5, 3), read(1, 1, 4), write(1, 2, 5)]
    assert isinstance(judge(from_rows(rows), initial=5, read_modify_write=True), Valid)


@pytest.mark.parametrize("seed", range(40))
def test_linearizable_histories_lose_no_update(seed):
    known = linearizable(seed, Shape("cas-register", 60, 5, 2))
    assert isinstance(judge(known.columns), Valid)
