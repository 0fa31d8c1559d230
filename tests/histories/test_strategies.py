"""Drawn histories are well-formed, varied and small."""

from hypothesis import find, given
from hypothesis import strategies as st

from histories.columns import Columns, Mark
from histories.strategies import histories, values


@given(histories(functions=("read", "write", "cas", "acquire"), keys=st.sampled_from("ab"), operations=6))
def test_no_process_has_two_operations_open_and_unknown_ones_retire_theirs(columns: Columns) -> None:
    assert len(columns) <= 6
    ends: dict[int, int] = {}
    for row in columns.rows():
        assert row.start > ends.get(row.process, -1)
        ends[row.process] = 1 << 60 if row.end is None else row.end


@given(histories())
def test_only_an_ok_read_returns_something(columns: Columns) -> None:
    for row in columns.rows():
        assert (row.result is not Mark.NONE) == (row.f == "read" and row.status == "ok")


def test_a_lost_write_is_found_and_shrinks_to_two_operations() -> None:
    def lost(columns: Columns) -> bool:
        rows = list(columns.rows())
        return any(
            write.f == "write" and read.result is Mark.NIL and write.status == "ok" and (write.end or 0) < read.start
            for write in rows
            for read in rows
        )

    assert len(find(histories(), lost)) == 2


@given(values())
def test_values_are_hashable(value: object) -> None:
    hash(value)
