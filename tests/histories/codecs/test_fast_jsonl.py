"""The compiled readers give exactly what the readers in Python give, or nothing."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs.fast_jsonl import fast_kept, fast_minimal
from histories.codecs.kept_jsonl import read_kept
from histories.codecs.minimal_jsonl import read_minimal_jsonl, write_minimal_jsonl
from histories.columns import Columns
from histories.errors import HistoryError
from histories.pairing import Paired
from histories.source import Source
from histories.strategies import histories
from kept.lab.config import RunConfig
from kept.lab.run import Lab

pytest.importorskip("numba")
HEADER = '{"kept":"history","version":1,"seed":1,"config":{},"created_by":"x","code":"y"}\n'


def same(one: Paired, other: Paired) -> None:
    assert list(one.columns.rows()) == list(other.columns.rows())
    assert one.notices == other.notices
    for name in ("process", "f", "start", "end", "status", "line", "began", "ended"):
        found, expected = getattr(one.columns, name), getattr(other.columns, name)
        assert (found is None) == (expected is None)
        assert found is None or (found.dtype == expected.dtype and found.tolist() == expected.tolist())


def test_a_run_of_the_store_is_read_alike(tmp_path) -> None:
    Lab(RunConfig(seed=7, ops=2000), tmp_path).execute()
    data = (tmp_path / "history.jsonl").read_bytes()
    for cut in (len(data), len(data) - 5):
        source = Source("h", data[:cut])
        found = fast_kept(source, "absent")
        assert found is not None
        same(found, read_kept(source))


VALUES = st.integers(-5, 5) | st.sampled_from(["x", "é", "a\nb", "5"]) | st.booleans() | st.just((1, 2)) | st.just(0.5)


@given(
    histories(
        functions=("read", "write", "cas", "mine", "acquire"),
        keys=st.sampled_from([None, 1, "k"]),
        contents=VALUES,
    ),
    st.sampled_from(["absent", "unknown"]),
)
def test_every_history_of_the_minimal_schema_is_read_alike(columns: Columns, nil: Any) -> None:
    out = io.StringIO()
    write_minimal_jsonl(columns, out)
    source = Source("h", out.getvalue().encode())
    found = fast_minimal(source, nil)
    assert (found is None) == (not len(columns))
    if found is not None:
        same(found, read_minimal_jsonl(source, nil))


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "process": st.sampled_from([0, 1, 2, "c", None, 1.5]),
        "f": st.sampled_from(["read", "write", "cas", "txn", "", 3]),
        "key": st.sampled_from([None, "k", 2, True]),
        "value": st.sampled_from([None, 1, "v", [["r", "x", None]], {"a": 1}]),
        "result": st.sampled_from([None, 1, "v", -0.0, 1e3]),
        "start": st.integers(-3, 9) | st.sampled_from([None, 1 << 63, "1"]),
        "end": st.integers(3, 9) | st.sampled_from([None, 1.0]),
        "status": st.sampled_from(["ok", "fail", "info", "done", None]),
    },
)


@given(st.lists(FIELDS, min_size=1, max_size=3))
def test_rows_of_anything_are_read_alike_or_left_to_python(rows: list[dict[str, Any]]) -> None:
    source = Source("h", "".join(json.dumps(row) + "\n" for row in rows).encode())
    found = fast_minimal(source, "absent")
    if found is not None:
        same(found, read_minimal_jsonl(source))


KEPT = st.fixed_dictionaries(
    {"time_us": st.integers(0, 1), "process": st.integers(0, 1)},
    optional={
        "type": st.sampled_from(["invoke", "ok", "fail", "info", "x"]),
        "f": st.sampled_from(["get", "put", "delete", "read"]),
        "key": st.sampled_from(["k", {"base64": "/w=="}, None, 1]),
        "value": st.sampled_from(["v", {"base64": "/w=="}, {"base64": "??"}, None, 1]),
        "values": st.sampled_from([[], ["v"], ["v", "w"], [{"base64": "/w=="}], "v", None, [1]]),
        "context": st.sampled_from([{}, {"n": 1}]),
    },
)


@given(st.lists(KEPT, min_size=1, max_size=3))
def test_rows_of_anything_in_our_own_format_are_read_alike_or_left_to_python(rows: list[dict[str, Any]]) -> None:
    source = Source("h", (HEADER + "".join(json.dumps(row) + "\n" for row in rows)).encode())
    found = fast_kept(source, "absent")
    if found is not None:
        same(found, read_kept(source))


@pytest.mark.parametrize("text", ["", HEADER, "{}\n{}\n", HEADER + "{}\n", HEADER + "{\n", HEADER + "\n"])
def test_what_is_no_history_is_left_to_python(text: str) -> None:
    source = Source("h", text.encode())
    assert fast_kept(source, "absent") is None
    assert fast_minimal(source, "absent") is None


def test_an_error_is_told_by_the_reader_in_python() -> None:
    text = '{"process":0,"f":"read","start":1,"end":5}\n{"process":0,"f":"read","start":2}\n'
    source = Source("h", text.encode())
    assert fast_minimal(source, "absent") is None
    with pytest.raises(HistoryError, match=r"^h:2: "):
        read_minimal_jsonl(source)
