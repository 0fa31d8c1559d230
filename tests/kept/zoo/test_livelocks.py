"""kept.zoo.livelocks: each never comes to rest, and the store without it does, in whatever order things happen."""

import pytest

from checkers.registry import CLAIMS
from kept.explore.explore import Explored, Plan, explored
from kept.explore.judging import SETTLES
from kept.explore.scope import Scope
from kept.explore.trace import again, trace_of
from kept.zoo.catalogue import BUGS, find
from kept.zoo.livelocks import LIVELOCKS
from model.explorer.outcome import Bounds


def settled(bug: str) -> Explored:
    scope = Scope.model_validate(
        {
            "settle": True,
            "sloppy": True,
            "n": 2,
            "r": 1,
            "crashes": 0,
            "timeouts": 1,
            "clients": 1,
            "program": "put",
            "bug": bug,
        }
    )
    return explored(scope, (), Plan(Bounds(), stop=False))


@pytest.mark.parametrize(("bug", "goes_round"), [("hints-go-round", True), ("hints-stay", False)])
def test_it_never_settles(bug: str, goes_round: bool) -> None:
    explored_ = settled(bug)
    assert explored_.outcome.complete
    (found,) = explored_.outcome.counterexamples
    assert found.name == SETTLES
    assert "keeps hints for" in found.reason
    assert bool(found.cycle) == goes_round
    trace = trace_of(explored_.nodes, found)
    assert len(trace.cycle) == len(found.cycle)
    assert again(trace).result == "FAILED"
    assert again(trace).violated in found.reason
    healed = again(trace.model_copy(update={"scope": trace.scope.model_copy(update={"bug": ""})}))
    assert healed.result in ("FIXED", "DIVERGED")


def test_the_store_itself_settles() -> None:
    outcome = settled("").outcome
    assert outcome.complete
    assert outcome.counterexamples == ()
    assert {"rest", "handoff", "exchange"} <= outcome.coverage.keys()


def test_none_is_hunted_by_seeds() -> None:
    for name, bug in LIVELOCKS.items():
        assert find(name) is bug
        assert name not in BUGS
        assert set(bug.breaks) <= CLAIMS.keys()
