"""A trace names every version that was made, and keeps every other event as it stands."""

import json
from typing import Any

import pytest

from histories.errors import HistoryError
from histories.rows import Rows
from histories.trace import Trace, trace_of

HEADER = {"kept": "trace", "version": 1, "seed": 1, "config": {}, "created_by": "x", "code": "y"}
MINTED = {"time_us": 5, "event": "minted", "request": "r", "key": "k", "dot": ["n1", 1]}


def trace(*rows: dict[str, Any]) -> Trace:
    return trace_of(Rows("trace.jsonl", [json.dumps(row).encode() + b"\n" for row in (HEADER, *rows)]))


def test_events_are_kept_as_they_stand_and_mintings_are_typed() -> None:
    read = trace({"time_us": 1, "event": "crash", "node": "n2"}, MINTED)
    assert [event["event"] for event in read.events] == ["crash", "minted"]
    assert read.events[0]["node"] == "n2"
    assert [(minting.request, minting.key, minting.dot) for minting in read.mintings] == [("r", "k", ("n1", 1))]


def test_the_first_name_of_a_request_counts_and_the_second_is_not_hidden() -> None:
    read = trace(MINTED, {**MINTED, "dot": ["n2", 7]})
    assert read.dots() == {"r": ("n1", 1)}
    assert len(read.mintings) == 2


@pytest.mark.parametrize(
    "row",
    [
        {"event": "crash"},
        {"time_us": 1},
        {**MINTED, "dot": None},
        {**MINTED, "key": 5},
        {"time_us": 1, "event": "minted", "key": "k", "dot": ["n1", 1]},
    ],
)
def test_a_row_that_lacks_what_it_must_have_is_one_line(row: dict[str, Any]) -> None:
    with pytest.raises(HistoryError, match=r"trace\.jsonl"):
        trace(row)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(HistoryError, match="never run backwards"):
        trace({"time_us": 2, "event": "a"}, {"time_us": 1, "event": "b"})


def test_a_file_without_a_whole_header_is_an_error() -> None:
    with pytest.raises(HistoryError, match="header"):
        trace_of(Rows("trace.jsonl", [b'{"kept":"trace"']))
