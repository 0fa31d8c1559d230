"""Jepsen's EDN in both directions."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.jepsen import Options
from histories.codecs.jepsen_edn import read_edn, write_edn
from histories.columns import Columns, Mark, Row, from_rows
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source
from histories.strategies import histories, values


def read(text: str, **options: Any):
    return read_edn(Source("h.edn", text.encode()), Options(**options))


def written(columns: Columns) -> str:
    out = io.StringIO()
    write_edn(columns, out)
    return out.getvalue()


def lineless(columns: Columns) -> list[Row]:
    return [row._replace(line=0) for row in columns.rows()]


CONTENTS = values(4).filter(lambda value: value is not None and type(value) is not tuple)


@given(histories(contents=CONTENTS))
def test_a_history_of_one_object_comes_back(columns: Columns) -> None:
    again = read(written(columns), keyed=False)
    assert again.notices == ()
    assert repr(lineless(again.columns)) == repr(lineless(columns))


@given(histories(keys=st.sampled_from(["x", "y", 1]), contents=st.integers(0, 3), nothing=Mark.UNKNOWN))
def test_a_history_of_several_objects_comes_back(columns: Columns) -> None:
    again = read(written(columns), keyed=bool(len(columns)), nil="unknown")
    assert lineless(again.columns) == lineless(columns)


def test_what_jepsen_writes_is_what_we_write() -> None:
    rows = [Row(0, "write", None, 1, start=10, end=12), Row(1, "cas", None, 1, 2, start=11, end=15, status="fail")]
    assert written(from_rows(rows)) == (
        "{:index 0, :time 10, :type :invoke, :process 0, :f :write, :value 1}\n"
        "{:index 1, :time 11, :type :invoke, :process 1, :f :cas, :value [1 2]}\n"
        "{:index 2, :time 12, :type :ok, :process 0, :f :write, :value 1}\n"
        "{:index 3, :time 15, :type :fail, :process 1, :f :cas, :value [1 2]}\n"
    )


def test_a_vector_over_many_lines_tells_the_line_of_each_operation() -> None:
    text = "; x\n[{:process 0, :type :invoke,\n :f :read, :value nil}\n {:process 0, :type :ok, :f :read\n :value 3}]"
    columns, notices = read(text)
    assert (columns.line.tolist(), columns.row(0).result, notices) == ([2], 3, ())


def test_a_last_operation_that_is_cut_off_is_left_out_and_told() -> None:
    row = "{:process 0, :type :invoke, :f :read, :value nil}\n"
    for text in (row + row[:20], "[" + row, row + "{:process 1, :val"):
        columns, (notice,) = read(text)
        assert len(columns) == 1
        assert notice.doubt is Doubt.TORN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{:process 0}\n", "h.edn:1: found the type None"),
        ("\n\n[1 2]", "h.edn:3: found '1 2]'"),
        ("[{:process 0, :type :invoke, :f :read, :value nil}\n }]", "h.edn:2: found '}'"),
    ],
)
def test_what_is_no_history_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read(text)
    assert str(error.value).startswith(told)
