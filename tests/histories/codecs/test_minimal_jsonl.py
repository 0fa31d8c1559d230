"""The minimal schema as JSON lines in both directions."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.minimal_jsonl import read_minimal_jsonl, write_minimal_jsonl
from histories.columns import Columns
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source
from histories.strategies import histories

CONTENTS = st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.booleans()


def read(text: str):
    return read_minimal_jsonl(Source("h.jsonl", text.encode()))


@given(histories(keys=st.sampled_from(["x", 1, None]), contents=CONTENTS | st.lists(CONTENTS, max_size=2).map(tuple)))
def test_a_history_comes_back(columns: Columns) -> None:
    out = io.StringIO()
    write_minimal_jsonl(columns, out)
    assert [row._replace(line=0) for row in read(out.getvalue()).columns.rows()] == list(columns.rows())


def test_each_operation_has_its_line() -> None:
    columns, notices = read('{"process":0,"f":"r","start":5,"end":6}\n\n{"process":1,"f":"w","value":1,"start":1}')
    assert (columns.line.tolist(), notices) == ([3, 1], ())


def test_a_last_row_that_is_cut_off_is_left_out_and_told() -> None:
    columns, (notice,) = read('{"process":0,"f":"r","start":5}\n{"process":0,"f":"r","st')
    assert (len(columns), notice.doubt, notice.line) == (1, Doubt.TORN, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"process":0,"f":"r"}\n', "h.jsonl:1: found no start"),
        ('{"process":0,"f":"r","start":5}\n3\n', "h.jsonl:2: found '3"),
        ('{"process":0,"f":"r","start":5,"end":9}\n{"process":0,"f":"r","start":8}\n', "h.jsonl:2: found process 0"),
        ('{"process":0,"f":"txn","value":3,"start":5}\n', "h.jsonl:1: found 3"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read(text)
    assert str(error.value).startswith(told)
