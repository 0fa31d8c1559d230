"""checkers.staleness.latencies: what evenly drawn numbers become."""

import numpy as np
import pytest

from checkers.staleness.latencies import Later, Mixture, Sample, Table

EVEN = (np.arange(100_000) + 0.5) / 100_000


def share_below(delays, x):
    return np.count_nonzero(delays <= x) / len(delays)


@pytest.mark.parametrize("share", [0.0, 0.38, 0.9122, 1.0])
def test_a_mixture_has_the_distribution_of_its_parts(share):
    delays = Mixture(share, 1.05, 1.51, 0.183).at(EVEN)
    assert delays.min() > 0
    for x in (0.5, 1.05, 2.0, 10.0, 50.0):
        pareto = 1 - (1.05 / x) ** 1.51 if x > 1.05 else 0.0
        exponential = 1 - np.exp(-0.183 * x)
        assert share_below(delays, x) == pytest.approx(share * pareto + (1 - share) * exponential, abs=2e-4)


@pytest.mark.parametrize("distribution", [Mixture(0.5, 1.0, 0.1, 1e-6), Mixture(0.0, 0.0, 1.0, 1.0)])
def test_no_number_gives_an_endless_or_negative_delay(distribution):
    delays = distribution.at(np.array([2.0**-54, 0.5 - 2.0**-54, 0.5, 1 - 2.0**-53]))
    assert np.isfinite(delays).all()
    assert (delays >= 0).all()


def test_a_table_goes_straight_from_one_quantile_to_the_next():
    table = Table((0.0, 0.5, 1.0), (1.0, 3.0, 13.0))
    assert table.at(np.array([0.0001, 0.25, 0.5, 0.75])).tolist() == pytest.approx([1.0004, 2.0, 3.0, 8.0])
    assert Table((0.0, 1.0), (4.0, 4.0)).at(EVEN[:3]).tolist() == [4.0] * 3


def test_every_delay_of_a_sample_is_as_likely_as_the_other_and_no_other_comes():
    values, counts = np.unique(Sample(np.array([5.0, 1.0, 5.0, 9.0])).at(EVEN), return_counts=True)
    assert (values.tolist(), counts.tolist()) == ([1.0, 5.0, 9.0], [25_000, 50_000, 25_000])


def test_later_is_later():
    assert Later(75.0, Table((0.0, 1.0), (1.0, 1.0))).at(EVEN[:2]).tolist() == [76.0, 76.0]
