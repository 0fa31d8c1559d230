"""kept.predictor.draws: the same numbers everywhere, whatever else is drawn."""

import numpy as np

from checkers.staleness.latencies import Latencies, Legs, Table
from kept.predictor.draws import Draws, Stream
from kept.predictor.presets import PRESETS

EVEN = Table((0.0, 1.0), (0.0, 1.0))
PLAIN = Latencies(Legs(EVEN, EVEN, EVEN, EVEN))


def test_the_numbers_of_a_seed_are_these_forever():
    """As PCG64 gives them: a change would change every prediction of a seed."""
    assert Stream(7, "W 1").even(1, 3).tolist() == [[0.2647883418510845, 0.7852659864102587, 0.15607930398666853]]


def test_numbers_are_even_open_and_of_their_name_and_seed():
    drawn = Stream(1, "a").even(200_000, 1)
    assert 0 < drawn.min() < 1e-4
    assert 1 - 1e-4 < drawn.max() < 1
    assert np.histogram(drawn, 10, (0, 1))[0].tolist() == [
        count for count in np.histogram(drawn, 10, (0, 1))[0].tolist() if 19_400 < count < 20_600
    ]
    assert not np.array_equal(drawn, Stream(1, "b").even(200_000, 1))
    assert not np.array_equal(drawn, Stream(2, "a").even(200_000, 1))


def test_a_trial_does_not_depend_on_how_many_are_drawn_at_a_time():
    for latencies in (PLAIN, PRESETS["wan"].latencies):
        whole, parts = Draws(latencies, 3, 5), Draws(latencies, 3, 5)
        puts, gets = whole.puts(50), whole.gets(50)
        several = [(parts.puts(size), parts.gets(size)) for size in (1, 9, 40)]
        for leg in range(2):
            assert np.array_equal(puts[leg], np.concatenate([one[leg] for one, _ in several]))
            assert np.array_equal(gets[leg], np.concatenate([one[leg] for _, one in several]))


def test_each_way_and_each_put_has_numbers_of_its_own():
    draws = Draws(PLAIN, 2, 5)
    drawn = [*draws.puts(100), *draws.gets(100), *draws.puts(100, 2)]
    assert len({tuple(one.ravel().tolist()) for one in drawn}) == 6
    flat = np.array([one.ravel() for one in drawn])
    assert np.abs(np.corrcoef(flat) - np.eye(6)).max() < 0.25


def test_the_near_replica_has_its_own_delays_on_both_ways():
    near = Table((0.0, 1.0), (7.0, 7.0))
    puts = Draws(PLAIN._replace(near=Legs(near, near, EVEN, EVEN)), 4, 1).puts(1_000)
    assert ((puts.w == 7) == (puts.a == 7)).all()
    assert (np.count_nonzero(puts.w == 7, axis=1) == 1).all()
