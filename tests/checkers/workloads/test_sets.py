"""Sets: each way in which an element may be missing or be there wrongly."""

from checkers.verdict import Invalid, Valid
from checkers.workloads.sets import judge
from histories.columns import Mark, Row, from_rows


def add(value, start, end, status="ok"):
    return Row(0, "add", None, value, start=start, end=None if status == "info" else end, status=status)


def read(elements, start, end):
    return Row(1, "read", None, result=elements, start=start, end=end)


def told(*rows, **options):
    return judge(from_rows(rows), **options)


def test_elements_that_every_later_read_returned_are_fine():
    found = told(add(1, 0, 1), read((1,), 2, 3), add(2, 4, 5), read((1, 2), 6, 7))
    assert found.verdict == Valid("2 adds, 2 reads")
    assert found.latency == {1: 0, 2: 0}


def test_an_element_that_disappears_is_lost():
    found = told(add(1, 0, 1), read((1,), 2, 3), read((), 4, 5))
    assert list(found.lost) == [1]
    assert isinstance(found.verdict, Invalid)
    assert found.verdict.counterexample.operations == (0, 2)


def test_an_element_that_was_acknowledged_and_never_read_is_lost():
    found = told(add(1, 0, 1), read(Mark.NIL, 2, 3))
    assert list(found.never_read) == list(found.lost) == [1]


def test_an_element_that_comes_back_is_stale_and_its_latency_is_told():
    rows = [add(1, 0, 10), read((), 30, 31), read((1,), 40, 41)]
    found = told(*rows)
    assert list(found.stale) == [1]
    assert found.latency == {1: 20}
    assert isinstance(found.verdict, Valid)
    assert isinstance(told(*rows, linearizable=True).verdict, Invalid)


def test_a_read_that_overlaps_the_add_may_lack_it():
    assert isinstance(told(add(1, 0, 5), read((), 4, 6), read((1,), 7, 8), linearizable=True).verdict, Valid)


def test_a_pending_add_may_never_be_seen_but_not_come_and_go():
    assert isinstance(told(add(1, 0, 1, "info"), read((), 4, 6)).verdict, Valid)
    found = told(add(1, 0, 1, "info"), read((1,), 4, 6), read((), 7, 8))
    assert list(found.lost) == [1]


def test_duplicates_and_elements_that_nobody_added_are_found():
    assert list(told(add(1, 0, 1), read((1, 1), 2, 3)).duplicates) == [1]
    assert list(told(add(1, 0, 1), read((1, 9), 2, 3)).unexpected) == [9]
    assert list(told(add(1, 0, 1, "fail"), read((1,), 2, 3)).unexpected) == [1]
    assert list(told(read((1,), 0, 1), add(1, 2, 3)).unexpected) == [1]
