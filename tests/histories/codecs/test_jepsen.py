"""Jepsen's rows, whatever their notation: keyed or not, with a nemesis, with reasons in the place of values."""

from typing import Any

import pytest

from histories.codecs.jepsen import Options, Written, history_of
from histories.columns import Mark
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source
from histories.values import Keyword


def read(*rows: dict[str, Any], keyed: bool | None = None):
    written = [Written(line, row) for line, row in enumerate(rows, 1)]
    return history_of(written, Source("h", b""), Options(keyed=keyed))


def op(process: Any, kind: str, f: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"process": process, "type": Keyword(kind), "f": Keyword(f), "value": value, **more}


KEYED = [
    op(0, "invoke", "read", ("x", None)),
    op(1, "invoke", "cas", ("y", (1, 2))),
    op(0, "ok", "read", ("x", 7)),
    op(1, "fail", "cas", ("y", (1, 2))),
]


def test_pairs_of_key_and_value_are_recognised() -> None:
    first, second = read(*KEYED).columns.rows()
    assert (first.key, first.result) == ("x", 7)
    assert (second.key, second.value, second.value2) == ("y", 1, 2)


@pytest.mark.parametrize(
    "rows",
    [
        [op(0, "invoke", "cas", (1, 2)), op(0, "ok", "cas", (1, 2))],
        [op(0, "invoke", "read", None), op(0, "ok", "read", (1, 2))],
        [op(0, "invoke", "write", (1, 2), key="k"), op(0, "ok", "write", (1, 2), key="k")],
        [op(0, "invoke", "txn", (("r", "x", None), ("r", "y", None)))],
    ],
    ids=["cas", "read of a pair", "key of its own", "transaction of two"],
)
def test_pairs_that_are_values_stay_values(rows: list[dict[str, Any]]) -> None:
    (row,) = read(*rows).columns.rows()
    assert row.key in {None, "k", Mark.NONE}


def test_whether_a_file_is_keyed_can_be_said() -> None:
    (row,) = read(op(0, "invoke", "write", (1, 2)), keyed=False).columns.rows()
    assert (row.key, row.value) == (None, (1, 2))
    (row,) = read(op(0, "invoke", "cas", (1, (2, 3))), keyed=True).columns.rows()
    assert (row.key, row.value, row.value2) == (1, 2, 3)


def test_a_later_row_that_is_not_keyed_as_the_first_ones_is_an_error() -> None:
    rows = [op(0, "invoke", "write", ("x", 1)), op(0, "ok", "write", ("x", 1))] * 600
    with pytest.raises(HistoryError, match=r"^h:1201: found the value 3; accepted: a pair \[key value\]"):
        read(*rows, op(0, "invoke", "write", 3))


def test_a_failure_may_hold_its_reason_in_the_place_of_a_keyed_value() -> None:
    rows = [KEYED[0], op(0, "fail", "read", Keyword("timed-out")), KEYED[1], op(1, "info", "cas", None)]
    assert [row.key for row in read(*rows).columns.rows()] == ["x", "y"]


def test_a_completion_may_leave_out_its_key() -> None:
    rows = [op(0, "invoke", "read", None, key="k"), op(0, "ok", "read", 1)]
    assert [row.key for row in read(*rows).columns.rows()] == ["k"]


@pytest.mark.parametrize("nemesis", [Keyword("nemesis"), "nemesis", ":nemesis"])
def test_rows_of_the_nemesis_are_left_out_and_counted(nemesis: object) -> None:
    columns, (notice,) = read(op(nemesis, "info", "start", None), *KEYED, op(nemesis, "info", "stop", "x"))
    assert len(columns) == 2
    assert (notice.doubt, notice.rows, notice.line) == (Doubt.NEMESIS, 2, 1)


def test_a_client_may_have_a_name() -> None:
    (row,) = read(op(Keyword("c1"), "invoke", "read", None)).columns.rows()
    assert row.process == "c1"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"type": "invoke", "f": "read"}, "no process"),
        (op(True, "invoke", "read", None), "the process True"),
        (op(0.5, "invoke", "read", None), "the process 0.5"),
        (op(0, "begin", "read", None), "the type"),
        ({"process": 0, "type": "invoke"}, "the function None"),
        ({"process": 0, "type": "invoke", "f": 3}, "the function 3"),
        (op(0, "invoke", "read", None, time="now"), "the time 'now'"),
        (op(0, "invoke", "read", None, time=True), "the time True"),
        (op(0, "invoke", "read", None, time=1 << 70), "time 1180591620717411303424"),
    ],
)
def test_a_row_that_is_none_of_a_client_is_told(row: dict[str, Any], found: str) -> None:
    with pytest.raises(HistoryError, match=f"^h:1: found {found}"):
        read(row)
