"""The reference algorithm agrees with the oracle and gives an order that can be checked."""

import pytest

from benchmarks.random_histories import MODELS
from checkers.linearizability.classical import Exhausted, linearize
from checkers.linearizability.operations import Interval
from model.specifications.register import Register
from model.specifications.specification import REFUSED, Call


@pytest.mark.parametrize("name", MODELS)
def test_it_agrees_with_the_oracle_and_its_order_explains_the_history(judged, name):
    specification, given, oracle = judged(name)
    for one, right in zip(given, oracle, strict=True):
        found = linearize(specification, one)
        assert (found is not None) == right
        if found is not None:
            _explains(specification, one, found)


def _explains(specification, operations, order):
    state = specification.init
    for at in order:
        state = specification.step(state, operations[at].call)
        assert state is not REFUSED
    assert all(at in order for at, op in enumerate(operations) if op.required)
    for place, at in enumerate(order):
        assert not any(operations[later].end < operations[at].start for later in order[place:])


def test_it_stops_at_its_bound():
    given = [Interval(0, 100, Call("write", value)) for value in range(12)] + [
        Interval(101, 102, Call("read", None, 99))
    ]
    assert linearize(Register(0), given, most=500) == Exhausted(500)
