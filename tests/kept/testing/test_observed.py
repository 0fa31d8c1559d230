"""kept.testing.observed: what a test's own clients did, as a history."""

import pytest

import kept
from histories.columns import FAIL, INFO, OK
from kept.testing.observed import ObservedHistory


def test_what_happened_one_after_the_other_is_in_that_order() -> None:
    history = ObservedHistory()
    with history.operation("write", value=1):
        pass
    with history.operation("read", process=1) as read:
        read.result = 1
    columns = history.columns
    assert len(history) == len(columns) == 2
    assert columns.end[0] < columns.start[1]
    assert kept.check(columns).holds


def test_operations_within_each_other_are_concurrent() -> None:
    history = ObservedHistory()
    with history.operation("write", value=1), history.operation("read", process=1) as read:
        read.result = 1
    assert kept.check(history.columns).holds
    assert history.columns.start[1] < history.columns.end[0]


def test_an_operation_that_raises_may_have_taken_effect_and_its_error_goes_on() -> None:
    history = ObservedHistory()
    with pytest.raises(TimeoutError), history.operation("write", value=1):
        raise TimeoutError
    with history.operation("read", process=1) as read:
        read.result = 1
    assert list(history.columns.status) == [INFO, OK]
    assert kept.check(history.columns).holds


def test_an_operation_that_is_known_to_have_failed_has_no_effect() -> None:
    history = ObservedHistory()
    with history.operation("write", value=1) as write:
        write.status = "fail"
    with history.operation("read", process=1) as read:
        read.result = 1
    assert list(history.columns.status) == [FAIL, OK]
    assert not kept.check(history.columns).holds
