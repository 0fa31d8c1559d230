"""Test vectors that other projects published for their clocks, restated as data."""

from collections import Counter

import pytest

from dynamo.core.dotted import DottedVectors
from dynamo.core.siblings import NOTHING, Siblings, Version
from dynamo.core.vector import Vector, descends, join

DVV = DottedVectors()

Entries = list[tuple[str, int, list[str]]]
"""A DVVSet as it was published: (actor, counter, values newest first), so the values name the highest dots."""


def siblings(entries: Entries) -> Siblings:
    versions = [
        Version(actor, counter - age, value.encode())
        for actor, counter, values in entries
        for age, value in enumerate(values)
    ]
    return Siblings({actor: counter for actor, counter, _ in entries}, tuple(sorted(versions)))


# ricardobcl/Dotted-Version-Vectors, src/dvvset.erl, update_test: (context, value, server's state before, actor, after)
A0: Entries = [("a", 1, ["v1"])]
A1: Entries = [("a", 2, ["v2"])]
S1: Entries = [("a", 2, ["v2", "v1"])]
DVVSET_UPDATES: list[tuple[Vector, str, Entries, str, Entries]] = [
    ({}, "v1", [], "a", A0),
    ({"a": 1}, "v2", A0, "a", A1),
    ({"a": 2}, "v3", A1, "b", [("a", 2, []), ("b", 1, ["v3"])]),
    ({"a": 1}, "v4", A1, "b", [("a", 2, ["v2"]), ("b", 1, ["v4"])]),
    ({"a": 1}, "v5", A1, "a", [("a", 3, ["v5", "v2"])]),
    ({}, "v2", A0, "a", S1),
    ({"a": 1}, "v3", S1, "a", [("a", 3, ["v3", "v2"])]),
]

# The same file, sync_test: (one, other, both)
DVVSET_SYNCS: list[tuple[Entries, Entries, Entries]] = [
    ([("a", 1, [])], [("a", 2, ["v2", "v1"])], [("a", 2, ["v2"])]),
    (
        [("a", 2, []), ("b", 1, ["v3"])],
        [("a", 2, []), ("c", 1, ["v3"])],
        [("a", 2, []), ("b", 1, ["v3"]), ("c", 1, ["v3"])],
    ),
    ([("x", 1, [])], [("a", 1, ["v1"])], [("a", 1, ["v1"]), ("x", 1, [])]),
    ([("a", 1, ["v1"])], [("b", 1, ["v2"])], [("a", 1, ["v1"]), ("b", 1, ["v2"])]),
]


@pytest.mark.parametrize(("context", "value", "server", "actor", "expected"), DVVSET_UPDATES)
def test_updates_of_dvvset(context: Vector, value: str, server: Entries, actor: str, expected: Entries) -> None:
    state, _ = DVV.update(siblings(server), context, value.encode(), actor, 0)
    assert state == siblings(expected)


def test_an_update_of_dvvset_without_a_server_state() -> None:
    """update_test, A1: the client's context alone gives the next counter."""
    state, _ = DVV.update(NOTHING, {"a": 1}, b"v2", "a", 0)
    assert state == siblings(A1)


@pytest.mark.parametrize(("one", "other", "both"), DVVSET_SYNCS)
def test_syncs_of_dvvset(one: Entries, other: Entries, both: Entries) -> None:
    assert DVV.merge(siblings(one), siblings(other)) == siblings(both)
    assert DVV.merge(siblings(other), siblings(one)) == siblings(both)


# ricardobcl/ServerWideClocks, src/swc_kv.erl: dots with values, and a context
def dotted(values: dict[str, str], context: Vector) -> Siblings:
    versions = [Version(dot[0], int(dot[2:]), value.encode()) for dot, value in values.items()]
    return Siblings(context, tuple(sorted(versions)))


D3 = dotted({"a,1": "black", "a,3": "red", "b,1": "green", "b,2": "green"}, {"a": 4, "b": 7})
D4 = dotted({"a,2": "gray", "a,3": "red", "a,5": "red", "b,2": "green"}, {"a": 5, "b": 5})


def test_sync_of_server_wide_clocks() -> None:
    expected = dotted({"a,3": "red", "a,5": "red", "b,2": "green"}, {"a": 5, "b": 7})
    assert DVV.merge(D3, D4) == expected
    assert DVV.merge(D4, D3) == expected


@pytest.mark.parametrize(
    ("context", "left"),
    [
        ({"a": 2, "b": 15, "c": 15}, dotted({"a,3": "red"}, {"a": 4, "b": 15, "c": 15})),
        ({"a": 3, "b": 15, "c": 15}, dotted({}, {"a": 4, "b": 15, "c": 15})),
    ],
)
def test_discard_of_server_wide_clocks_is_a_delete(context: Vector, left: Siblings) -> None:
    assert DVV.delete(D3, context, "a", 0) == left


# Project Voldemort, VectorClockTest.java: a clock is given as the list of nodes that incremented it
def clock(increments: list[int]) -> Vector:
    return dict(Counter(str(node) for node in increments))


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ([], [], "equal"),
        ([1, 1, 2], [1, 1, 2], "equal"),
        ([1, 1, 2], [1, 1, 2, 3], "before"),
        ([1], [2], "concurrent"),
        ([1, 1, 2], [1, 1, 3], "concurrent"),
        ([1, 2, 3, 3], [1, 1, 2, 3], "concurrent"),
        ([2, 2], [1, 2, 2, 3], "before"),
    ],
)
def test_comparisons_of_voldemort(one: list[int], other: list[int], relation: str) -> None:
    before, after = descends(clock(other), clock(one)), descends(clock(one), clock(other))
    assert {(True, True): "equal", (True, False): "before", (False, False): "concurrent"}[before, after] == relation


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ([1, 1, 1, 2, 3, 5], [1, 2, 2, 4], [1, 1, 1, 2, 2, 3, 4, 5]),
        ([2, 3, 5], [1, 2, 2, 4, 7], [1, 2, 2, 3, 4, 5, 7]),
    ],
)
def test_merges_of_voldemort(one: list[int], other: list[int], merged: list[int]) -> None:
    assert join(clock(one), clock(other)) == clock(merged)
