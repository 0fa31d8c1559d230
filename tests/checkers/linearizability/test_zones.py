"""Zones on arrays, and compiled: for all keys at once the same answers as key by key."""

import numpy as np
import pytest

from benchmarks.busy_histories import busy
from benchmarks.random_histories import columns
from checkers.linearizability import zones
from checkers.linearizability.check import state_code
from checkers.linearizability.transitions import register_transitions
from histories.columns import NIL


def judge_all(given, judge, initial=0):
    """`(decided, linearizable)` of each history, judged together as keys of one."""
    together = columns(given)
    decided, bad = judge(register_transitions(together, state_code(together, initial)), len(together.keys))
    found = [(True, True)] * len(given)
    for at, place in enumerate(together.keys):
        found[place] = bool(decided[at]), not bad[at]
    return found


JUDGES = [pytest.param(zones.judged, id="numpy"), pytest.param(zones.judged_compiled, id="numba")]


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", ["unique", "unique with swaps"])
def test_they_agree_with_the_oracle(judged, name, judge):
    if judge is zones.judged_compiled:
        pytest.importorskip("numba")
    _, given, oracle = judged(name)
    assert judge_all(given, judge) == [(True, right) for right in oracle]


@pytest.mark.parametrize("judge", JUDGES)
def test_a_key_whose_values_repeat_is_left_out_and_does_not_disturb_the_others(judged, judge):
    if judge is zones.judged_compiled:
        pytest.importorskip("numba")
    _, given, oracle = judged("cas-register")
    asked = [[op for op in one if op.required or op.call.f != "read"] for one in given]
    found = judge_all(asked, judge)
    decided = [at for at, (sure, _) in enumerate(found) if sure]
    assert 100 < len(decided) < len(given)
    assert [found[at][1] for at in decided] == [oracle[at] for at in decided]


@pytest.mark.parametrize("spread", [1, 10**15])
def test_times_of_any_size_are_told_apart(judged, spread):
    _, given, oracle = judged("unique")
    wide = [[op._replace(start=op.start * spread, end=op.end * spread if op.required else op.end) for op in one]
            for one in given]  # fmt: skip
    assert [right for _, right in judge_all(wide, zones.judged)] == oracle


@pytest.mark.parametrize("keys", [1, 7, 3_000])
def test_large_linearizable_histories_hold_and_one_stale_read_in_them_is_found(keys):
    history = busy(20_000, 10, keys, swaps=0.2)
    given = register_transitions(history, NIL)
    decided, bad = zones.judged(given, keys)
    assert decided.all()
    assert not bad.any()
    reads = np.flatnonzero((history.f == 0) & (history.start > 30_000))
    stale = int(reads[0])
    result = history.result.copy()
    result[stale] = NIL
    wrong = given._replace(pre=np.where(np.arange(len(result)) == stale, result, given.pre))
    _, bad = zones.judged(wrong, keys)
    assert np.flatnonzero(bad).tolist() == ([int(history.key[stale])] if _was_written(history, stale) else [])


def _was_written(history, read):
    same = (history.key == history.key[read]) & (history.f != 0) & (history.end < history.start[read])
    return bool(same.any())
