"""The prediction beside the store: its own gets, over delays that are known, are as fresh as WARS says they are.

`python3 dev.py bench staleness` compares many more, for four pairs of R and W.
"""

from math import sqrt

from benchmarks.staleness import TOLD_US, compared


def test_the_stores_gets_are_as_fresh_as_predicted() -> None:
    """In each range of ages, and in all, within a point and three standard errors of that many gets."""
    rows = compared(1, 1, range(2), 2_500, keys=24)
    told = [one for one in rows if one.since_us < TOLD_US]
    assert sum(one.reads for one in told) > 500
    assert min(one.measured for one in told) < 0.6, "otherwise nothing was compared"
    for one in rows:
        assert abs(one.measured - one.predicted) < 0.01 + 3 * sqrt(one.predicted * (1 - one.predicted) / one.reads), one
    count = sum(one.reads for one in told)
    error = sqrt(sum(one.reads * one.predicted * (1 - one.predicted) for one in told)) / count
    assert abs(sum(one.reads * (one.measured - one.predicted) for one in told)) / count < 0.01 + 3 * error


def test_where_messages_wait_for_those_before_them_gets_are_staler_than_predicted() -> None:
    """What the model leaves out: an ordered link delays what is behind a slow message."""
    rows = compared(1, 1, range(1), 2_500, keys=12, overtaking=False)
    told = [one for one in rows if 5_000 <= one.since_us < 20_000]
    assert all(one.measured < one.predicted - 0.05 for one in told), told
