"""The oracle counts what it should count."""

from checkers.ladder.exhaustive import accesses, orders, satisfies, sessions
from histories.columns import NIL


def test_it_goes_through_every_partial_order_once():
    # the number of partial orders of 0 to 4 labelled things: OEIS A001035
    assert [len(orders((0,) * count)) for count in range(5)] == [1, 1, 3, 19, 219]
    assert all(len(set(orders((0,) * count))) == len(orders((0,) * count)) for count in range(5))


def test_it_goes_only_through_orders_that_keep_what_is_given():
    assert len(orders((0, 1, 3))) == 1
    assert len(orders((0, 1, 0))) == 6


def test_a_pending_write_comes_after_its_session_and_before_nothing(history):
    assert sessions(accesses(history("a: w x 1, w? x 2, r x 1"))) == (0, 1, 1)


def test_a_pending_write_may_be_left_out_or_not(history):
    assert satisfies("sequential", history("a: w? x 1", "b: r x nil"), NIL)
    assert satisfies("sequential", history("a: w? x 1", "b: r x 1"), NIL)
