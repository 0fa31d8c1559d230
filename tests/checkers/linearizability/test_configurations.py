"""Pools of configurations keep none that another dominates; operations come into flight and out of it."""

import numpy as np
import pytest

pytest.importorskip("numba")

from checkers.linearizability import configurations as c
from checkers.linearizability.operations import NEVER


def mask(*words):
    return np.array(words, np.uint64)


def kept(pool):
    return [(int(pool.state[at]), pool.mask[at].tolist()) for at in range(pool.size[0]) if pool.state[at] >= 0]


def test_a_pool_keeps_what_nothing_dominates_state_by_state():
    pool = c.pool(8, 1, 3)
    assert c.add(pool, 1, mask(0b01, 0b11)) == 0
    assert c.add(pool, 1, mask(0b01, 0b01)) == c.DOMINATED
    assert c.add(pool, 2, mask(0b01, 0b01)) == 1
    assert c.add(pool, 1, mask(0b10, 0b01)) == 2
    assert c.add(pool, 1, mask(0b11, 0b11)) == 3
    assert kept(pool) == [(2, [1, 1]), (1, [3, 3])]
    c.clear(pool)
    assert c.add(pool, 1, mask(0, 0)) == 0


def test_a_full_pool_says_so():
    pool = c.pool(2, 1, 4)
    assert [c.add(pool, state, mask(0, 0)) for state in range(3)] == [0, 1, c.FULL]


def problem(*rows):
    start, end, pre, post, required = np.array(rows, np.int64).T
    return c.Problem(
        start, end, pre, post, np.zeros(len(rows), np.bool_), required.astype(np.bool_), np.array([99, 99, -1])
    )


def test_operations_in_flight_stand_by_their_ends_and_what_fits_is_discharged_at_once():
    given = problem((0, 50, c.ANY, 1, 1), (1, 20, 0, c.ANY, 1), (2, 30, c.ANY, 0, 1), (3, NEVER, c.ANY, 1, 0))
    flight, pool = c.flight(1, 3), c.pool(8, 1, 3)
    c.add(pool, 0, mask(0, 0))
    for op in range(4):
        assert c.begin(given, flight, pool, op, op)
    assert flight.operation[: flight.load[0]].tolist() == [1, 2, 0, 3]
    slots = {int(op): int(slot) for op, slot in zip(flight.operation, flight.slot, strict=False)}
    discharged, usable = pool.mask[0].tolist()
    assert [discharged >> slots[op] & 1 for op in range(4)] == [0, 1, 1, 1]
    assert [usable >> slots[op] & 1 for op in range(4)] == [1, 0, 1, 1]
    assert int(flight.total[0]) == 1 << slots[0] | 1 << slots[2]
    c.retire(flight, pool)
    assert flight.operation[: flight.load[0]].tolist() == [2, 0, 3]
    assert pool.mask[0].tolist()[0] >> slots[1] & 1 == 0
    c.ground(flight)
    assert flight.load[0] == 0
    assert flight.free_count[0] == 64


def test_with_all_slots_taken_nothing_more_comes_into_flight():
    given = problem(*[(at, 1000, c.ANY, 1, 1) for at in range(65)])
    flight, pool = c.flight(1, 3), c.pool(8, 1, 3)
    assert [bool(c.begin(given, flight, pool, op, op)) for op in range(65)] == [True] * 64 + [False]


def test_a_value_that_nobody_asks_for_any_more_is_the_dead_one():
    given = problem((0, 1, c.ANY, 1, 1))
    assert c.seen(given, 1, 99) == 1
    assert c.seen(given, 1, 100) == 2
