"""Zones in plain Python agree with the oracle, and their conflict is itself a violation."""

import pytest

from checkers.linearizability.exhaustive import linearizable
from checkers.linearizability.operations import NEVER, Interval
from checkers.linearizability.zones_plain import Conflict, NotUnique, conflict
from model.specifications.register import Register
from model.specifications.specification import Call


def write(start, end, value, required=True):
    return Interval(start, end if required else NEVER, Call("write", value), required, start)


def read(start, end, value):
    return Interval(start, end, Call("read", None, value), True, start)


def cas(start, end, old, new):
    return Interval(start, end, Call("cas", (old, new)), True, start)


@pytest.mark.parametrize("name", ["unique", "unique with swaps"])
def test_they_agree_with_the_oracle_and_what_they_name_is_a_violation(judged, name):
    _, given, oracle = judged(name)
    kinds = set()
    for one, right in zip(given, oracle, strict=True):
        found = conflict(one, 0)
        assert (found is None) == right
        if found is not None:
            kinds.add(found.kind)
            assert not linearizable(Register(0), found.operations)
    assert kinds >= {"early", "excluding"}
    assert "swaps" not in name or kinds >= {"twice", "backwards"}


@pytest.mark.parametrize(
    ("operations", "kind"),
    [
        ([read(0, 1, 7)], "unwritten"),
        ([read(0, 1, 7), write(2, 3, 7)], "early"),
        ([cas(0, 1, 0, 1), cas(2, 3, 0, 2)], "twice"),
        ([cas(0, 5, 2, 1), cas(0, 5, 1, 2)], "circle"),
        ([cas(0, 5, 0, 1), cas(0, 5, 1, 2), read(1, 2, 2), read(3, 4, 1)], "backwards"),
        ([write(0, 1, 1), write(2, 3, 2), read(4, 5, 1), read(6, 7, 2)], "excluding"),
        ([write(0, 9, 1), read(1, 2, 1), read(3, 4, 0)], "excluding"),
    ],
)
def test_each_kind_of_conflict_is_told_by_its_name(operations, kind):
    found = conflict(operations, 0)
    assert isinstance(found, Conflict)
    assert found.kind == kind


@pytest.mark.parametrize(
    "operations",
    [
        [write(0, 1, 1), write(2, 3, 1)],
        [write(0, 1, 0)],
        [Interval(0, 1, Call("mismatch", 1))],
    ],
)
def test_a_key_whose_values_repeat_is_left_to_the_search(operations):
    with pytest.raises(NotUnique):
        conflict(operations, 0)


def test_two_clusters_make_a_conflict_of_few_operations(judged):
    _, given, _ = judged("unique")
    found = [told for told in (conflict(one, 0) for one in given) if told is not None]
    assert max(len(one.operations) for one in found) <= 8
