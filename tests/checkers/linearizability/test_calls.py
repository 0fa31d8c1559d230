"""Rows become calls: what failed, and what says nothing, is left out."""

from checkers.linearizability.calls import every
from checkers.linearizability.operations import NEVER
from histories.columns import Mark, Row, from_rows
from histories.values import set_of
from model.specifications.specification import Call

NONE = Mark.NONE


def test_each_row_becomes_the_call_that_it_was():
    history = from_rows(
        [
            Row(0, "write", "k", 1, NONE, NONE, 0, 1),
            Row(0, "cas", "k", 1, 2, NONE, 2, None, "info"),
            Row(0, "read", "k", NONE, NONE, Mark.NIL, 4, 5),
            Row(0, "append", "k", "x", NONE, NONE, 6, 7),
        ]
    )
    found = every(history)
    assert [op.call for op in found] == [
        Call("write", 1),
        Call("cas", (1, 2), None, known=False),
        Call("read", None, None),
        Call("append", "x"),
    ]
    assert [(op.end, op.required, op.row) for op in found] == [
        (1, True, 0),
        (NEVER, False, 1),
        (5, True, 2),
        (7, True, 3),
    ]


def test_failed_operations_and_reads_without_a_result_are_left_out():
    history = from_rows(
        [
            Row(0, "write", "k", 1, NONE, NONE, 0, 1, "fail"),
            Row(0, "read", "k", NONE, NONE, NONE, 2, None, "info"),
            Row(0, "read", "k", NONE, NONE, Mark.UNKNOWN, 4, 5),
        ]
    )
    assert every(history) == []


def test_a_set_that_was_read_is_its_elements():
    rows = [Row(0, "add", None, 1, NONE, NONE, 0, 1), Row(0, "read", None, result=set_of([1]), start=2, end=3)]
    assert every(from_rows(rows))[1].call.result == (1,)
