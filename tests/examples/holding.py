"""What each example is held to: its promise holds on this store, and few steps show that it does not elsewhere."""

from pathlib import Path

import pytest
from hypothesis import Phase, settings

from kept.testing import StoreMachine
from kept.testing.machine import run
from kept.testing.profiles import settings_of
from kept.testing.session import Session, under

FEW = settings(settings_of("pr"), max_examples=15)
SOON = settings(settings_of("pr"), max_examples=200, phases=(Phase.generate,))
"""Enough to find it; steps are taken out of the test all the same."""


def holds(machine: type[StoreMachine]) -> None:
    """The application keeps its promise under faults."""
    run(machine, FEW)


def fails_in_few_steps(machine: type[StoreMachine], artifacts: Path) -> None:
    """The application breaks its promise, and what is printed is a short test that can be run, with a schedule."""
    with under(Session(artifacts=artifacts)) as session, pytest.raises(AssertionError):
        run(machine, SOON)
    (found,) = session.failures
    assert found.test is not None
    steps = [line for line in found.test.splitlines() if "state." in line]
    assert len(steps) <= 6, found.test
    assert f"from {machine.__module__} import {machine.__name__}" in found.test
    assert (found.directory / "schedule.json").is_file()
