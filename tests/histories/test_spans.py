"""Operations with start and end become columns, sorted, checked, whatever the order of the rows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.minimal import operation_row
from histories.columns import Columns, Mark, Row
from histories.errors import HistoryError, Malformed
from histories.events import MAX_FUNCTIONS
from histories.notice import Doubt
from histories.pairing import Paired
from histories.spans import SpanLog, columns_of
from histories.strategies import histories


def read(*rows: dict[str, Any], nil: Any = "absent") -> Paired:
    log = SpanLog()
    for line, row in enumerate(rows, 1):
        log.add(operation_row(row), line)
    return columns_of(log.finish(), "h.csv", nil)


def op(process: Any, f: str, start: int, end: int | None = None, **fields: Any) -> dict[str, Any]:
    return {"process": process, "f": f, "start": start, "end": end, **fields}


def test_rows_are_operations_in_the_order_of_their_start() -> None:
    columns, notices = read(op(1, "get", 5, 6, result="v"), op(0, "put", 1, 2, value="v", key="k"))
    assert list(columns.rows()) == [
        Row(0, "write", "k", "v", start=1, end=2, line=2),
        Row(1, "read", None, result="v", start=5, end=6, line=1),
    ]
    assert notices == ()


def test_an_operation_without_an_end_is_unknown_and_one_with_an_end_is_ok() -> None:
    columns, _ = read(op(0, "write", 1, value=1), op(1, "write", 1, 2, value=2), op(2, "write", 1, 2, status="info"))
    assert [(row.status, row.end) for row in columns.rows()] == [("info", None), ("ok", 2), ("info", None)]


def test_a_compare_and_set_has_its_arguments_in_two_columns_of_any_value() -> None:
    columns, _ = read(op(0, "cas", 1, 2, value=(1, 2), value2=3), op(0, "cas", 3, 4, value2=1))
    assert [(row.value, row.value2) for row in columns.rows()] == [((1, 2), 3), (Mark.NIL, 1)]


def test_reads_of_nil_are_what_the_reader_says() -> None:
    columns, (notice,) = read(op(0, "read", 1, 2), nil="unknown")
    assert columns.row(0).result is Mark.UNKNOWN
    assert (notice.doubt, notice.line) == (Doubt.NIL_UNKNOWN, 1)


def test_clients_may_have_names() -> None:
    columns, _ = read(op(1, "read", 1, 2), op("a", "read", 1, 2), op(1, "read", 3, 4))
    assert [row.process for row in columns.rows()] == [1, "a", 1]


def test_two_operations_of_one_process_at_one_time_are_an_error() -> None:
    with pytest.raises(
        HistoryError, match=r"^h.csv:1: found process 0 starting at 5 while its operation of line 2 is open"
    ):
        read(op(0, "read", 5, 7), op(0, "write", 1, 6, value=1))


def test_an_operation_may_start_when_the_one_before_ends_or_was_given_up() -> None:
    columns, _ = read(op(0, "read", 1, 5), op(0, "read", 5, 6), op(1, "write", 1), op(1, "write", 2, 3))
    assert len(columns) == 4


def test_too_many_functions_are_refused() -> None:
    with pytest.raises(Malformed, match="functions"):
        read(*[op(0, f"f{number}", number, number) for number in range(MAX_FUNCTIONS + 1)])


@given(histories(contents=st.integers(0, 3) | st.text(max_size=2)))
def test_every_history_comes_back_from_its_rows(columns: Columns) -> None:
    rows = []
    for row in columns.rows():
        fields = {name: value for name, value in row._asdict().items() if not isinstance(value, Mark)}
        rows.append({**fields, "end": row.end})
    again = read(*rows).columns
    assert [row._replace(line=0) for row in again.rows()] == list(columns.rows())
