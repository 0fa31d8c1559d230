"""Sequential consistency: the oracle's answers, and honest ends of the search."""

import pytest

from benchmarks.busy_histories import busy
from checkers.ladder.sequential import in_turn, ordered, sequential
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import Row, from_rows


@pytest.mark.parametrize("unique", [True, False])
def test_it_agrees_with_the_definition(given, oracle, agrees, unique):
    agrees(sequential, given(unique), oracle("sequential", unique))


def test_the_search_alone_agrees_with_the_definition(given, oracle, agrees):
    agrees(ordered, given(True), oracle("sequential", True))


def test_stale_for_everybody_is_sequential(history):
    assert isinstance(sequential(history("a: w x 1, w y 2", "b: r x nil, r y nil, r x 1")), Valid)


def test_two_clients_that_miss_each_others_writes_are_not_sequential(history):
    assert isinstance(sequential(history("a: w x 1, r y nil", "b: w y 1, r x nil")), Invalid)


def test_a_search_that_ends_at_its_bound_is_unknown(history):
    one = history("a: w x 1, r y nil, w x 3, w x 4", "b: w y 1, r x nil, w y 5, w y 6")
    assert isinstance(ordered(one, budget=3), Unknown)


def test_linearizable_histories_of_any_size_need_no_search():
    assert isinstance(sequential(busy(5_000, 10, 10)), Valid)


def test_operations_of_one_client_that_touch_are_not_in_turn():
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(0, "write", "x", 2, start=1, end=2)]
    assert not in_turn(from_rows(rows))
    assert in_turn(from_rows([rows[0], rows[1]._replace(start=2, end=3)]))
