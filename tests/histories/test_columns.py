"""Rows become columns and come back; keys are grouped; precedence is by events where the file orders them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.columns import ACROSS, INFO, NEVER, NIL, NONE, READ, WRITE, Columns, Mark, Row, Siblings, from_rows
from histories.strategies import histories

ROWS = [
    Row(0, "write", "x", 1, start=1, end=4),
    Row(1, "read", "y", result=Mark.NIL, start=2, end=3),
    Row(2, "cas", "x", 1, 2, start=5, end=6, status="fail"),
    Row(3, "read", "x", result=Siblings((1, 2)), start=7, end=8),
    Row(4, "txn", Mark.NONE, (("read", "x", Mark.NONE),), start=9, end=None, status="info"),
    Row(5, "enqueue", "x", True, start=10, end=11),
]


def test_rows_come_back_as_they_went_in() -> None:
    assert list(from_rows(ROWS).rows()) == ROWS


@given(histories(keys=st.sampled_from(["a", 1, True, None])))
def test_rows_of_any_history_come_back(columns: Columns) -> None:
    again = from_rows(columns.rows())
    assert list(again.rows()) == list(columns.rows())


def test_columns_hold_codes_and_marks() -> None:
    columns = from_rows(ROWS)
    assert columns.f[:2].tolist() == [WRITE, READ]
    assert columns.result[:2].tolist() == [NONE, NIL]
    assert columns.key[4] == ACROSS
    assert (columns.end[4], columns.status[4]) == (NEVER, INFO)
    assert columns.functions[-1] == "enqueue"
    assert columns.values[columns.value[5]] is True


def test_rows_are_sorted_by_their_start() -> None:
    assert [row.start for row in from_rows(ROWS[::-1]).rows()] == [1, 2, 5, 7, 9, 10]


def test_clients_with_names_are_told_by_their_names() -> None:
    columns = from_rows([Row("n1", "read", start=0, end=1), Row(7, "read", start=2, end=3)])
    assert [row.process for row in columns.rows()] == ["n1", 7]


def test_rows_are_grouped_by_key_in_the_order_of_invocations() -> None:
    columns = from_rows(ROWS)
    groups = {columns.keys[key] if key != ACROSS else None: rows.tolist() for key, rows in columns.of_keys()}
    assert groups == {None: [4], "x": [0, 2, 3, 5], "y": [1]}


def test_a_history_without_operations_has_no_groups() -> None:
    columns = from_rows([])
    assert (len(columns), list(columns.of_keys()), list(columns.rows())) == (0, [], [])


def test_some_operations_can_be_taken() -> None:
    columns = from_rows(ROWS)
    assert list(columns.take(columns.f == WRITE).rows()) == ROWS[:1]
    assert list(columns.take([3, 0]).rows()) == [ROWS[3], ROWS[0]]


def test_precedence_is_by_time_where_only_times_are_known_and_by_events_otherwise() -> None:
    columns = from_rows(ROWS)
    assert columns.precedence()[0] is columns.start
    began = np.arange(len(columns))
    ended = np.where(columns.status == INFO, NEVER, began + 10)
    ordered = Columns(**{name: getattr(columns, name) for name in columns.__slots__} | {"began": began, "ended": ended})
    assert ordered.precedence()[0] is began


@pytest.mark.parametrize("end", [NEVER, 5])
def test_an_operation_never_ends_exactly_where_its_outcome_is_unknown(end: int) -> None:
    columns = from_rows(ROWS[:1])
    fields = {name: getattr(columns, name) for name in columns.__slots__}
    status = np.array([INFO if end == 5 else 0], np.int8)
    with pytest.raises(AssertionError):
        Columns(**{**fields, "end": np.array([end]), "status": status})


def test_columns_of_different_lengths_are_our_own_bug() -> None:
    columns = from_rows(ROWS[:2])
    fields = {name: getattr(columns, name) for name in columns.__slots__}
    with pytest.raises(AssertionError):
        Columns(**{**fields, "line": np.zeros(1, np.int32)})
