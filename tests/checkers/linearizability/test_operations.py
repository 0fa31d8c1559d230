"""Events stand in time, and what touches is concurrent."""

from checkers.linearizability.operations import NEVER, Event, Interval, events, peak
from model.specifications.specification import Call

READ = Call("read", None, 0)


def test_at_one_time_what_starts_comes_before_what_ends():
    given = [Interval(0, 5, READ), Interval(5, 9, READ), Interval(6, NEVER, READ, False)]
    assert events(given) == [
        Event(0, False, 0),
        Event(5, False, 1),
        Event(5, True, 0),
        Event(6, False, 2),
        Event(9, True, 1),
    ]


def test_the_peak_counts_required_operations_only_and_is_where_it_was_reached_first():
    given = [Interval(0, 5, READ), Interval(5, 9, READ), Interval(1, NEVER, READ, False), Interval(20, 22, READ)]
    assert peak(given) == (2, 5)
    assert peak([]) == (0, 0)
