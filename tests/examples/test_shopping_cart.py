"""examples.shopping_cart: the application keeps its promise on this store, and not where the last writer wins."""

from pathlib import Path

import pytest
from hypothesis import Phase, settings

from examples.shopping_cart import CartMachine, LastWriterWinsCart
from kept.testing.machine import run
from kept.testing.profiles import settings_of
from kept.testing.session import Session, under

FEW = settings(settings_of("pr"), max_examples=15)
SOON = settings(settings_of("pr"), max_examples=200, phases=(Phase.generate,))
"""Enough to find it; steps are taken out of the test all the same."""


def test_the_cart_holds_under_faults() -> None:
    run(CartMachine, FEW)


def test_with_last_writer_wins_it_does_not_and_few_steps_show_it(tmp_path: Path) -> None:
    with under(Session(artifacts=tmp_path)) as session, pytest.raises(AssertionError):
        run(LastWriterWinsCart, SOON)
    (found,) = session.failures
    steps = [line for line in found.test.splitlines() if "state." in line]
    assert len(steps) <= 6, found.test
    assert "from examples.shopping_cart import LastWriterWinsCart" in found.test
    assert (found.directory / "schedule.json").is_file()
