"""Bytes and text stand for each other exactly."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories.errors import Malformed
from histories.text import from_json, to_bytes, to_json, to_text


@settings(derandomize=True, database=None)
@given(st.binary())
def test_text_and_json_lead_back_to_the_bytes(data):
    assert to_bytes(to_text(data)) == data
    assert from_json(json.loads(json.dumps(to_json(data))), "value") == to_text(data)


def test_utf_8_is_a_string_and_anything_else_base64():
    assert to_json("käse".encode()) == "käse"
    assert to_json(b"\xff\x00") == {"base64": "/wA="}


@pytest.mark.parametrize("found", [None, 3, ["a"], {}, {"base64": 3}, {"base64": "?"}, "a\udcff"])
def test_what_stands_for_no_bytes_is_refused_by_field(found):
    with pytest.raises(Malformed, match='"value"'):
        from_json(found, "value")
