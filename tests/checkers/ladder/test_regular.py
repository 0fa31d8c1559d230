"""Regular registers: the oracle's answers; far times; the counterexample."""

import numpy as np
import pytest

from checkers.ladder.regular import regular
from checkers.verdict import Invalid, Valid
from histories.columns import NEVER, Mark, Row, from_rows


@pytest.mark.parametrize("unique", [True, False])
def test_it_agrees_with_the_definition(given, oracle, agrees, unique):
    agrees(regular, given(unique), oracle("regular", unique))


@pytest.mark.parametrize("spread", [10**15, 10**17])
def test_times_of_any_size_are_told_apart(given, spread):
    for one in given(True)[:300]:
        wide = one.take(slice(None))
        object.__setattr__(wide, "start", one.start * spread)
        object.__setattr__(wide, "end", np.where(one.end == NEVER, NEVER, one.end * spread))
        assert isinstance(regular(wide), Valid) == isinstance(regular(one), Valid)


def test_new_then_old_during_a_write_is_regular_and_not_atomic():
    rows = [
        Row(0, "write", "x", 1, start=0, end=10),
        Row(1, "read", "x", result=1, start=2, end=3),
        Row(2, "read", "x", result=Mark.NIL, start=4, end=5),
    ]
    assert isinstance(regular(from_rows(rows)), Valid)


def test_the_counterexample_is_the_write_read_what_replaced_it_and_the_read():
    rows = [
        Row(0, "write", "x", 1, start=0, end=1),
        Row(0, "write", "x", 2, start=2, end=3),
        Row(1, "read", "x", result=1, start=4, end=5),
    ]
    found = regular(from_rows(rows))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 1, 2)


def test_a_read_before_its_write_began_is_from_the_future():
    rows = [Row(1, "read", "x", result=1, start=0, end=1), Row(0, "write", "x", 1, start=2, end=3)]
    found = regular(from_rows(rows))
    assert isinstance(found, Invalid)
    assert "before its value was written" in found.counterexample.sentence
