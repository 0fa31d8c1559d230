"""Operations become invocations and completions in an order that keeps what precedes what."""

import pytest

from histories.codecs.rows_out import rows_out
from histories.columns import Mark, Row, Siblings, from_rows


def spelled(*rows: Row) -> list[tuple[object, ...]]:
    return [(row.type, row.process, row.value) for row in rows_out(from_rows(rows))]


def test_events_stand_in_the_order_of_time_and_invocations_first_within_one_tick() -> None:
    one, two = Row(0, "write", None, 1, start=0, end=5), Row(1, "read", None, result=1, start=5, end=6)
    assert spelled(one, two) == [("invoke", 0, 1), ("invoke", 1, None), ("ok", 0, 1), ("ok", 1, 1)]


def test_keys_stand_in_pairs_and_marks_are_nil() -> None:
    rows = [
        Row(0, "read", "x", result=Mark.NIL, start=0, end=1),
        Row(0, "cas", "y", Mark.NIL, 2, start=2, end=3, status="fail"),
    ]
    assert spelled(*rows) == [
        ("invoke", 0, ("x", None)),
        ("ok", 0, ("x", None)),
        ("invoke", 0, ("y", (None, 2))),
        ("fail", 0, ("y", (None, 2))),
    ]


def test_siblings_are_a_list_and_transactions_are_steps() -> None:
    deal = (("read", "x", Mark.NONE),)
    rows = [
        Row(0, "read", None, result=Siblings((1, 2)), start=0, end=1),
        Row(0, "txn", Mark.NONE, deal, result=(("read", "x", 3),), start=2, end=3),
    ]
    assert [value for kind, _, value in spelled(rows[0]) if kind == "ok"] == [(1, 2)]
    assert spelled(rows[1]) == [("invoke", 0, (("read", "x", None),)), ("ok", 0, (("read", "x", 3),))]


def test_an_operation_of_unknown_outcome_ends_only_where_its_client_goes_on() -> None:
    lost = Row(0, "write", None, 1, start=0, end=None, status="info")
    assert spelled(lost) == [("invoke", 0, 1)]
    assert spelled(lost, Row(0, "write", None, 2, start=3, end=4)) == [
        ("invoke", 0, 1), ("info", 0, 1), ("invoke", 0, 2), ("ok", 0, 2),
    ]  # fmt: skip


def test_one_nil_cannot_mean_two_things() -> None:
    rows = [Row(0, "read", result=mark, start=at, end=at) for at, mark in enumerate([Mark.NIL, Mark.UNKNOWN])]
    with pytest.raises(ValueError, match="one meaning"):
        list(rows_out(from_rows(rows)))
