"""Bugs of the zoo that fit a small scope: exploration finds each, by a run that none is shorter than."""

import pytest

from benchmarks.explore_real import HUNTS
from kept.explore.explore import Plan, explored
from kept.explore.scope import Scope
from model.explorer.outcome import Bounds

SHORTEST = {
    "canary": 5,
    "shared-identity": 2,
    "volatile-lease": 4,
    "false-dominance": 8,
    "merge-counts": 8,
    "second-forward": 9,
    "retry-executed-twice": 2,
    "failed-but-visible": 5,
    "sloppy-overlap": 5,
    "answer-before-repair": 3,
    "hidden-sibling": 6,
    "handoff-overwrites": 5,
    "union-quorum": 9,
    "removed-regossiped": 6,
    "rack-blind": 3,
}
"""The quickest ones; `python -m benchmarks explore-real` finds all."""


@pytest.mark.parametrize("bug", SHORTEST)
def test_the_bug_is_found_by_a_shortest_run(bug: str) -> None:
    scope = Scope.model_validate({**HUNTS[bug], "bug": bug})
    outcome = explored(scope, scope.claims(), Plan(Bounds())).outcome
    assert {len(found.steps) for found in outcome.counterexamples} == {SHORTEST[bug]}


@pytest.mark.parametrize(
    "bug",
    ["canary", "retry-executed-twice", "failed-but-visible", "sloppy-overlap", "removed-regossiped", "rack-blind"],
)
def test_without_the_bug_the_scope_holds(bug: str) -> None:
    scope = Scope.model_validate(HUNTS[bug])
    outcome = explored(scope, scope.claims(), Plan(Bounds())).outcome
    assert outcome.complete
    assert outcome.counterexamples == ()
