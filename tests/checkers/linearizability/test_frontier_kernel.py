"""The compiled sweep: one key at a time, in pieces, narrowed, restored, from anywhere."""

import numpy as np
import pytest

pytest.importorskip("numba")

from benchmarks.busy_histories import busy
from checkers.linearizability import configurations as c
from checkers.linearizability import frontier_kernel as k
from checkers.linearizability.needs import ends_that_matter, states_of
from checkers.linearizability.transitions import grouped, register_transitions
from histories.columns import NIL

WIDE = 1 << 14


class Bench:
    """One busy key and the room to search it."""

    def __init__(self, **fields):
        groups = grouped(register_transitions(busy(**{"operations": 400, "clients": 4, "values": 3, **fields}), NIL))
        found = states_of(groups)
        given = groups.operations
        self.count = len(given.start)
        self.problem = c.Problem(
            given.start,
            ends_that_matter(given, found),
            found.pre,
            found.post,
            given.unequal,
            given.required,
            found.needed,
        )
        self.initial = int(found.initial[0])
        self.pools = [c.pool(WIDE, 1, found.size) for _ in range(3)]
        self.flight = c.flight(1, found.size)
        self.report = np.zeros(k.FIELDS, np.int64)

    def start(self):
        k.start(self.problem, self.initial, self.flight, self.pools[0])

    def sweep(self, following, stop, last=True, width=WIDE, steps=1 << 40):
        one, other, visited = self.pools
        limits = np.array([width, steps])
        k.sweep(self.problem, following, stop, last, limits, self.flight, one, other, visited, self.report)
        if self.report[k.SWAPPED]:
            self.pools[0], self.pools[1] = self.pools[1], self.pools[0]
        return int(self.report[k.RESULT])

    def alive(self):
        pool = self.pools[0]
        return [at for at in range(int(pool.size[0])) if pool.state[at] >= 0]


def test_a_sweep_in_pieces_ends_where_one_sweep_ends():
    whole, pieces = Bench(), Bench()
    whole.start()
    assert whole.sweep(0, 300, last=False) == k.FITS
    assert whole.report[k.NARROWED] == 0, "nothing was dropped"
    pieces.start()
    for at in range(0, 300, 20):
        assert pieces.sweep(at, at + 20, last=False) == k.FITS
    told = [{(int(b.pools[0].state[at]), *b.pools[0].mask[at].tolist()) for at in b.alive()} for b in (whole, pieces)]
    assert told[0] == told[1]


def test_a_narrow_sweep_keeps_no_more_than_its_width_and_says_so():
    bench = Bench(clients=8)
    bench.start()
    assert bench.sweep(0, 200, last=False, width=5) == k.FITS
    assert len(bench.alive()) <= 5
    assert bench.report[k.NARROWED] == 1


def test_what_was_saved_is_restored():
    bench = Bench()
    bench.start()
    bench.sweep(0, 100, last=False)
    pool = bench.pools[0]
    saved = pool.state[: pool.size[0]].copy(), pool.mask[: pool.size[0]].copy()
    before = {(int(pool.state[at]), *pool.mask[at].tolist()) for at in bench.alive()}
    bench.sweep(100, 200, last=False)
    k.restore(bench.pools[0], *saved)
    pool = bench.pools[0]
    assert {(int(pool.state[at]), *pool.mask[at].tolist()) for at in bench.alive()} == before


def test_from_anywhere_dominates_whatever_there_is():
    bench, anywhere = Bench(), Bench()
    bench.start()
    bench.sweep(0, 150, last=False)
    # Ends between the last start and this one are still to come in both.
    assert k.start_anywhere(anywhere.problem, 150, 0, anywhere.flight, anywhere.pools[0])
    states = {int(anywhere.pools[0].state[at]) for at in anywhere.alive()}
    assert {int(bench.pools[0].state[at]) for at in bench.alive()} <= states
    assert anywhere.sweep(150, bench.count) == k.FITS


def test_a_budget_of_steps_and_a_read_of_what_was_never_there_end_the_sweep():
    bench = Bench()
    bench.start()
    assert bench.sweep(0, bench.count, steps=50) == k.BUDGET
    read = next(at for at in range(100, 200) if bench.problem.post[at] == c.ANY)
    bench.problem.pre[read] = len(bench.problem.needed) - 1
    bench.start()
    assert bench.sweep(0, bench.count) == k.STUCK
    assert bench.report[k.OPERATION] == read


def test_many_keys_are_decided_in_one_call_each_alone():
    bench = Bench(keys=20)
    groups = grouped(register_transitions(busy(400, 4, keys=20, values=3), NIL))
    found = states_of(groups)
    reports = np.zeros((20, k.FIELDS), np.int64)
    limits = np.array([WIDE, 1 << 40])
    chosen = np.arange(20)
    one, other, visited = bench.pools
    k.sweep_keys(
        bench.problem, groups.bounds, found.initial, chosen, limits, bench.flight, one, other, visited, reports
    )
    assert reports[:, k.RESULT].tolist() == [k.FITS] * 20
