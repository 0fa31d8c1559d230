"""Changes of membership: drawn as if each one succeeded, with enough members left and not too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.sim import faults as kinds
from kept.sim.changes import MORE, NEWCOMERS, WEIGHTS, Changes
from kept.sim.entropy import stream
from kept.sim.faults import Fault

SEEDS = st.integers(0, 10_000)
KINDS = st.lists(st.sampled_from(kinds.CHANGES), max_size=60)


def names(count: int) -> list[str]:
    return [f"n{number}" for number in range(1, count + 1)]


def follow(members: list[str], fault: Fault) -> tuple[list[str], list[str]]:
    """Who comes and who goes."""
    nodes = list(fault.nodes)
    return {
        kinds.JOIN: (nodes, []),
        kinds.LEAVE: ([], nodes),
        kinds.REMOVE: ([], nodes),
        kinds.REPLACE: (nodes[1:], nodes[:1]),
        kinds.RIVALS: (nodes[:1], nodes[1:]),
        kinds.WEIGHT: ([], []),
        kinds.ABORT: ([], []),
    }[fault.kind]


@given(SEEDS, st.integers(1, 6), st.integers(1, 6), KINDS)
def test_whoever_goes_is_a_member_and_whoever_comes_is_new_and_enough_are_left(
    seed: int, count: int, least: int, wanted: list[str]
) -> None:
    changes, draw = Changes(names(count), least), stream(seed, "changes")
    members = names(count)
    ever = list(members)
    for at, kind in enumerate(wanted):
        fault = changes.draw(draw, kind, at)
        if fault is None:
            continue
        assert (fault.kind, fault.at_us, fault.for_us) == (kind, at, 1)
        come, go = follow(members, fault)
        assert not {*come} & {*ever}
        assert {*go} <= {*members}
        members = [name for name in members if name not in go] + come
        ever += come
        assert members == changes.members
        if come or go:
            assert least <= len(members) <= count + MORE
        assert len(ever) <= count + NEWCOMERS
        assert ever == names(len(ever)), "newcomers are numbered on"


@given(SEEDS, st.integers(1, 6))
def test_a_change_that_would_leave_too_few_or_too_many_is_not_drawn_and_draws_nothing(seed: int, count: int) -> None:
    changes, draw = Changes(names(count), count), stream(seed, "changes")
    before = draw.getstate()
    assert changes.draw(draw, kinds.LEAVE, 1) is changes.draw(draw, kinds.REMOVE, 1) is None
    assert draw.getstate() == before
    assert changes.members == names(count)
    for _ in range(MORE):
        assert changes.draw(draw, kinds.JOIN, 1) is not None
    before = draw.getstate()
    assert changes.draw(draw, kinds.JOIN, 1) is None
    assert draw.getstate() == before


def test_so_many_machines_are_switched_on_and_no_more() -> None:
    changes, draw = Changes(names(3), 3), stream(1, "changes")
    drawn = [changes.draw(draw, kinds.REPLACE, at) for at in range(NEWCOMERS + 3)]
    assert [fault is not None for fault in drawn] == [True] * NEWCOMERS + [False] * 3
    assert changes.draw(draw, kinds.JOIN, 1) is None
    assert changes.draw(draw, kinds.RIVALS, 1) is None


def test_a_join_and_a_weight_have_a_weight_and_other_changes_have_none() -> None:
    found: dict[str, set[float]] = {}
    for seed in range(60):
        changes, draw = Changes(names(5), 3), stream(seed, "changes")
        for kind in kinds.CHANGES:
            fault = changes.draw(draw, kind, 1)
            assert fault is not None
            found.setdefault(kind, set()).add(fault.number)
    assert found == {kind: {*WEIGHTS} if kind in (kinds.JOIN, kinds.WEIGHT) else {0.0} for kind in kinds.CHANGES}


@pytest.mark.parametrize("kind", [kinds.LEAVE, kinds.REMOVE, kinds.REPLACE, kinds.RIVALS, kinds.WEIGHT])
def test_every_member_can_be_the_one_that_it_is_about(kind: str) -> None:
    about = set()
    for seed in range(80):
        fault = Changes(names(4), 2).draw(stream(seed, "changes"), kind, 1)
        assert fault is not None
        about.add(fault.nodes[-1] if kind == kinds.RIVALS else fault.nodes[0])
    assert about == {*names(4)}


def test_an_abort_is_about_nobody() -> None:
    assert Changes(names(1), 1).draw(stream(0, "changes"), kinds.ABORT, 7) == Fault(kinds.ABORT, 7, 1)
