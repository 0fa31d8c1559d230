"""kept.explore.crew: two processes come to the same states as one."""

from pathlib import Path

from kept.explore.crew import Member
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


def test_a_member_tells_what_its_nodes_did(tmp_path: Path) -> None:
    member = Member(SCOPE, (), tmp_path, 0, 1)
    member.begin()
    member.next_level()
    member.advance([])
    _, undecided, ran, lines = member.told()
    assert undecided == {}
    assert ran > 0
    assert all("dynamo" in file for file, _ in lines)


def test_what_a_checkpoint_names_is_in_a_file_before_it_is_written(tmp_path: Path) -> None:
    member = Member(SCOPE, (), tmp_path, 0, 1)
    member.begin()
    member.next_level()
    kept = member.snapshot()
    other = Member(SCOPE, (), tmp_path, 0, 1)
    assert other.restore(kept).waiting == 1
