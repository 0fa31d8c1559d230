"""kept.testing.plugin: what the command line asks for. What tests get: tests/kept/test_pytest_plugin.py."""

from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import core, settings

from kept.testing.plugin import LAST_SEED, Budget, budget_s, profile, seeds_of, session_of
from kept.testing.session import Session, under


def options(tmp_path: Path, **given: Any) -> Namespace:
    default = {"kept_seed": None, "kept_profile": None, "kept_corpus": None, "kept_unknown": "fail"}
    return Namespace(**{**default, "kept_artifacts": str(tmp_path), **given})


def test_by_default_the_seed_is_0_and_at_night_a_new_one(tmp_path: Path) -> None:
    assert session_of(options(tmp_path), None).seed == 0
    nights = {session_of(options(tmp_path, kept_profile="nightly"), None).seed for _ in range(5)}
    assert len(nights) == 5


def test_a_worker_takes_the_seed_that_it_is_given(tmp_path: Path) -> None:
    asked = options(tmp_path, kept_profile="nightly", kept_seed="5")
    assert session_of(asked, {"kept_seed": 77}).seed == 77
    assert session_of(asked, {}).seed == 5


def test_the_last_seed_is_the_one_that_was_noted(tmp_path: Path) -> None:
    (tmp_path / LAST_SEED).write_text("123\n", encoding="ascii")
    assert session_of(options(tmp_path, kept_seed="last"), None).seed == 123


def test_a_budget_is_a_time() -> None:
    assert budget_s(None) is None
    assert budget_s("2m") == 120.0
    with pytest.raises(pytest.UsageError, match="--kept-budget: soon"):
        budget_s("soon")


def test_a_budget_stops_simulated_tests_only() -> None:
    marked: Any = SimpleNamespace(get_closest_marker=lambda _: object(), cls=None)
    machine: Any = SimpleNamespace(get_closest_marker=lambda _: None, cls=SimpleNamespace(machine_class=1))
    plain: Any = SimpleNamespace(get_closest_marker=lambda _: None, cls=None)
    spent = Budget(1e-9)
    spent.check(plain)
    for item in (marked, machine):
        with pytest.raises(pytest.skip.Exception, match="are spent"):
            spent.check(item)
        Budget(None).check(item)
        Budget(1000.0).check(item)


def test_a_profile_is_loaded_and_given_back() -> None:
    before = (settings.get_current_profile_name(), core.global_force_seed)
    with profile("nightly", 5, None):
        assert settings.get_current_profile_name() == "kept-nightly"
        assert core.global_force_seed == 5
    with profile("nightly", 5, "mine"):
        assert settings.get_current_profile_name() == before[0]
    assert (settings.get_current_profile_name(), core.global_force_seed) == before


def test_at_night_a_marked_test_runs_with_more_seeds() -> None:
    mark: Any = SimpleNamespace(kwargs={"seeds": 2})
    with under(Session(seed=7)):
        assert seeds_of(mark) == [7, 8]
    with under(Session(seed=7, profile="nightly")):
        assert seeds_of(mark) == list(range(7, 27))
    with pytest.raises(pytest.UsageError, match="seeds 0"):
        seeds_of(SimpleNamespace(kwargs={"seeds": 0}))
