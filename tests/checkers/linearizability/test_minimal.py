"""Counterexamples: small, really violated, and evidence against the whole history."""

import random

import pytest

from benchmarks.random_histories import MODELS
from checkers.linearizability import exhaustive, frontier
from checkers.linearizability.minimal import _until, minimal
from checkers.linearizability.operations import Interval
from checkers.linearizability.zones_plain import conflict
from model.specifications.register import Register
from model.specifications.specification import Call

STEPS = 1_000_000


def violations(judged, name, count=150):
    specification, given, oracle = judged(name)
    for one in [one for one, right in zip(given, oracle, strict=True) if not right][:count]:
        asked = [op for op in one if op.required or op.call.f not in ("read",)]
        found = frontier.search(specification, asked)
        yield specification, asked, asked[found.operation].end


@pytest.mark.parametrize("name", MODELS)
def test_the_example_is_violated_from_every_state_that_it_names(judged, name):
    for specification, given, until in violations(judged, name):
        found = minimal(specification, given, until, (), STEPS)
        assert found is not None
        outcome = frontier.search(specification, found.operations, initial=found.before or _states(given))
        assert isinstance(outcome, frontier.Stuck)


def _states(given):
    return [None, *range(5), "elsewhere"]


@pytest.mark.parametrize("name", ["register", "cas-register"])
def test_an_example_is_evidence_whatever_explains_the_rest_of_it(judged, name):
    """Take a linearizable history and the example's operations within it: they are never violated."""
    specification, given, oracle = judged(name)
    chance = random.Random(1)
    fine = [one for one, right in zip(given, oracle, strict=True) if right and len(one) > 3]
    from checkers.linearizability.minimal import _dropped_of_register

    for one in fine[:400]:
        whole = [op for op in one if op.required or op.call.f != "read"]
        drop = _dropped_of_register(whole)
        for _ in range(4):
            left = drop(whole, chance.sample(range(len(whole)), chance.randint(1, len(whole))))
            assert exhaustive.linearizable(specification, left)


@pytest.mark.parametrize("name", ["register", "cas-register"])
def test_no_window_of_a_linearizable_history_is_violated(judged, name):
    from checkers.linearizability.minimal import _Budget, _window

    specification, given, oracle = judged(name)
    fine = [one for one, right in zip(given, oracle, strict=True) if right]
    for one in fine[:300]:
        for until in {op.end for op in one if op.required}:
            assert _window(specification, _until(one, until), _Budget(STEPS)) == (None, None)


def test_of_a_long_history_only_the_operations_that_matter_are_left():
    given = []
    for at in range(400):
        value = at // 2 % 3
        given.append(
            Interval(10 * at, 10 * at + 5, Call("read", None, value) if at % 2 else Call("write", value), True, at)
        )
    given[301] = given[301]._replace(call=Call("read", None, 77))
    found = minimal(Register(0), given, given[301].end, (), STEPS)
    assert [op.row for op in found.operations] == [300, 301]
    assert found.before is None
    assert found.smallest


def test_a_stale_read_is_told_by_the_write_that_it_missed_and_itself():
    given = [
        Interval(0, 1, Call("write", 1), True, 0),
        Interval(2, 3, Call("write", 2), True, 1),
        Interval(4, 5, Call("read", None, 2), True, 2),
        Interval(6, 7, Call("read", None, 1), True, 3),
    ]
    found = minimal(Register(0), given, 7, (), STEPS)
    assert [op.row for op in found.operations] == [1, 3] or [op.row for op in found.operations] == [0, 1, 3]
    assert found.smallest


def test_operations_that_are_known_to_suffice_are_cut_down_from_there():
    known = [
        Interval(0, 9, Call("write", 1), True, 0),
        Interval(1, 2, Call("read", None, 1), True, 1),
        Interval(1, 2, Call("read", None, 1), True, 2),
        Interval(3, 4, Call("read", None, 0), True, 3),
    ]
    found = minimal(Register(0), known, None, known, STEPS)
    assert [op.row for op in found.operations] in ([0, 1, 3], [0, 2, 3])
    assert found.smallest
    assert found.before == (0,)


@pytest.mark.parametrize("name", ["unique", "unique with swaps"])
def test_a_conflict_of_zones_is_cut_down_to_operations_that_rest_on_no_other(judged, name):
    specification, given, oracle = judged(name)
    for one in [one for one, right in zip(given, oracle, strict=True) if not right]:
        found = minimal(specification, one, None, conflict(one, 0).operations, STEPS)
        assert found is not None
        assert found.smallest
        assert not exhaustive.linearizable(specification, found.operations)
        there = {op.row for op in found.operations}
        for op in found.operations:
            asked = op.call.result if op.call.f == "read" else op.call.argument[0] if op.call.f == "cas" else "nothing"
            assert all(other.row in there for other in one if _left(other) == asked and other.start <= op.end)


def _left(op):
    return None if op.call.f == "read" else op.call.argument[1] if op.call.f == "cas" else op.call.argument


def test_without_steps_there_is_no_example():
    given = [Interval(0, 1, Call("read", None, 7), True, 0)]
    assert minimal(Register(0), given, 1, (), 0) is None
