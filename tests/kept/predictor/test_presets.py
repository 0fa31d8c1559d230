"""kept.predictor.presets: what was published about them."""

import numpy as np
import pytest

from kept.predictor.draws import Draws
from kept.predictor.presets import PRESETS

MEDIANS_MS = {"lnkd-ssd": (0.2527, 0.2527), "lnkd-disk": (2.47, 0.2527), "ymmr": (3.73, 1.81), "wan": (76.3, 75.24)}
"""Of W and of A, by solving the published distributions; in the wide area two of three replicas are 75 ms away."""


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_told_about_and_draws_plausible_delays(name):
    latencies, about = PRESETS[name]
    assert about
    puts, gets = Draws(latencies, 3, 1).puts(100_000), Draws(latencies, 3, 1).gets(100_000)
    for delays, median in zip(
        (puts.w, puts.a, gets.r, gets.s), (*MEDIANS_MS[name], *[MEDIANS_MS[name][1]] * 2), strict=True
    ):
        assert (delays > 0).all()
        assert np.median(delays) == pytest.approx(median, rel=0.01)


def test_in_the_wide_area_two_of_three_replicas_are_75_ms_away():
    latencies = PRESETS["wan"].latencies
    assert PRESETS["lnkd-disk"].latencies.near is None
    for delays in (Draws(latencies, 3, 1).puts(50_000).a, Draws(latencies, 3, 1).gets(50_000).s):
        assert (np.count_nonzero(delays >= 75, axis=1) == 2).all()
        assert np.mean(delays < 75, axis=0) == pytest.approx([1 / 3] * 3, abs=0.01), "each is as often the near one"
