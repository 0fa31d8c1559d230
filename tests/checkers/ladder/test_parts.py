"""Closed parts are evidence: by the definitions, no part of a history that satisfies a rung violates it."""

import random
from itertools import combinations

import numpy as np
import pytest

from benchmarks.random_registers import rich
from checkers.ladder.exhaustive import DEFINITIONS, satisfies
from checkers.ladder.minimal import FINAL, REAL_TIME
from checkers.ladder.parts import Whole, only
from histories.columns import NIL, Mark, Row, from_rows


def parts(whole):
    """Every closed part, by the definition of `closed` alone."""
    everything = whole.everything().tolist()
    for size in range(len(everything)):
        for chosen in combinations(everything, size):
            if whole.closed(chosen) == list(chosen):
                yield list(chosen)


@pytest.mark.parametrize("level", DEFINITIONS)
def test_no_part_of_a_history_that_satisfies_a_rung_violates_it(level):
    chance = random.Random(f"parts of {level}")
    tried = 0
    for number in range(150):
        one = rich(chance, number % 2 == 0, 5)
        if not satisfies(level, one, NIL):
            continue
        for part in parts(Whole(one, level in REAL_TIME, level in FINAL)):
            tried += 1
            assert satisfies(level, only(one, part), NIL), (list(one.rows()), part)
    assert tried > 300


@pytest.mark.parametrize("real_time", [False, True])
@pytest.mark.parametrize("final", [False, True])
def test_what_is_left_without_some_is_the_largest_closed_part(real_time, final):
    chance = random.Random(4)
    for number in range(60):
        one = rich(chance, number % 2 == 0, 6)
        whole = Whole(one, real_time, final)
        everything = whole.everything().tolist()
        gone = chance.sample(everything, min(len(everything), 2))
        left = whole.without(everything, gone)
        closed = [part for part in parts(whole) if not set(part) & set(gone)]
        assert left == max(closed, key=len, default=[])
        assert all(set(part) <= set(left) for part in closed)


def test_beginnings_and_endings_are_closed(history):
    whole = Whole(history("a: w x 1, w x 2, r x 1", "b: r x 2, r x 1, w x 3"))
    assert whole.beginning(2) == [0]  # a read stands before the write of 2 that it read
    assert whole.ending(3) == [5]


def test_a_read_keeps_every_write_of_its_value_and_what_these_rest_on():
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(1, "cas", "x", 1, 2, start=2, end=3)]
    rows += [Row(0, "write", "x", 2, start=4, end=5), Row(0, "read", "x", result=2, start=6, end=7)]
    rows += [Row(0, "write", "y", 2, start=8, end=9), Row(1, "read", "x", result=Mark.UNKNOWN, start=8, end=9)]
    whole = Whole(from_rows(rows))
    assert whole.closed([3]) == [0, 1, 2, 3]
    assert whole.without(range(6), [0]) == [2, 4]  # without 1 no swap to 2, so no read of 2
    assert 5 not in whole.everything()


def test_in_real_time_a_write_that_began_too_late_is_not_rested_on_but_the_first_is_shown():
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(1, "read", "x", result=1, start=2, end=3)]
    rows += [Row(0, "write", "x", 1, start=5, end=6), Row(1, "read", "x", result=7, start=8, end=9)]
    rows += [Row(0, "write", "x", 7, start=10, end=11), Row(0, "write", "x", 7, start=12, end=13)]
    whole = Whole(from_rows(rows), real_time=True)
    assert whole.closed([1]) == [0, 1]
    assert whole.without(range(6), [2]) == [0, 1, 3, 4, 5]
    assert whole.closed([3]) == [3, 4]
    assert Whole(from_rows(rows)).closed([1]) == [0, 1, 2]
    assert Whole(from_rows(rows)).without(range(6), [2]) == [0, 3, 4, 5]


def test_a_part_is_a_history_with_tables_of_its_own(history):
    one = history("a: w x 1, w y 20, r x 1", "b: w z 30, r x 1, r y nil")
    part = only(one, [0, 2, 4])
    assert (list(part.keys), list(part.values)) == (["x", "y"], [1, 20])
    assert list(part.rows()) == [one.row(row) for row in (0, 2, 4)]
    assert np.array_equal(part.start, one.start[[0, 2, 4]])
