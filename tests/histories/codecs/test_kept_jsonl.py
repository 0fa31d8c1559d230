"""This store's own histories as columns: the same operations that the full reader sees."""

import json
from typing import Any

import pytest

from histories.codecs.kept_jsonl import read_kept
from histories.columns import Mark, Siblings
from histories.errors import HistoryError
from histories.history import history_of
from histories.notice import Doubt
from histories.rows import Rows
from histories.source import Source
from kept.lab.config import RunConfig
from kept.lab.run import Lab

HEADER = '{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'
BINARY = {"base64": "/w=="}


def row(time_us: int, kind: str, f: str, **fields: Any) -> str:
    base = {"time_us": time_us, "process": 0, "type": kind, "f": f, "key": "k", "request": "0.1"}
    return json.dumps({**base, **fields}) + "\n"


def read(text: str, nil: Any = "absent"):
    return read_kept(Source("history.jsonl", text.encode()), nil)


@pytest.mark.parametrize(
    ("values", "result"),
    [([], Mark.NIL), (["v"], "v"), (["v", "w"], Siblings(("v", "w"))), ([BINARY], "\udcff")],
)
def test_a_get_returns_nothing_a_value_or_siblings(values: list[Any], result: object) -> None:
    columns, notices = read(HEADER + row(5, "invoke", "get") + row(7, "ok", "get", values=values))
    assert (columns.row(0).result, columns.row(0).key, notices) == (result, "k", ())


def test_puts_and_deletes_are_writes_and_deletes() -> None:
    rows = (
        row(1, "invoke", "put", value="v") + row(2, "ok", "put") + row(3, "invoke", "delete") + row(4, "ok", "delete")
    )
    assert [(found.f, found.value, found.start, found.end) for found in read(HEADER + rows).columns.rows()] == [
        ("write", "v", 1, 2), ("delete", Mark.NONE, 3, 4),
    ]  # fmt: skip


def test_a_run_of_the_store_has_the_same_operations_in_both_readers(tmp_path) -> None:
    Lab(RunConfig(seed=5, ops=300), tmp_path).execute()
    data = (tmp_path / "history.jsonl").read_bytes()
    operations = history_of(Rows("h", data.splitlines(keepends=True))).operations
    columns, notices = read_kept(Source("h", data))
    assert notices == ()
    assert {operation.outcome for operation in operations} == {"ok", "fail", "info"}
    names = {"get": "read", "put": "write", "delete": "delete"}
    for operation, found in zip(operations, columns.rows(), strict=True):
        assert (found.process, found.f, found.key) == (operation.process, names[operation.kind], operation.key)
        assert (found.start, found.status) == (operation.start_us, operation.outcome)
        assert found.end == (None if operation.outcome == "info" else operation.end_us)
        if operation.kind == "put":
            assert found.value == operation.value
        if operation.kind == "get" and operation.outcome == "ok":
            alone = operation.values[0] if operation.values else Mark.NIL
            assert found.result == (Siblings(operation.values) if len(operation.values) > 1 else alone)


def test_a_last_line_without_its_newline_is_left_out_and_told() -> None:
    columns, (notice,) = read(HEADER + row(5, "invoke", "get") + row(7, "ok", "get", values=[]).rstrip())
    assert (columns.row(0).status, notice.doubt, notice.line) == ("info", Doubt.TORN, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "history.jsonl:1: found no whole line"),
        ("{}\n", "history.jsonl:1: found no header field"),
        (HEADER + row(5, "begin", "get"), "history.jsonl:2: found \"type\": 'begin'"),
        (HEADER + row(5, "invoke", "cas"), "history.jsonl:2: found \"f\": 'cas'"),
        (HEADER + row(5, "invoke", "put"), 'history.jsonl:2: found "value": None'),
        (HEADER + row(5, "invoke", "get") + row(4, "ok", "get", values=[]), "history.jsonl:3: found time 4 after 5"),
        (HEADER + row(5, "ok", "get", values=[]), "history.jsonl:2: found ok of process 0"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(HistoryError) as error:
        read(text)
    assert str(error.value).startswith(told)
