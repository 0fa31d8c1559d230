"""checkers.workloads.presence: one element, read by read; test_sets.py has the definition as an oracle."""

import numpy as np
import pytest

from checkers.workloads.presence import BEFORE_TIME, Change, Reads, judged, lacking
from histories.columns import NEVER


def reads(*intervals):
    start, end = np.array(intervals, dtype=np.int64).reshape(len(intervals), 2).T
    return Reads(np.arange(100, 100 + len(intervals)), start, end)


def flags(*has):
    return np.array(has, dtype=np.bool_)


def test_an_add_is_known_when_it_ends_or_when_a_read_that_returned_it_ends():
    add = Change(1, 0, 50)
    seen = judged([add], [], False, reads((10, 20), (60, 61)), flags(True, False))
    assert (seen.known, seen.known_by, seen.missing.tolist()) == (20, 100, [1])
    later = judged([add], [], False, reads((10, 70), (60, 61)), flags(True, True))
    assert (later.known, later.known_by) == (50, 1)


def test_a_read_that_ends_when_the_add_begins_may_have_seen_it():
    seen = judged([Change(1, 20, 50)], [], False, reads((10, 20), (30, 31)), flags(True, False))
    assert (seen.unwritten.tolist(), seen.known, seen.missing.tolist()) == ([], 20, [1])


def test_of_two_adds_a_read_does_not_tell_which_it_saw():
    adds = [Change(1, 0, 50), Change(2, 0, NEVER)]
    seen = judged(adds, [], False, reads((10, 20), (30, 31)), flags(True, False))
    assert (seen.known, seen.missing.tolist()) == (50, [])


def test_what_nobody_added_is_not_known():
    seen = judged([], [], False, reads((0, 1)), flags(True))
    assert (seen.known, seen.known_by, seen.unwritten.tolist()) == (NEVER, None, [0])
    assert judged([Change(1, 5, 6)], [], False, reads((0, 1)), flags(True)).unwritten.tolist() == [0]


def test_what_was_there_at_first_is_known_before_time():
    seen = judged([], [Change(2, 5, 6)], True, reads((0, 1), (7, 8), (9, 10)), flags(False, False, True))
    assert (seen.known, seen.missing.tolist(), seen.returned.tolist(), seen.removable) == (BEFORE_TIME, [0], [2], True)


@pytest.mark.parametrize(("delete_end", "returned"), [(6, [1]), (NEVER, [])])
def test_a_read_after_a_delete_may_return_the_element_only_if_the_delete_may_come_later(delete_end, returned):
    seen = judged([Change(1, 0, 1)], [Change(2, 5, delete_end)], False, reads((2, 3), (7, 8)), flags(True, True))
    assert seen.returned.tolist() == returned
    assert seen.removable


def test_a_delete_before_the_add_removes_nothing():
    seen = judged([Change(1, 10, 11)], [Change(2, 5, 6)], False, reads((12, 13)), flags(False))
    assert (seen.missing.tolist(), seen.removable, seen.known_by) == ([0], False, 1)


def test_what_was_deleted_since_it_was_there_at_first_is_missed_only_with_the_add_that_brought_it_back():
    add, delete, late = Change(1, 4, 5), Change(2, 2, 3), reads((6, 7))
    assert lacking([add], [delete], True, late, flags(False), 0) == (1, 100)
    assert lacking([add], [], True, late, flags(False), 0) == (100,)
