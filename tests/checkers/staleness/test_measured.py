"""checkers.staleness.measured: what a sample of reads is summed up to."""

import numpy as np
import pytest

from checkers.staleness.confidence import Proportion
from checkers.staleness.measured import BUCKETS, LeftOut, Reads, summarised

NONE = LeftOut(0, 0, 0)


def sample(*reads):
    row, age, missed = np.array(reads, dtype=np.int64).reshape(len(reads), 3).T
    return Reads(row, age, missed)


def test_reads_are_counted_by_age_and_by_what_they_missed():
    found = summarised(sample((0, 0, 0), (1, 1, 2), (2, 1, 0), (3, 7, 0), (4, 10, 1), (5, 99, 0)), LeftOut(1, 2, 3))
    assert (found.reads, found.fresh, found.left_out) == (6, Proportion(4, 6), (1, 2, 3))
    assert [(one.since, one.before, one.fresh) for one in found.visibility] == [
        (0, 1, (1, 1)), (1, 2, (1, 2)), (5, 10, (1, 1)), (10, 20, (0, 1)), (50, None, (1, 1)),
    ]  # fmt: skip
    assert [(one.k, one.reads) for one in found.within] == [(1, (4, 6)), (2, (5, 6)), (3, (6, 6))]
    assert (found.most_missed, found.oldest_stale, found.oldest_row) == (2, 10, 4)


def test_nothing_measured_is_nothing_told():
    found = summarised(sample(), NONE)
    assert (found.reads, found.visibility, found.within, found.oldest_stale) == (0, (), (), None)


@pytest.mark.parametrize("greatest", [1, 10, 12_345, 10**9, 10**17])
def test_there_are_never_too_many_ranges_and_each_read_is_in_one(greatest):
    ages = sorted({0, 1, *(greatest // 3**step for step in range(40))})
    found = summarised(sample(*((at, age, at) for at, age in enumerate(ages))), NONE)
    assert len(found.visibility) <= BUCKETS + 3
    assert sum(one.fresh.of for one in found.visibility) == len(ages)
    assert len(found.within) <= BUCKETS
    assert found.within[-1].reads == (len(ages), len(ages))
    for one in found.visibility:
        assert sum(one.since <= age and (one.before is None or age < one.before) for age in ages) == one.fresh.of
