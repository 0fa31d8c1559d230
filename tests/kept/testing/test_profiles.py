"""kept.testing.profiles: how much hypothesis explores, whatever the environment says."""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from kept.testing.profiles import EXAMPLES, STEPS, chosen, register, settings_of
from kept.testing.session import Session, under


@pytest.mark.parametrize("profile", list(EXAMPLES))
def test_a_profile_depends_on_the_seed_alone(profile: str) -> None:
    found = settings_of(profile)
    assert (found.max_examples, found.stateful_step_count) == (EXAMPLES[profile], STEPS[profile])
    assert not found.derandomize
    assert found.database is None
    assert found.deadline is None


def test_the_session_chooses_the_profile() -> None:
    assert chosen() == settings_of("pr")
    with under(Session(profile="nightly")):
        assert chosen() == settings_of("nightly")


def test_the_profiles_are_known_to_hypothesis_and_none_is_loaded_by_that() -> None:
    before = settings.get_current_profile_name()
    register()
    assert settings.get_profile("kept-nightly") == settings_of("nightly")
    assert settings.get_current_profile_name() == before


def test_under_continuous_integration_the_profiles_stay_what_they_are() -> None:
    asked = "from kept.testing.profiles import settings_of as s; print(s('nightly').derandomize, s('nightly').database)"
    told = subprocess.run(
        [sys.executable, "-c", asked], env={**os.environ, "CI": "1"}, check=True, capture_output=True, text=True
    )
    assert told.stdout == "False None\n"
