"""checkers.staleness.confidence: intervals that hold the true value as often as they say."""

import random
from math import comb

import numpy as np
import pytest

from checkers.staleness.confidence import Proportion, quantile


@pytest.mark.parametrize(
    ("successes", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775328),
        (10, 10, 0.7224672, 1.0),
        (81, 263, 0.2552669, 0.3662097),
        (15, 148, 0.0623915, 0.1604755),
    ],
)
def test_wilsons_interval_is_the_published_one(successes, of, low, high):
    # 81 of 263 and 15 of 148: Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    found = Proportion(successes, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_it_holds_the_true_share_in_about_95_of_100_samples(share):
    of = 60
    held = sum(
        comb(of, k) * share**k * (1 - share) ** (of - k)
        for k in range(of + 1)
        if Proportion(k, of).low <= share <= Proportion(k, of).high
    )
    assert 0.92 < held < 0.99


def test_of_nothing_everything_is_possible():
    assert (Proportion(0, 0).low, Proportion(0, 0).high) == (0.0, 1.0)
    assert np.isnan(Proportion(0, 0).share)


def test_a_quantile_is_the_least_that_so_many_do_not_exceed():
    sample = np.arange(1.0, 101.0)
    assert [quantile(sample, share).value for share in (0.0, 0.01, 0.5, 0.99, 1.0)] == [1, 1, 50, 99, 100]
    assert quantile(np.array([7.0]), 0.999) == (7.0, None, None)


def test_its_interval_lies_between_the_order_statistics_around_it():
    # 100 tries at 0.5 have a deviation of 5: 50 less 9.8, downwards, and 50 plus 9.8, upwards, and one more.
    assert quantile(np.arange(1.0, 101.0), 0.5) == (50.0, 40.0, 61.0)


def test_its_interval_holds_the_true_quantile_in_about_95_of_100_samples():
    chance = random.Random(4)
    held = 0
    for _ in range(400):
        found = quantile(np.sort([chance.random() for _ in range(300)]), 0.9)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
        held += found.low <= 0.9 <= found.high
    assert 0.92 < held / 400 <= 0.99


def test_a_sample_that_is_too_small_says_so():
    found = quantile(np.arange(100.0), 0.999)
    assert found.high is None
    assert found.low is not None
    assert quantile(np.arange(100.0), 0.001).low is None
