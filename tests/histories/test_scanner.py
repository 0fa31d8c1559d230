"""The compiled scanner accepts a subset of JSON, completely checked, and gives what Python's decoder gives."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("numba")
from histories import scanner

KINDS = {scanner.ABSENT: "absent", scanner.NULL: "null"}


def scanned(text: str, *names: str, unwrap: bool = False) -> tuple[int, list[list[Any]]]:
    """How many rows were accepted, and the fields of each: kind, or number, or the token."""
    data = np.frombuffer(text.encode(), np.uint8)
    rows = text.count("\n")
    kinds, numbers = np.zeros((len(names), rows + 1), np.uint8), np.zeros((len(names), rows + 1), np.int64)
    bounds = np.cumsum([0, *[len(name) for name in names]])
    wants = (np.frombuffer("".join(names).encode(), np.uint8), bounds, np.full(len(names), unwrap, np.uint8))
    table = (np.full(256, -1, np.int32), np.zeros(100, np.int64), np.zeros(len(data), np.uint8))
    found, _, _ = scanner.scan(data, 0, 0, 0, wants, (kinds, numbers), table)

    def field(at: int, row: int) -> Any:
        kind, number = int(kinds[at, row]), int(numbers[at, row])
        if kind == scanner.NUMBER:
            return number
        return KINDS.get(kind) or table[2][table[1][number] : table[1][number + 1]].tobytes().decode()

    return found, [[field(at, row) for at in range(len(names))] for row in range(found)]


def test_fields_are_found_in_any_order_and_others_are_skipped() -> None:
    text = '{"a":1,"x":{"a":[2,{}]},"b":"t"}\n { "b" : null , "a":-70 }\t\r\n{}\n{"b":[],"b":1.50}\n'
    assert scanned(text, "a", "b") == (
        4, [[1, '"t"'], [-70, "null"], ["absent", "absent"], ["absent", "1.50"]],
    )  # fmt: skip


def test_a_list_of_one_text_is_that_text_where_it_is_wanted_so() -> None:
    text = '{"a":["t"]}\n{"a":[ ]}\n{"a":["t","u"]}\n{"a":[1]}\n{"a":["\\n"]}\n'
    assert scanned(text, "a", unwrap=True)[1] == [['"t"'], ["null"], ['["t","u"]'], ["[1]"], ['["\\n"]']]
    assert scanned(text, "a")[1][0] == ['["t"]']


def test_equal_tokens_have_one_number() -> None:
    text = '{"a":"x","b":"y"}\n{"a":"y","b":"x"}\n'
    assert scanned(text, "a", "b") == (2, [['"x"', '"y"'], ['"y"', '"x"']])


@pytest.mark.parametrize(
    "row",
    [
        "", "[]", "1", '{"a"}', '{"a":}', '{"a":1,}', '{"a":1 "b":2}', '{"a":01}', '{"a":1.}', '{"a":+1}', '{"a":.5}',
        '{"a":1e}', '{"a":-}', '{"a":tru}', '{"a":nul}', '{"a":NaN}', '{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":"x}',
        '{"a":[1,]}', '{"a":[1 2]}', '{"a":{"b"}}', '{"a":{"b":}}', '{"a":[}]}', '{"a":{]}}', '{"a":[1}', "{'a':1}",
        '{"a":1}}', '{"a":1}{}', '{"a":"\t"}', '{"a":' + "[" * 100 + "]" * 100 + "}", '{"\\u0061":1}', '{,"a":1}',
        '{"a":1',
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", ["a", "z"])
def test_what_is_no_json_object_on_one_line_ends_the_scan(row: str, wanted: str) -> None:
    assert scanned('{"a":0}\n' + row + '\n{"a":0}\n', wanted)[0] == 1


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "bb", "c"]), DOCUMENTS), max_size=4), st.booleans())
@example([{"a": -0.0}], False)
def test_every_row_that_python_writes_is_read_as_it_was(rows: list[dict[str, Any]], spaced: bool) -> None:
    separators = (" , ", " : ") if spaced else (",", ":")
    text = "".join(json.dumps(row, separators=separators, ensure_ascii=not spaced) + "\n" for row in rows)
    found, fields = scanned(text, "bb", "a")
    assert found == len(rows)
    for row, told in zip(rows, fields, strict=True):
        for name, value in zip(("bb", "a"), told, strict=True):
            if name not in row:
                assert value == "absent"
            elif row[name] is None:
                assert value == "null"
            else:
                assert (json.loads(value) if isinstance(value, str) else value) == row[name]


@given(st.text(alphabet='{}[]:,"a1e.-\\ntrul u', max_size=12))
def test_no_row_is_accepted_that_python_refuses(text: str) -> None:
    if scanned(text.replace("\n", "") + "\n", "a")[0] == 1:
        assert type(json.loads(text)) is dict


@given(st.binary(max_size=30))
def test_no_bytes_lead_the_scanner_astray(data: bytes) -> None:
    row = b'{"a":' + data.replace(b"\n", b"") + b"\n"
    scanned(row.decode("latin-1"), "a")
