"""Jepsen's histories as JSON in both directions."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.jepsen import Options
from histories.codecs.jepsen_json import read_json, write_json
from histories.columns import Columns, Row
from histories.errors import HistoryError
from histories.notice import Doubt
from histories.source import Source
from histories.strategies import histories

ROWS = [
    {"index": 0, "time": 5, "process": 0, "type": "invoke", "f": "read", "value": None},
    {"index": 1, "time": 7, "process": 0, "type": "ok", "f": "read", "value": [1, {"a": None}]},
]


def read(text: str, keyed: bool | None = None):
    return read_json(Source("h.json", text.encode()), Options(keyed=keyed))


@pytest.mark.parametrize("text", [json.dumps(ROWS), "\n".join(map(json.dumps, ROWS)), json.dumps(ROWS, indent=1)])
def test_an_array_and_lines_are_one_history(text: str) -> None:
    (row,) = read(text).columns.rows()
    assert (row.start, row.end, row.f, row.result[0]) == (5, 7, "read", 1)


def test_names_may_keep_the_colon_of_their_keywords() -> None:
    (row,) = read('{"process":":c1","type":":invoke","f":":write","value":1}').columns.rows()
    assert (row.process, row.f) == ("c1", "write")


@given(histories(keys=st.sampled_from(["x", 1]), contents=st.integers(0, 3) | st.text(max_size=3)))
def test_a_history_comes_back(columns: Columns) -> None:
    out = io.StringIO()
    write_json(columns, out)
    again: list[Row] = [row._replace(line=0) for row in read(out.getvalue(), keyed=bool(len(columns))).columns.rows()]
    assert again == list(columns.rows())


def test_a_last_row_that_is_cut_off_is_left_out_and_told() -> None:
    columns, (notice,) = read(json.dumps(ROWS[0]) + "\n" + json.dumps(ROWS[1])[:-9])
    assert (columns.row(0).status, notice.doubt, notice.line) == ("info", Doubt.TORN, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"process":0}\n', "h.json:1: found the type None"),
        (json.dumps(ROWS[0]) + "\n[1]\n", "h.json:2: found '[1]"),
        (json.dumps(ROWS[0]) + "\n{'a':1}\n", "h.json:2: found"),
    ],
)
def test_what_is_no_history_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read(text)
    assert str(error.value).startswith(told)
