"""The final states: one record per node, key and space, with its versions sorted by dot."""

import json
from typing import Any

import pytest

from histories.errors import HistoryError
from histories.replicas import Replicas, replicas_of
from histories.rows import Rows

HEADER = {
    "kept": "replicas", "version": 1, "seed": 1, "config": {}, "created_by": "x", "code": "y",
    "settled": True, "settled_after_us": 5, "ring": None,
}  # fmt: skip
STATE = {"node": "n1", "key": "k", "space": "data", "context": {"b": 2}, "versions": []}


def replicas(*rows: dict[str, Any]) -> Replicas:
    return replicas_of(Rows("replicas.jsonl", [json.dumps(row).encode() + b"\n" for row in (HEADER, *rows)]))


def test_versions_are_sorted_and_tombstones_are_kept() -> None:
    versions = [{"dot": ["b", 1], "value": None}, {"dot": ["a", 9], "value": "v"}]
    (state,) = replicas({**STATE, "versions": versions}).states
    assert [(version.dot, version.value) for version in state.versions] == [(("a", 9), "v"), (("b", 1), None)]


def test_a_hint_names_its_owner_and_stands_beside_the_nodes_own_record() -> None:
    read = replicas(STATE, {**STATE, "space": "hint", "owner": "n2"})
    assert [(state.space, state.owner) for state in read.states] == [("data", ""), ("hint", "n2")]


@pytest.mark.parametrize(
    "rows",
    [
        (STATE, STATE),
        ({**STATE, "space": "attic"},),
        ({**STATE, "space": "hint"},),
        ({**STATE, "versions": [{"dot": ["a", 1]}]},),
        ({**STATE, "versions": [{"dot": ["a", 1], "value": "v"}, {"dot": ["a", 1], "value": "w"}]},),
        ({"node": "n1", "roots": {"0": 5}},),
        ({"node": "n1", "roots": {}}, {"node": "n1", "roots": {}}),
    ],
    ids=["twice", "unknown space", "hint for nobody", "no value", "one dot twice", "root is no text", "roots twice"],
)
def test_a_state_that_cannot_be_is_one_line(rows: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(HistoryError, match=r"replicas\.jsonl"):
        replicas(*rows)
