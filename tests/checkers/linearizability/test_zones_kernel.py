"""Compiled zones: the same answers as on arrays, with every kind of time."""

import numpy as np
import pytest

pytest.importorskip("numba")

from benchmarks.busy_histories import busy
from checkers.linearizability import zones, zones_kernel
from checkers.linearizability.transitions import register_transitions
from histories.columns import NIL

BEFORE, NEVER = zones_kernel.BEFORE_TIME, zones_kernel.NEVER


def excluded(*spans, keys=1, of=None):
    first, last = np.array(spans, np.int64).T
    bad = np.zeros(keys, np.bool_)
    key = np.zeros(len(spans), np.int64) if of is None else np.array(of)
    sure = zones_kernel.exclude(first, last, key, 0, 100, keys, bad)
    return bool(sure), bad.tolist()


def test_two_forward_zones_that_overlap_exclude_each_other_and_such_that_touch_do_not():
    assert excluded((10, 20), (15, 30)) == (True, [True])
    assert excluded((10, 20), (21, 30)) == (True, [False])
    assert excluded((10, 40), (15, 20), of=[0, 1], keys=2) == (True, [False, False])


def test_a_backward_zone_is_excluded_only_inside_a_forward_one():
    assert excluded((10, 40), (30, 20)) == (True, [True])
    assert excluded((10, 40), (50, 20)) == (True, [False])
    assert excluded((10, 40), (30, 5)) == (True, [False])
    assert excluded((50, 20), (45, 30)) == (True, [False])


def test_the_initial_value_s_zone_begins_before_time():
    assert excluded((BEFORE, 40), (30, 20)) == (True, [True])
    assert excluded((BEFORE, 40), (NEVER, BEFORE), (60, 50)) == (True, [False])


def test_two_events_at_one_time_are_left_to_sorting():
    assert excluded((10, 20), (10, 30))[0] is False


@pytest.mark.parametrize("ticks", [1, 7, 10**9])
@pytest.mark.parametrize("swaps", [0.0, 0.4])
def test_it_gives_what_arrays_give_whatever_the_clock(ticks, swaps):
    history = busy(4_000, 8, 9, swaps=swaps, seed=3)
    given = register_transitions(history, NIL)
    pre = given.pre.copy()
    chance = np.random.default_rng(5)
    reads = np.flatnonzero(given.post == -1)
    wrong = chance.choice(reads, 5, replace=False)
    pre[wrong] = pre[chance.choice(reads, 5, replace=False)]
    scale = (lambda time: time // 7) if ticks == 7 else (lambda time: time * ticks)
    given = given._replace(pre=pre, start=scale(given.start), end=scale(given.end))
    arrays, compiled = zones.judged(given, 9), zones.judged_compiled(given, 9)
    assert arrays[0].tolist() == compiled[0].tolist() == [True] * 9
    assert arrays[1].tolist() == compiled[1].tolist()
    assert arrays[1].any()
    assert not arrays[1].all()
