"""What each read read from, in sessions."""

import numpy as np
import pytest

from checkers.ladder.accesses import INITIAL, NOWHERE, PENDING, READS, WRITES, readings
from histories.columns import Mark, Row, from_rows


def only(history):
    given = readings(history)
    assert given.ways == 1
    return next(given.some(1))


def test_accesses_stand_by_session_in_its_order(history):
    found = only(history("a: w x 1, r x 1", "b: r x 1, w y 2"))
    assert found.row.tolist() == [0, 2, 1, 3]
    assert found.kind.tolist() == [WRITES, READS, READS, WRITES]
    assert found.write.tolist() == [0, 0, 0, 1]
    assert found.bounds.tolist() == [0, 2, 4]
    assert found.columns.tolist() == [0, 1, 2]


def test_reads_of_nothing_and_of_what_nobody_wrote_are_told_apart(history):
    assert only(history("a: r x nil, r x 7")).write.tolist() == [INITIAL, NOWHERE]


def test_a_pending_write_has_a_column_of_its_own_exactly_if_somebody_read_it(history):
    found = only(history("a: w? x 1, w? x 2, r x 2"))
    assert found.kind.tolist() == [PENDING, READS]
    assert found.width == 2
    assert found.column.tolist() == [1]


def test_a_compare_and_set_that_succeeded_reads_and_writes_and_a_failed_write_does_nothing():
    rows = [
        Row(0, "write", "x", 1, start=0, end=1),
        Row(0, "cas", "x", 1, 2, start=2, end=3),
        Row(0, "write", "x", 3, start=4, end=5, status="fail"),
        Row(0, "read", "x", result=3, start=6, end=7),
    ]
    found = only(from_rows(rows))
    assert found.kind.tolist() == [WRITES, READS, WRITES, READS]
    assert found.write.tolist() == [0, 0, 1, NOWHERE]


def test_values_of_different_keys_are_different_writes(history):
    assert only(history("a: w x 1, w y 1, r y 1, r x 1")).write.tolist() == [0, 1, 1, 0]


def test_repeated_values_give_every_choice_the_likeliest_first(history):
    given = readings(history("a: w x 1, w x 1, r x 1, w x 1"))
    assert given.ways == 3
    sources = [found.write[2] for found in given.some(9)]
    assert sources == [1, 0, 2]


def test_a_delete_and_the_initial_value_are_two_choices():
    rows = [
        Row(0, "delete", "x", start=0, end=1),
        Row(0, "read", "x", result=Mark.NIL, start=2, end=3),
    ]
    given = readings(from_rows(rows))
    assert [int(found.write[1]) for found in given.some(9)] == [0, INITIAL]


def test_an_initial_value_that_is_not_nil_is_known(history):
    given = readings(history("a: r x 5, r x nil"), 5)
    assert next(given.some(1)).write.tolist() == [INITIAL, NOWHERE]


def test_operations_that_a_register_does_not_have_are_named():
    with pytest.raises(ValueError, match="line 3: a register has no operation 'add'"):
        readings(from_rows([Row(0, "add", "x", 1, start=0, end=1, line=3)]))


def test_an_empty_history_has_no_accesses():
    assert len(only(from_rows([])).kind) == 0
    assert np.array_equal(only(from_rows([])).bounds, [0])
