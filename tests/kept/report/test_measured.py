"""kept.report.measured: what was measured is told with its sample and its limits."""

import numpy as np

from checkers.staleness.measured import LeftOut, Reads, summarised
from checkers.workloads.sets import judge
from histories.columns import Row, from_rows
from kept.report.measured import element_lines, staleness_lines

READS = Reads(np.arange(4), np.array([0, 3, 70, 2_000]), np.array([2, 1, 0, 0]))


def test_staleness_is_told_by_age_and_by_writes_with_its_intervals() -> None:
    told = staleness_lines(summarised(READS, LeftOut(1, 2, 3), True))
    assert told == [
        "",
        "  staleness of 4 reads that began after an acknowledged write of their key",
        "    fresh                          50.000%   (15.004% to 84.996%), 4",
        "    so long after the newest write was acknowledged",
        "      0 to 1                        0.000%   (0.000% to 79.345%), 1",
        "      2 to 5                        0.000%   (0.000% to 79.345%), 1",
        "      50 to 100                   100.000%   (20.655% to 100.000%), 1",
        "      2,000 or more               100.000%   (20.655% to 100.000%), 1",
        "    returned one of the last writes",
        "      1                            50.000%   (15.004% to 84.996%), 4",
        "      2                            75.000%   (30.064% to 95.441%), 4",
        "      3                           100.000%   (51.011% to 100.000%), 4",
        "    a read was stale 3 after the newest write, and none was later than that; a read missed 2 writes",
        "      at the most",
        "    left out: 1 read before any acknowledged write of their key, 2 reads of what nobody had written,",
        "      3 reads without a result",
        "    values were written more than once: each read was given the freshest write that fits",
        "    in the file's unit of time; intervals of 95 % as if reads were independent, so they are too",
        "      narrow",
    ]


def test_nothing_measured_is_one_line() -> None:
    nothing = summarised(Reads(*np.zeros((3, 0), dtype=np.int64)), LeftOut(0, 0, 0))
    assert staleness_lines(nothing)[1:] == [
        "  staleness of 0 reads that began after an acknowledged write of their key"
    ]


def test_elements_are_told_by_what_became_of_them() -> None:
    rows = [Row(0, "add", None, at, start=at, end=at + 1) for at in range(12)]
    rows += [Row(1, "read", None, result=(10, 10, 99), start=20, end=21)]
    rows += [Row(1, "read", None, result=(10, 11, "\x1b[2J"), start=30, end=31)]
    rows += [Row(0, "add", None, 50, start=40, end=41)]
    told = element_lines(judge(from_rows(rows)))
    assert told == [
        "",
        "  13 acknowledged adds of 13, 2 reads",
        "    lost:       10: 0, 1, 2, 3, 4, 5, 6, 7, ...",
        "    never read: 10: 0, 1, 2, 3, 4, 5, 6, 7, ...",
        "    stale:      1: 11 (8)",
        "    duplicates: 1: 10",
        "    unexpected: 2: 99, \\x1b[2J",
        "    unseen:     1 after whose add no read began",
        "    visible after: 0% 0, 50% 8, 95% 8, 99% 8, 100% 8",
        "    lost after: 0% 0, 50% 0, 95% 0, 99% 0, 100% 0",
    ]
