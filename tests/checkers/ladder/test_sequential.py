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


def swap(client, expected, new, start, status="ok"):
    end = None if status == "info" else start + 1
    return Row(client, "cas", "x", expected, new, start=start, end=end, status=status)


def read(client, value, start):
    return Row(client, "read", "x", result=value, start=start, end=start + 1)


def test_two_compare_and_sets_cannot_both_find_one_value():
    write = Row(0, "write", "x", 1, start=0, end=1)
    rows = [write, swap(0, 1, 2, 10), swap(1, 1, 3, 12)]
    assert isinstance(sequential(from_rows(rows)), Invalid)
    assert isinstance(sequential(from_rows([*rows[:2], swap(1, 2, 3, 12)])), Valid)


def test_a_compare_and_set_of_unknown_outcome_took_effect_only_where_it_found_what_it_expected():
    maybe = swap(0, 5, 2, 0, "info")
    assert isinstance(sequential(from_rows([maybe, read(1, 2, 2)])), Invalid)
    assert isinstance(sequential(from_rows([maybe, read(1, 2, 2)]), initial=5), Valid)
    assert isinstance(sequential(from_rows([maybe, Row(1, "write", "x", 5, start=1, end=2), read(1, 2, 3)])), Valid)


def test_a_pending_compare_and_set_that_rests_on_a_pending_write_that_nobody_read_refutes_nothing():
    """Found among 100,000 random histories (`bench agreement 100000 sequential`): it was called violated, and holds."""
    rows = [
        Row(1, "read", "x", result=1, start=0, end=1),
        Row(0, "write", "x", 0, start=6, end=None, status="info"),
        Row(0, "cas", "x", 0, 1, start=13, end=None, status="info"),
    ]
    assert isinstance(sequential(from_rows(rows)), Unknown)
    assert isinstance(sequential(from_rows([rows[0], rows[2]])), Invalid)
