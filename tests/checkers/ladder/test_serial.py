"""One client's order: each way in which it may fail to exist."""

import pytest

from checkers.ladder.accesses import readings
from checkers.ladder.clocks import causes
from checkers.ladder.serial import unserial

BROKEN = {
    "a value that comes back": (("a: w x 1", "b: w x 2", "c: r x 1, r x 2, r x 1"), 2, True),
    "the initial value that comes back": (("a: w x 1", "b: r x 1, r x nil"), 1, True),
    "a write before the initial value was read": (("a: w x 1, w y 2", "b: r y 2, r x nil"), 1, True),
    "an own write that must come before it does": (
        ("a: w z 1, w x 1, w y 1", "b: w x 2, r z nil, r y 1, r x 2"),
        1,
        True,
    ),
    "deadlines lowered twice": (
        ("a: w x 1, w y 1", "b: w y 2, w x 2", "c: r x 1, r y 1, r y 2, r x 2, r x 1"),
        2,
        True,
    ),
    "a cause of a cause": (("a: w x 1", "b: r x 1, w y 2", "c: r y 2, r x nil"), 2, False),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_client_without_an_order_is_found(history, name):
    clients, session, pipelined = BROKEN[name]
    one = history(*clients)
    accesses = next(readings(one).some(1))
    found = causes(one, accesses)
    assert unserial(accesses, found, len(one.keys), causal=True) == session
    assert unserial(accesses, found, len(one.keys), causal=False) == (session if pipelined else None)


def test_clients_may_disagree_about_the_order(history):
    one = history("a: w x 1", "b: w x 2", "c: r x 1, r x 2", "d: r x 2, r x 1")
    accesses = next(readings(one).some(1))
    assert unserial(accesses, causes(one, accesses), 1, causal=True) is None
