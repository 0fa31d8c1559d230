"""kept.explore.crew: two processes come to the same states as one, and an error in one of them is told."""

from pathlib import Path

import pytest

from kept.explore.crew import LostPart, Member, Processes
from kept.explore.explore import Plan, explored
from kept.explore.scope import Scope
from model.explorer.outcome import Bounds

SCOPE = Scope(crashes=0, program="put,get", bug="canary")


def test_two_processes_find_what_one_finds() -> None:
    claims = SCOPE.claims()
    one, two = (explored(SCOPE, claims, Plan(Bounds(), cores, stop=False)) for cores in (1, 2))
    for name in ("states", "transitions", "depth", "levels", "coverage"):
        assert getattr(two.outcome, name) == getattr(one.outcome, name)
    assert {c.name: len(c.steps) for c in two.outcome.counterexamples} == {
        c.name: len(c.steps) for c in one.outcome.counterexamples
    }
    assert set(two.marks) == set(one.marks)


def test_an_error_in_a_process_is_told(tmp_path: Path) -> None:
    crew = Processes(SCOPE, (), 1, tmp_path)
    try:
        with pytest.raises(LostPart, match=r"process 0 of 1: AttributeError at crew\.py"):
            crew.one(0, "no such method")
        assert crew.one(0, "told")[0] == {}
    finally:
        crew.close()


def test_a_member_tells_what_its_nodes_did(tmp_path: Path) -> None:
    member = Member(SCOPE, (), 0, 1, tmp_path)
    member.begin()
    member.next_level()
    member.advance([])
    _, undecided, ran, lines = member.told()
    assert undecided == {}
    assert ran > 0
    assert all("dynamo" in file for file, _ in lines)
