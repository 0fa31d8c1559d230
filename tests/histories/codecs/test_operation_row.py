"""The model of the minimal schema, and what is taken without it: both accept the same rows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.codecs import minimal
from histories.codecs.operation_row import OperationModel, validated
from histories.errors import Malformed
from histories.events import MAX_TIME

ROW: dict[str, Any] = {"process": 0, "f": "read", "start": 1}
NUMBERS = st.sampled_from([0, 1, 2, -1, MAX_TIME, -MAX_TIME, MAX_TIME + 1, True, 1.0, None, "1"])
FIELDS = {
    "process": st.sampled_from([0, -5, 1 << 70, "n1", "ü", "\ud800", True, 1.5, None, ""]),
    "f": st.sampled_from(["read", "x" * 60, "x" * 61, "", "ü", "\ud800", 3, None]),
    "start": NUMBERS,
    "end": NUMBERS,
    "status": st.sampled_from(["ok", "fail", "info", None, "done", "", 1]),
    "value": st.sampled_from([None, 1, (1, 2), "x"]),
}


@given(st.fixed_dictionaries({}, optional=FIELDS))
def test_what_is_taken_at_first_sight_is_what_the_model_accepts(fields: dict[str, Any]) -> None:
    assert taken(minimal.operation_row, fields) == taken(validated, fields)


def taken(reader: Any, fields: dict[str, Any]) -> Any:
    """The row, or what is wrong with it."""
    try:
        row = reader(fields)
    except Malformed as wrong:
        return wrong.found, wrong.accepted
    return {name: getattr(row, name) for name in minimal.COLUMNS}


ORDINARY: list[dict[str, Any]] = [
    {},
    {"process": "n1", "end": 3, "status": "fail"},
    {"status": "info", "value": (1,)},
]


@pytest.mark.parametrize("change", ORDINARY)
def test_ordinary_rows_need_no_model(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]) -> None:
    def refuse(_fields: dict[str, Any]) -> OperationModel:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("histories.codecs.operation_row.validated", refuse)
    assert minimal.operation_row({**ROW, **change}).f == "read"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"start": "0.5"}, "found start: '0.5'; accepted: a whole number of 62 bits at the most"),
        ({"end": 1 << 62}, f"found end: {1 << 62}; accepted: a whole number of 62 bits at the most, or nothing"),
        ({"status": "done"}, "found status: 'done'; accepted: ok, fail or info"),
        ({"f": ""}, "found f: ''; accepted: Unicode text of 1 to 60 characters"),
        ({"process": 1.5}, "found process: 1.5; accepted: a whole number or text"),
        ({"end": 0}, "found end 0 before start 1; accepted: ok and fail with an end, which is not before the start"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(change: dict[str, Any], line: str) -> None:
    with pytest.raises(Malformed) as wrong:
        validated({**ROW, **change})
    assert f"found {wrong.value.found}; accepted: {wrong.value.accepted}" == line


@pytest.mark.parametrize("name", minimal.REQUIRED)
def test_a_row_without_what_is_required_is_told_what_is(name: str) -> None:
    with pytest.raises(Malformed) as wrong:
        validated({field: value for field, value in ROW.items() if field != name})
    assert (wrong.value.found, wrong.value.accepted) == (f"no {name}", "a row with process, f, start")
