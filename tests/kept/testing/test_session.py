"""kept.testing.session: what all tests of a run have in common."""

import pytest

from kept.testing.session import Session, UndecidedWarning, current, under
from kept.testing.violation import Undecided

ONE = Undecided("placement", "why")


def test_without_a_plugin_there_is_a_session_of_defaults() -> None:
    assert (Session().seed, Session().profile, Session().unknown, Session().corpus) == (0, "pr", "fail", None)
    assert current() is current()


def test_sessions_nest_and_the_innermost_is_the_current_one() -> None:
    before = current()
    with under(Session(seed=1)), under(Session(seed=2)) as inner:
        assert current() is inner
        assert current().seed == 2
    assert current() is before


def test_an_undecided_promise_fails_the_test_or_warns() -> None:
    with pytest.raises(Undecided):
        Session().judge([ONE])
    with pytest.warns(UndecidedWarning, match="placement: why"):
        Session(unknown="warn").judge([ONE])
    Session().judge([])


def test_two_sessions_share_no_failures_and_each_is_told_once() -> None:
    one, other = Session(), Session()
    failure = object()
    one.failed(failure)
    assert one.drain() == [failure]
    assert one.drain() == other.drain() == []
