"""Completions find their invocations, and the first row that does not fit is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.columns import NEVER, Mark, Row
from histories.errors import HistoryError
from histories.events import TYPES, EventLog
from histories.notice import Doubt
from histories.pairing import Paired, pair

READ = (0, "invoke", "read", 1)
OK = (0, "ok", "read", 1)


def paired(*rows: tuple[Any, ...], nil: Any = "absent", ordered: bool = False) -> Paired:
    """Rows are (process, type, f, value) and maybe key and time."""
    log = EventLog()
    for line, row in enumerate(rows, 1):
        process, kind, f, value, key, time, *_ = (*row, None, None)
        log.add(process, TYPES.index(kind), f, key, value, time, line)
    return pair(log.finish(), "h.edn", nil, ordered)


def operations(*rows: tuple[Any, ...], **options: Any) -> list[Row]:
    return list(paired(*rows, **options).columns.rows())


def wrong(*rows: tuple[Any, ...], **options: Any) -> str:
    with pytest.raises(HistoryError) as error:
        paired(*rows, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_completion_belongs_to_the_open_invocation_of_its_process() -> None:
    first, second = operations(
        (0, "invoke", "write", 1), (1, "invoke", "read", None), (1, "ok", "read", 5), (0, "ok", "write", 1)
    )
    assert first == Row(0, "write", None, 1, start=0, end=3, status="ok", line=1)
    assert second == Row(1, "read", None, result=5, start=1, end=2, status="ok", line=2)


@pytest.mark.parametrize(("nil", "result"), [("absent", Mark.NIL), ("unknown", Mark.UNKNOWN)])
def test_what_a_read_of_nil_means_is_said_by_the_reader(nil: str, result: Mark) -> None:
    (row,) = operations((0, "invoke", "read", None), (0, "ok", "read", None), nil=nil)
    assert row.result is result


def test_reads_that_are_taken_as_unknown_are_counted() -> None:
    rows = [(0, "invoke", "read", None), (0, "ok", "read", None)] * 2
    (notice,) = paired(*rows, nil="unknown").notices
    assert (notice.doubt, notice.rows, notice.line) == (Doubt.NIL_UNKNOWN, 2, 2)
    assert paired(*rows).notices == ()


def test_a_timeout_and_a_missing_completion_are_both_unknown_and_never_end() -> None:
    rows = operations((0, "invoke", "write", 1), (1, "invoke", "write", 2), (0, "info", "write", 1))
    assert [(row.status, row.end) for row in rows] == [("info", None), ("info", None)]


def test_a_failed_read_returns_nothing() -> None:
    (row,) = operations((0, "invoke", "read", None), (0, "fail", "read", ":timed-out"))
    assert (row.status, row.result) == ("fail", Mark.NONE)


def test_a_compare_and_set_has_two_arguments() -> None:
    (row,) = operations((0, "invoke", "cas", (1, 2)), (0, "ok", "cas", (1, 2)))
    assert (row.value, row.value2, row.result) == (1, 2, Mark.NONE)


def test_a_compare_and_set_from_nil_is_from_nothing() -> None:
    (row,) = operations((0, "invoke", "cas", (None, 2)))
    assert (row.value, row.value2) == (Mark.NIL, 2)


def test_a_write_of_nil_is_a_write_of_nothing_and_a_read_has_no_argument() -> None:
    write, read = operations((0, "invoke", "write", None), (1, "invoke", "read", 4), (1, "ok", "read", 4))
    assert (write.value, read.value, read.result) == (Mark.NIL, Mark.NONE, 4)


def test_what_was_written_may_be_told_by_the_ok_alone() -> None:
    (row,) = operations((0, "invoke", "write", None), (0, "ok", "write", 3))
    assert row.value == 3


def test_a_function_of_the_users_own_has_argument_and_result() -> None:
    (row,) = operations((0, "invoke", "dequeue", "q"), (0, "ok", "dequeue", 3))
    assert (row.f, row.value, row.result) == ("dequeue", "q", 3)


def test_a_transaction_is_across_keys_and_in_normal_form() -> None:
    (row,) = operations((0, "invoke", "txn", (("r", "x", None),)), (0, "ok", "txn", (("r", "x", 4),)))
    assert (row.key, row.value, row.result) == (
        Mark.NONE, (("read", "x", Mark.NONE),), (("read", "x", 4),)
    )  # fmt: skip


def test_a_client_may_go_on_after_an_operation_of_unknown_outcome() -> None:
    rows = operations(
        (0, "invoke", "write", 1), (0, "info", "write", 1), (0, "invoke", "write", 2), (0, "ok", "write", 2)
    )
    assert [row.status for row in rows] == ["info", "ok"]


def test_an_info_with_another_value_is_noticed_and_the_invocation_counts() -> None:
    columns, (notice,) = paired((0, "invoke", "write", 4), (0, "info", "write", "timed-out"))
    assert columns.row(0).value == 4
    assert (notice.doubt, notice.rows, notice.line) == (Doubt.INFO_VALUE, 1, 2)
    assert "'timed-out'" in notice.text


def test_times_that_run_backwards_are_noticed_and_the_order_of_rows_counts() -> None:
    columns, (notice,) = paired((0, "invoke", "read", None, None, 9), (0, "ok", "read", 1, None, 5))
    assert (notice.doubt, notice.line) == (Doubt.TIME_BACKWARDS, 2)
    assert (columns.start.tolist(), columns.end.tolist()) == ([0], [1])


def test_the_order_of_events_tells_apart_what_one_tick_holds() -> None:
    columns, _ = paired(
        (0, "invoke", "write", 1, None, 5), (0, "ok", "write", 1, None, 5), (1, "invoke", "read", None, None, 5)
    )
    start, end = columns.precedence()
    assert columns.start.tolist() == [5, 5]
    assert end[0] < start[1]
    assert (end[1], columns.end[1]) == (NEVER, NEVER)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([OK], "h.edn:1: found ok of process 0, which has nothing open"),
        ([READ, OK, OK], "h.edn:3: found ok of process 0"),
        ([READ, (0, "invoke", "write", 1)], "h.edn:2: found process 0 invoking write while its read of line 1 is open"),
        ([("n", "invoke", "read", 1), ("n", "invoke", "read", 1)], "h.edn:2: found process 'n' invoking read"),
        ([READ, (0, "ok", "write", 1)], "h.edn:2: found ok with the function 'write'; accepted: function 'read'"),
        ([(*READ, "x"), (*OK, "y")], "h.edn:2: found ok with the key 'y'; accepted: key 'x'"),
        ([(0, "invoke", "write", 1), (0, "ok", "write", 2)], "h.edn:2: found ok with the value 2; accepted: value 1"),
        ([(0, "invoke", "cas", 1)], "h.edn:1: found compare-and-set of 1; accepted: a pair [expected new]"),
        ([READ, OK, (0, "invoke", "cas", (1, 2, 3))], "h.edn:3: found compare-and-set of (1, 2, 3)"),
        ([(0, "invoke", "txn", 7)], "h.edn:1: found 7"),
    ],
)
def test_a_row_that_does_not_fit_is_told_with_its_line(rows: list[tuple[Any, ...]], told: str) -> None:
    assert wrong(*rows).startswith(told)


def test_of_several_errors_the_first_row_is_told() -> None:
    assert wrong((0, "invoke", "read", 1), (1, "ok", "read", 1), (0, "invoke", "read", 1)).startswith("h.edn:2")


def test_a_file_that_promises_ordered_times_is_held_to_it() -> None:
    rows = [(0, "invoke", "read", None, None, 9), (0, "ok", "read", 1, None, 5)]
    assert "h.edn:2: found time 5 after 9" in wrong(*rows, ordered=True)


def test_a_value_of_ten_megabytes_stays_out_of_the_message() -> None:
    assert len(wrong((0, "invoke", "write", "x" * 10_000_000), (0, "ok", "write", "y" * 10_000_000))) < 400


def test_no_rows_are_no_operations() -> None:
    assert operations() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(TYPES), st.sampled_from(["read", "write"]), st.integers(0, 1))
    )
)
def test_pairing_on_arrays_does_what_pairing_row_by_row_does(rows: list[Any]) -> None:
    expected: list[list[int]] | int = []
    open_rows: dict[int, int] = {}
    for at, (process, kind, f, value) in enumerate(rows):
        begun = open_rows.get(process)
        if kind == "invoke":
            if begun is not None:
                expected = at
                break
            open_rows[process] = at
            expected.append([at, -1])
            continue
        mismatch = begun is None or rows[begun][2] != f or (kind == "ok" and f == "write" and rows[begun][3] != value)
        if mismatch:
            expected = at
            break
        del open_rows[process]
        next(entry for entry in expected if entry[0] == begun)[1] = at
    if isinstance(expected, int):
        assert wrong(*rows).startswith(f"h.edn:{expected + 1}:")
        return
    columns = paired(*rows).columns
    found = [
        [int(began), -1 if ended == NEVER else int(ended)]
        for began, ended in zip(columns.began, columns.ended, strict=True)
    ]
    assert found == [[at, -1 if end < 0 or rows[end][1] == "info" else end] for at, end in expected]
