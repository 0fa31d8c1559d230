"""histories.codecs.misspelt: a column that is ignored because of its name is told, whatever the file's format."""

import gzip
import json
from pathlib import Path

import pytest

from histories.codecs.minimal import COLUMNS
from histories.codecs.misspelt import misspelt
from histories.load import load
from histories.notice import Doubt

ROWS = [
    {"process": 0, "f": "write", "valeu": 1, "start": 0, "end": 1},
    {"process": 1, "f": "read", "result": 1, "start": 2, "end": 3},
]
TEXT = "the column 'valeu' is ignored: is it 'value'?"


def told(path: Path) -> list[str]:
    return [notice.text for notice in load(path).notices if notice.doubt is Doubt.MISSPELT_COLUMN]


@pytest.mark.parametrize("name", ["val", "valeu", "Value", "values", " value"])
def test_a_name_that_is_nearly_a_missing_columns_is_misspelt(name: str) -> None:
    assert misspelt(["process", "f", "start", name]) == ((name, "value"),)


@pytest.mark.parametrize(
    "names", [COLUMNS, (*COLUMNS, "valeu"), ("process", "f", "start", "host", "note", "latency_ms", "time")]
)
def test_a_column_that_nothing_is_missing_for_is_none_of_our_business(names: tuple[str, ...]) -> None:
    assert misspelt(names) == ()


def test_json_lines_tell_it_whichever_row_has_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in reversed(ROWS)))
    assert told(path) == [TEXT]


def test_json_lines_that_go_on_behind_the_first_piece_tell_it_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    row = {**ROWS[0], "note": "x" * 50_000}
    path.write_bytes(gzip.compress((json.dumps(row) + "\n").encode() + (json.dumps({**row, "process": 1})).encode()))
    assert told(path) == [TEXT]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_tells_it_of_its_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("process,f,valeu,result,start,end\na,write,1,,0,1\nb,read,,1,2,3\n".replace(",", delimiter))
    assert told(path) == [TEXT]
    assert load(path).notices[0].line == 1


def test_parquet_tells_it_of_its_schema(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    assert told(path) == [TEXT]


def test_a_history_with_the_right_names_has_no_such_notice(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**ROWS[1], "value": None, "host": "n1", "end_": 7}) + "\n")
    assert told(path) == []
