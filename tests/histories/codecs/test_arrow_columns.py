"""Columns of Arrow tables of every accepted type become codes, and the others are refused."""

from typing import Any

import pytest

from histories.codecs.arrow_columns import Reading, WrongCell
from histories.columns import NEVER, NIL

pa = pytest.importorskip("pyarrow")


def spans(**columns: Any):
    defaults = {"process": [0, 1], "f": ["read", "write"], "start": [1, 2]}
    return Reading(pa, pa.table({**defaults, **columns})).spans()


def spelled(found, name: str) -> list[Any]:
    return [found.values[code] if code >= 0 else None for code in getattr(found, name)]


def test_numbers_close_together_are_coded_by_subtraction_and_far_ones_by_sorting() -> None:
    near = spans(value=[-5, None], result=[None, 90])
    assert isinstance(near.values, range)
    assert [spelled(near, name) for name in ("value", "result", "value2")] == [[-5, None], [None, 90], [None, None]]
    far = spans(value=[1 << 60, None], result=[-(1 << 60), 3])
    assert (far.values, spelled(far, "value"), spelled(far, "result")) == (
        [-(1 << 60), 3, 1 << 60], [1 << 60, None], [-(1 << 60), 3],
    )  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        ["a", None],
        [True, None],
        [1.5, None],
        [[[1], [2]], None],
        [{"a": 1}, None],
        [b"\xff", None],
    ],
)
def test_values_of_other_types_are_taken_one_by_one(column: list[Any]) -> None:
    found = spans(value=column, result=[7, None])
    assert spelled(found, "result") == [7, None]
    (value,) = (code for code in found.value if code != NIL)
    hash(found.values[value])


def test_a_dictionary_column_and_a_column_of_nulls_are_read() -> None:
    coded = pa.array(["x", "y"]).dictionary_encode()
    found = spans(key=coded, value=pa.nulls(2))
    assert [found.keys[code] for code in found.key] == ["x", "y"]
    assert found.value.tolist() == [NIL, NIL]


def test_rows_without_a_key_stand_for_one_object() -> None:
    found = spans(key=["x", None])
    assert [found.keys[code] for code in found.key] == ["x", None]


def test_clients_have_numbers_or_names() -> None:
    found = spans(process=["a", "b"])
    assert [found.processes[code] for code in found.process] == ["a", "b"]
    assert spans().process.tolist() == [0, 1]


def test_a_row_without_an_end_never_ends() -> None:
    found = spans(end=[5, None])
    assert (found.end.tolist(), found.status.tolist()) == ([5, NEVER], [0, 2])


def test_timestamps_are_times_and_functions_have_synonyms() -> None:
    found = spans(start=pa.array([1, 2], pa.timestamp("us")), f=["get", "mine"])
    assert found.start.tolist() == [1, 2]
    assert [found.functions[code] for code in found.f] == ["read", "mine"]


@pytest.mark.parametrize(
    ("columns", "row", "found"),
    [
        ({"process": [0, None]}, 2, "no process"),
        ({"process": [0.5, 1.0]}, 0, "process of type double"),
        ({"start": [None, 1]}, 1, "no start"),
        ({"start": pa.nulls(2)}, 1, "no start"),
        ({"start": ["1", "2"]}, 0, "start of type string"),
        ({"start": [1, 1 << 62]}, 2, "start 4611686018427387904"),
        ({"value": pa.array([1, 1 << 63], pa.uint64())}, 0, "value beyond 64 bits"),
        ({"f": ["read", None]}, 2, "no f"),
        ({"f": pa.nulls(2)}, 1, "no f"),
        ({"f": ["read", ""]}, 0, "no f"),
        ({"f": [1, 2]}, 0, "f of type int64"),
        ({"status": ["ok", "done"], "end": [5, 6]}, 2, "status 'done'"),
        ({"status": ["ok", "fail"], "end": [5, None]}, 2, "fail without an end"),
        ({"value": pa.array([1, 2], pa.timestamp("us"))}, 1, "value of type datetime"),
    ],
)
def test_a_cell_that_does_not_fit_is_told_with_its_row(columns: dict[str, Any], row: int, found: str) -> None:
    with pytest.raises(WrongCell) as error:
        spans(**columns)
    assert (error.value.row, error.value.found) == (row, found)
