"""The minimal schema as CSV in both directions."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.delimited import read_csv, write_csv
from histories.columns import Columns, Mark, Row, from_rows
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source
from histories.strategies import histories

HEADER = "process,f,key,value,result,start,end\n"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=4).map(lambda text: text + "'")


def read(text: str):
    return read_csv(Source("h.csv", text.encode()))


@pytest.mark.parametrize("contents", [st.integers(-5, 5), TEXT], ids=["numbers", "text"])
def test_a_history_comes_back(contents: st.SearchStrategy[object]) -> None:
    @given(histories(keys=st.sampled_from(["x", 'y,\n"z']), contents=contents))
    def check(columns: Columns) -> None:
        out = io.StringIO()
        write_csv(columns, out)
        assert [row._replace(line=0) for row in read(out.getvalue()).columns.rows()] == list(columns.rows())

    check()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_may_be_parted_in_three_ways_and_columns_stand_in_any_order(delimiter: str) -> None:
    text = "\ufeffstart,END,f,process,more\n1,2,write,0,x\n".replace(",", delimiter)
    assert list(read(text).columns.rows()) == [Row(0, "write", None, Mark.NIL, start=1, end=2, line=2)]


def test_a_column_is_of_numbers_only_where_every_cell_is_one() -> None:
    columns, _ = read(HEADER + "0,write,1,007,,1,2\n0,read,2,,7,3,4\n")
    assert [(row.key, row.value, row.result) for row in columns.rows()] == [
        (1, "007", Mark.NONE), (2, Mark.NONE, "7"),
    ]  # fmt: skip


def test_a_row_over_several_lines_has_the_line_of_its_beginning() -> None:
    columns, _ = read(HEADER + '0,write,k,"a\nb",,1,2\n0,write,k,c,,3,4\n')
    assert columns.line.tolist() == [2, 4]


def test_a_last_row_that_is_cut_off_is_left_out_and_told() -> None:
    columns, (notice,) = read(HEADER + "0,write,k,v,,1,2\n0,wri")
    assert (len(columns), notice.doubt, notice.line) == (1, Doubt.TORN, 3)


def test_a_last_row_that_only_lacks_its_newline_is_whole() -> None:
    columns, notices = read(HEADER + "0,write,k,v,,1,2")
    assert (len(columns), notices) == (1, ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("process,f\n0,read\n", "h.csv:1: found the columns process, f without 'start'"),
        ("process,f,start,f\n", "h.csv:1: found two columns 'f'"),
        (HEADER + "0,read,k,,,1,2,3,4\n", "h.csv:2: found 9 cells"),
        (HEADER + "0,read,k,,,x,2\n", "h.csv:2: found start: 'x'"),
        (HEADER + "0,read,k,,,1,2\n,read,k,,,3,4\n", "h.csv:3: found no process"),
        (HEADER + '0,read,k,"a"b,,3,4\n', "h.csv:2: found"),
        (HEADER + '0,read,k,"a,,3,4\n', "h.csv:2: found"),
        (HEADER + "0,read,k,,,9,4\n", "h.csv:2: found end 4 before start 9"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read(text)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize("value", [(1, 2), "", True, 1.5])
def test_what_csv_would_not_give_back_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="accepted"):
        write_csv(from_rows([Row(0, "write", None, value, start=0, end=1)]), io.StringIO())
