"""Invocations and completions are paired by process, and what does not fit is an error."""

import json
from typing import Any

import pytest

from histories.errors import HistoryError
from histories.history import History, history_of
from histories.rows import Rows

HEADER = {"kept": "history", "version": 1, "seed": 1, "config": {}, "created_by": "x", "code": "y"}


def put(time_us: int, process: int, request: str, **fields: Any) -> dict[str, Any]:
    row = {"time_us": time_us, "process": process, "type": "invoke", "f": "put", "key": "k", "value": "v"}
    return {**row, "context": {}, "request": request, **fields}


def done(time_us: int, process: int, request: str, kind: str = "ok", **fields: Any) -> dict[str, Any]:
    row = {"time_us": time_us, "process": process, "type": kind, "f": "put", "key": "k", "request": request}
    told = {"dot": ["n1", 1], "context": {"n1": 1}} if kind == "ok" else {"reason": "why"}
    return {**row, **told, **fields}


def history(*rows: dict[str, Any], minted: dict[str, tuple[str, int]] | None = None) -> History:
    return history_of(Rows("history.jsonl", [json.dumps(r).encode() + b"\n" for r in (HEADER, *rows)]), minted or {})


def test_operations_stand_in_the_order_of_their_invocations() -> None:
    read = history(put(1, 0, "a"), put(2, 1, "b"), done(3, 1, "b"), done(4, 0, "a", dot=["n1", 2]))
    assert [(op.index, op.request, op.start_us, op.end_us) for op in read.operations] == [
        (0, "a", 1, 4),
        (1, "b", 2, 3),
    ]


def test_an_operation_without_a_completion_is_unknown() -> None:
    (op,) = history(put(1, 0, "a")).operations
    assert (op.outcome, op.end_us) == ("info", None)


@pytest.mark.parametrize("kind", ["fail", "info"])
def test_an_unsuccessful_operation_keeps_its_reason(kind: str) -> None:
    (op,) = history(put(1, 0, "a"), done(2, 0, "a", kind)).operations
    assert (op.outcome, op.reason, op.dot) == (kind, "why", None)


def test_the_trace_tells_the_name_that_the_client_never_heard_of() -> None:
    (op,) = history(put(1, 0, "a"), minted={"a": ("n3", 9)}).operations
    assert op.named == ("n3", 9)


@pytest.mark.parametrize(
    "rows",
    [
        (done(1, 0, "a"),),
        (put(1, 0, "a"), put(2, 0, "b")),
        (put(1, 0, "a"), done(2, 0, "b")),
        (put(1, 0, "a"), done(2, 0, "a"), put(3, 0, "a")),
        (put(1, 0, "a"), done(2, 0, "a", key="other")),
        (put(2, 0, "a"), done(1, 0, "a")),
    ],
    ids=["no invocation", "two open", "another request", "a request twice", "another key", "back in time"],
)
def test_what_does_not_fit_is_one_line_with_its_place(rows: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(HistoryError) as error:
        history(*rows)
    assert f"history.jsonl:{len(rows) + 1}" in str(error.value).replace(", line ", ":").replace(" line ", ":")
    assert "\n" not in str(error.value)
