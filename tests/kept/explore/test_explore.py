"""kept.explore.explore: an exploration that was broken off goes on to the same end; too large a scope is refused."""

from pathlib import Path

import pytest

from kept.explore import explore as module
from kept.explore.explore import CHECKPOINT_FILE, Plan, TooLarge, explored
from kept.explore.scope import Scope
from kept.lab.usage import UsageError
from model.explorer.outcome import Bounds

SCOPE = Scope(crashes=1, clients=1, program="put get")


@pytest.mark.parametrize("cores", [1, 2])
def test_going_on_from_a_checkpoint_comes_to_the_same_end(tmp_path: Path, cores: int) -> None:
    scope = Scope(crashes=1, clients=1, program="put")
    claims = scope.claims()
    whole = explored(scope, claims, Plan(Bounds()))
    broken_off = explored(scope, claims, Plan(Bounds(states=60), cores, tmp_path))
    assert not broken_off.outcome.complete
    resumed = explored(scope, claims, Plan(Bounds(), cores, tmp_path))
    for name in ("states", "transitions", "depth", "levels", "coverage", "complete"):
        assert getattr(resumed.outcome, name) == getattr(whole.outcome, name)


def test_a_checkpoint_of_another_scope_is_refused(tmp_path: Path) -> None:
    explored(SCOPE, (), Plan(Bounds(states=20), directory=tmp_path))
    assert (tmp_path / CHECKPOINT_FILE).exists()
    with pytest.raises(UsageError, match="accepted: a checkpoint of this scope"):
        explored(Scope(crashes=0, clients=1, program="put"), (), Plan(Bounds(), directory=tmp_path))


def test_a_checkpoint_of_another_number_of_cores_is_refused(tmp_path: Path) -> None:
    explored(SCOPE, (), Plan(Bounds(states=20), directory=tmp_path))
    with pytest.raises(UsageError, match="and as many cores"):
        explored(SCOPE, (), Plan(Bounds(), 2, tmp_path))


def test_a_scope_that_is_too_large_is_refused_after_a_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PILOT_STATES", 100)
    monkeypatch.setattr(module, "MOST_STATES", 200)
    with pytest.raises(TooLarge) as refused:
        explored(SCOPE, (), Plan(Bounds(), refuse=True))
    assert refused.value.states > 200
    assert 100 <= refused.value.seen < 1_000
    monkeypatch.setattr(module, "MOST_STATES", 1_000_000)
    assert explored(SCOPE, (), Plan(Bounds(), refuse=True)).outcome.complete
