"""Newer writes are looked up to the same answer as by walking everything that a client must have seen."""

import random

import numpy as np
import pytest

from benchmarks.busy_histories import busy
from benchmarks.random_registers import rich, small
from checkers.ladder import sessions
from checkers.ladder.accesses import NOWHERE, READS, readings
from checkers.ladder.causal import Case
from checkers.ladder.newer import GIVEN_UP, newer

MODES = (sessions.WRITERS, sessions.WRITERS_READS)
UNBOUNDED = 1 << 60


def cases(count, make=small, accesses=12):
    chance = random.Random(5)
    for number in range(count):
        one = make(chance, True, accesses)
        accesses_ = next(iter(readings(one).some(1)))
        if not ((accesses_.kind == READS) & (accesses_.write == NOWHERE)).any():
            yield Case(one, accesses_, compiled=bool(number % 50 == 0) or None)


def looked_up(case, noted, most=UNBOUNDED):
    a = case.accesses
    args = (a.bounds, a.session, a.kind, a.key, a.write, a.access, a.row, case.keys, *noted, most)
    return tuple(newer(*args).tolist())


@pytest.mark.parametrize("make", [small, rich])
@pytest.mark.parametrize("mode", MODES)
def test_it_finds_the_read_and_the_write_that_walking_finds(mode, make):
    answers = set()
    for case in cases(600, make):
        noted = sessions._noted(case.accesses, mode)
        found = looked_up(case, noted)
        assert found == tuple(sessions._walked(case, noted, own=False))
        answers.add(found == (-1, -1))
    assert answers == {True, False}


@pytest.mark.parametrize("mode", MODES)
def test_the_order_of_rows_matters_for_speed_only(mode):
    for number, case in enumerate(cases(200)):
        noted = sessions._noted(case.accesses, mode)
        rows = case.accesses.row * (1 + number % 3)
        assert looked_up(case._replace(accesses=case.accesses._replace(row=rows)), noted) == looked_up(case, noted)


@pytest.mark.parametrize("mode", MODES)
def test_it_gives_up_where_reads_are_far_behind_and_walking_decides(mode, history):
    """Client d reads what c wrote just now, and what a wrote long ago, of whose later writes it cannot know."""
    count = 40
    writer = ", ".join(f"w x {number + 1}" for number in range(count))
    reader = ", ".join(f"r x {number + 1}" for number in range(count))
    fresh = ", ".join(f"w y {number + 1}, r y {number + 1}" for number in range(count))
    behind = ", ".join(f"r y {number + 1}, r x {max(1, number // 4)}" for number in range(count))
    one = history(f"a: {writer}", f"b: {reader}", f"c: {fresh}", f"d: {behind}")
    accesses = next(iter(readings(one).some(1)))
    case = Case(one, accesses, None)
    noted = sessions._noted(accesses, mode)
    whole = looked_up(case, noted)
    assert whole == (-1, -1)
    assert looked_up(case, noted, most=10) == (GIVEN_UP, GIVEN_UP)
    assert tuple(sessions._walked(case, noted, own=False)) == (-1, -1)


def test_fresh_reads_cost_no_looks():
    one = busy(2_000, 8, 4)
    accesses = next(iter(readings(one).some(1)))
    case = Case(one, accesses, None)
    for mode in MODES:
        assert looked_up(case, sessions._noted(accesses, mode), most=4 * len(accesses.kind)) == (-1, -1)


def test_nothing_noted_is_nothing_to_look_up():
    nothing = np.zeros(0, dtype=np.int32)
    bounds = np.zeros(1, dtype=np.int64)
    empty = np.zeros(0, dtype=np.int64)
    found = newer(bounds, empty, empty.astype(np.int8), empty, empty, empty, empty, 1, nothing, nothing, bounds, 0)
    assert found.tolist() == [-1, -1]
