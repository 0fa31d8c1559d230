"""The minimal schema as Parquet in both directions."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.parquet import read_parquet, write_parquet
from histories.columns import Columns, Row, from_rows
from histories.errors import HistoryError
from histories.generate import Shape, linearizable
from histories.load import load_source
from histories.source import Source, open_source
from histories.strategies import histories

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@pytest.mark.parametrize("contents", [st.integers(-(2**63), 2**63 - 1), TEXT], ids=["numbers", "text"])
@pytest.mark.parametrize(
    "keys", [st.just(None), st.integers(0, 2), st.sampled_from(["", "x"])], ids=["one", "numbers", "text"]
)
def test_a_history_comes_back(tmp_path: Path, contents: Any, keys: Any) -> None:
    @given(histories(keys=keys, contents=contents))
    def check(columns: Columns) -> None:
        write_parquet(columns, tmp_path / "h")
        again = read_parquet(open_source(tmp_path / "h")).columns
        assert [row._replace(line=0) for row in again.rows()] == list(columns.rows())

    check()


def test_values_of_several_types_are_not_written(tmp_path: Path) -> None:
    rows = [Row(0, "write", None, value, start=at, end=at) for at, value in enumerate([1, "a"])]
    with pytest.raises(ValueError, match="value of int, str"):
        write_parquet(from_rows(rows), tmp_path / "h")


def write(folder: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / "h")
    return folder / "h"


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"process": [0], "f": ["read"]}, "h: found the columns process, f without 'start'"),
        ({"process": [0, 0], "f": ["read"] * 2, "start": [1, 2], "end": [3, 4]}, "h:2: found process 0 starting at 2"),
        ({"process": [0], "f": ["read"], "start": [3], "end": [1]}, "h:1: found end 1 before start 3"),
        ({"process": [0], "f": ["txn"], "start": [3], "value": [7]}, "h:1: found 7"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(tmp_path: Path, columns: dict[str, Any], told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read_parquet(open_source(write(tmp_path, **columns)))
    assert str(error.value).startswith(f"{tmp_path}/{told}")


def test_keys_and_values_of_any_type_are_read_from_several_row_groups(tmp_path: Path) -> None:
    table = pa.table(
        {
            "process": [0, 1, 0],
            "f": ["write"] * 3,
            "key": [[1], [2], [1]],
            "value": [1.5, None, 2.5],
            "start": [0, 5, 9],
        }
    )
    pq.write_table(table, tmp_path / "h", row_group_size=2)
    rows = list(read_parquet(open_source(tmp_path / "h")).columns.rows())
    assert [(row.key, row.start) for row in rows] == [((1,), 0), ((2,), 5), ((1,), 9)]
    assert [rows[0].value, rows[2].value] == [1.5, 2.5]


@pytest.mark.parametrize("keep", [8, 100, -1])
def test_a_file_that_is_cut_off_is_one_line(tmp_path: Path, keep: int) -> None:
    path = write(tmp_path, process=[0], f=["read"], start=[1])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(HistoryError, match="broken Parquet") as error:
        read_parquet(open_source(path))
    assert "\n" not in str(error.value)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "h"
    write_parquet(linearizable(1, Shape(operations=40, keys=2)).columns, path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(4))
def test_a_spoiled_file_gives_a_history_or_one_line(whole: bytes, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        told = spoiled(whole, chance)
        assert told.isprintable()


def spoiled(whole: bytes, chance: random.Random) -> str:
    """What is told of a copy in which some bytes are others."""
    data = bytearray(whole)
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    try:
        return "".join(notice.text for notice in load_source(Source("h", bytes(data))).notices)
    except HistoryError as error:
        return str(error)
