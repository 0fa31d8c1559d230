"""The oracle itself, on histories whose verdict is plain to see."""

import pytest

from checkers.linearizability.exhaustive import linearizable
from checkers.linearizability.operations import NEVER, Interval
from model.specifications.register import Register
from model.specifications.specification import Call


def write(start, end, value, required=True):
    return Interval(start, end if required else NEVER, Call("write", value), required)


def read(start, end, value):
    return Interval(start, end, Call("read", None, value))


@pytest.mark.parametrize(
    ("operations", "verdict"),
    [
        ([], True),
        ([write(0, 1, 1), read(2, 3, 1)], True),
        ([write(0, 1, 1), read(2, 3, 0)], False),
        ([write(0, 2, 1), read(2, 3, 0)], True),  # they touch
        ([write(0, 9, 1), read(1, 2, 1), read(3, 4, 0)], False),  # new, then old
        ([write(0, 0, 1, False), read(1, 2, 0), read(3, 4, 1)], True),  # took effect late
        ([write(0, 0, 1, False), read(1, 2, 0)], True),  # never took effect
        ([write(0, 0, 1, False), read(1, 2, 1), read(3, 4, 0)], False),
    ],
)
def test_the_oracle_says_what_is_plain_to_see(operations, verdict):
    assert linearizable(Register(0), operations) is verdict
