"""Registers and locks as numbers."""

import pytest

from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import (
    ANY,
    FREE,
    HELD,
    grouped,
    mutex_transitions,
    register_transitions,
)
from histories.columns import NIL, Mark, Row, from_rows
from model.specifications.specification import Call

NONE = Mark.NONE
ROWS = [
    Row(0, "write", "b", 5, NONE, NONE, 0, 1),
    Row(0, "read", "a", NONE, NONE, 5, 2, 3),
    Row(0, "cas", "b", 5, 6, NONE, 4, None, "info"),
    Row(0, "cas", "b", 6, 7, NONE, 6, 7, "fail"),
    Row(0, "delete", "a", NONE, NONE, NONE, 8, 9),
    Row(0, "read", "b", NONE, NONE, NONE, 10, None, "info"),
    Row(0, "read", "b", NONE, NONE, Mark.UNKNOWN, 11, 12),
    Row(0, "write", "b", 8, NONE, NONE, 13, 14, "fail"),
]


def test_each_operation_asks_for_a_state_leaves_one_or_both():
    given = register_transitions(from_rows(ROWS), NIL)
    assert given.row.tolist() == [0, 1, 2, 4]
    assert given.pre.tolist() == [ANY, 0, 0, ANY]
    assert given.post.tolist() == [0, ANY, 1, NIL]
    assert given.required.tolist() == [True, True, False, True]
    assert given.end.tolist() == [1, 3, NEVER, 9]


def test_a_refused_compare_and_set_is_an_observation_only_where_asked():
    given = register_transitions(from_rows(ROWS), NIL, mismatches=True)
    assert given.row.tolist() == [0, 1, 2, 3, 4]
    assert given.unequal.tolist() == [False, False, False, True, False]
    assert given.intervals()[3].call == Call("mismatch", 1)


def test_grouped_by_key_they_stand_in_the_order_of_their_starts():
    groups = grouped(register_transitions(from_rows(ROWS), NIL))
    assert groups.bounds.tolist() == [0, 2, 4]
    assert [[op.row for op in groups.of(at).intervals()] for at in range(2)] == [[0, 2], [1, 4]]


def test_starts_that_run_backwards_are_sorted():
    given = register_transitions(from_rows(ROWS), NIL)
    groups = grouped(given._replace(start=given.start[::-1].copy()))
    for at in range(len(groups.key)):
        starts = groups.of(at).start.tolist()
        assert starts == sorted(starts)


def test_calls_are_those_of_a_register_on_codes():
    assert [op.call for op in register_transitions(from_rows(ROWS), NIL).intervals()] == [
        Call("write", 0),
        Call("read", None, 0),
        Call("cas", (0, 1)),
        Call("write", NIL),
    ]


def test_a_lock_goes_from_free_to_held_and_back():
    rows = [Row(0, "acquire", None, NONE, NONE, NONE, 0, 1), Row(0, "release", None, NONE, NONE, NONE, 2, 3)]
    given = mutex_transitions(from_rows(rows))
    assert (given.pre.tolist(), given.post.tolist()) == ([FREE, HELD], [HELD, FREE])


@pytest.mark.parametrize("make", [mutex_transitions, lambda history: register_transitions(history, NIL)])
def test_an_operation_that_the_model_does_not_have_is_told_with_its_line(make):
    history = from_rows([Row(0, "add", "k", 1, NONE, NONE, 0, 1, "ok", 17)])
    with pytest.raises(ValueError, match=r"^line 17: a (mutex|register) has no operation 'add'; accepted: \w+"):
        make(history)
