"""The minimal schema is checked field by field, and documented as it is."""

import re
from pathlib import Path
from typing import Any

import pytest

from histories.codecs.minimal import COLUMNS, OPTIONAL, REQUIRED, OperationRow, operation_row
from histories.codecs.operation_row import OperationModel
from histories.errors import Malformed

ROW: dict[str, Any] = {"process": 0, "f": "read", "start": 1}


def test_the_schema_has_the_columns_that_the_documentation_names() -> None:
    assert set(OperationModel.model_fields) == set(OperationRow._fields) == set(COLUMNS)
    required = {name for name, field in OperationModel.model_fields.items() if field.is_required()}
    assert (required, set(COLUMNS) - required) == (set(REQUIRED), set(OPTIONAL))
    text = (Path(__file__).parents[3] / "docs" / "history-format.md").read_text()
    (section,) = re.findall(r"^## The minimal schema\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [
        "process", "f", "key", "value", "value2", "result", "start", "end", "status",
    ]  # fmt: skip


def test_a_row_may_hold_no_more_than_client_function_and_start() -> None:
    row = operation_row({**ROW, "note": "ignored"})
    assert (row.end, row.status, row.key) == (None, None, None)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"process": None}, "process: None"),
        ({"process": 1.5}, "process: 1.5"),
        ({"process": True}, "process: True"),
        ({"f": ""}, "f: ''"),
        ({"f": 3}, "f: 3"),
        ({"f": "x" * 61}, "f: 'xxx"),
        ({"start": "1"}, "start: '1'"),
        ({"start": 1 << 63}, "start: 9223372036854775808"),
        ({"end": 1.0}, "end: 1.0"),
        ({"end": 0}, "end 0 before start 1"),
        ({"status": "ok"}, "ok without an end"),
        ({"status": "fail"}, "fail without an end"),
        ({"status": "done", "end": 3}, "status: 'done'"),
    ],
)
def test_a_field_that_is_wrong_is_told(change: dict[str, Any], found: str) -> None:
    with pytest.raises(Malformed) as error:
        operation_row({**ROW, **change})
    assert error.value.found.startswith(found)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_field_that_is_missing_is_told(name: str) -> None:
    with pytest.raises(Malformed) as error:
        operation_row({key: value for key, value in ROW.items() if key != name})
    assert error.value.found == f"no {name}"
