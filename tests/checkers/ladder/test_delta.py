"""Delta-atomicity: the smallest delta is the smallest one with which the history is linearizable."""

import random

import numpy as np
import pytest

from benchmarks.random_registers import rich
from checkers.ladder import delta
from checkers.ladder.delta import delta_atomic, smallest_delta
from checkers.ladder.exhaustive import satisfies
from checkers.ladder.telling import Pattern
from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import NIL, READ, Row, from_rows


def shifted(history, by):
    """The history whose reads begin `by` earlier."""
    found = history.take(slice(None))
    object.__setattr__(found, "start", np.where(history.f == READ, history.start - by, history.start))
    return found


def smallest_by_trying(history):
    for least in range(80):
        if isinstance(check(shifted(history, least), "kv", None, explain=False), Valid):
            return least
    return None


def test_it_is_the_first_delta_with_which_the_shifted_history_is_linearizable(given):
    found = set()
    for one in given(True)[:300]:
        least = smallest_delta(one)
        assert (None if isinstance(least, Pattern) else least) == smallest_by_trying(one)
        found.add(least if isinstance(least, int) else None)
    assert len(found) > 5
    assert None in found


@pytest.mark.parametrize("spread", [10**6, 10**15])
def test_it_is_in_the_unit_of_the_file(given, spread):
    for one in given(True)[:200]:
        wide = one.take(slice(None))
        object.__setattr__(wide, "start", one.start * spread)
        object.__setattr__(wide, "end", np.where(one.status == 2, one.end, (one.end % (1 << 40)) * spread))
        small, large = smallest_delta(one), smallest_delta(wide)
        if isinstance(small, int):
            assert large == max(0, small) * spread


@pytest.mark.parametrize("unique", [True, False])
def test_repeated_values_and_compare_and_sets_are_searched_for_the_same_delta(unique):
    chance, found = random.Random(6), set()
    for _ in range(300):
        one = rich(chance, unique, 6)
        least = smallest_delta(one)
        assert (None if isinstance(least, Pattern) else least) == smallest_by_trying(one)
        assert isinstance(least, Pattern) != satisfies("delta-atomic", one, NIL)
        found.add(least if isinstance(least, int) else None)
    assert len(found) > 4


def test_easy_and_hard_keys_are_as_old_as_the_older_of_them(history):
    assert smallest_delta(history("a: w x 1, w x 1, w x 2, w y 5, r x 1")) == 3
    assert smallest_delta(history("a: w x 1, w x 1, w y 5, w y 6, w z 0, r y 5")) == 3


def test_many_operations_with_repeated_values_are_unknown_and_say_why(monkeypatch):
    rows = [Row(0, "write", "x", at % 2, start=10 * at, end=10 * at + 1) for at in range(20)]
    rows.append(Row(1, "read", "x", result=0, start=300, end=301))
    assert smallest_delta(from_rows(rows)) == 109
    monkeypatch.setattr(delta, "SEARCHED", 20)
    found = delta_atomic(from_rows(rows))
    assert isinstance(found, Unknown)
    assert "write every value once" in found.reason
    assert smallest_delta(from_rows(rows[:-1])) == 0  # where nothing is late nothing is searched for


def test_a_value_from_nowhere_and_compare_and_sets_that_exclude_each_other_are_invalid(history):
    assert isinstance(delta_atomic(history("a: w x 1, r x 7")), Invalid)
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(0, "cas", "x", 1, 2, start=10, end=11)]
    assert smallest_delta(from_rows(rows)) == 0
    assert isinstance(delta_atomic(from_rows([*rows, Row(1, "cas", "x", 1, 3, start=12, end=13)])), Invalid)
