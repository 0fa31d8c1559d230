"""Delta-atomicity: the smallest delta is the smallest one with which the history is linearizable."""

import numpy as np
import pytest

from checkers.ladder.delta import delta_atomic, smallest_delta
from checkers.ladder.telling import Pattern
from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import READ


def shifted(history, delta):
    """The history whose reads begin `delta` earlier."""
    found = history.take(slice(None))
    object.__setattr__(found, "start", np.where(history.f == READ, history.start - delta, history.start))
    return found


def smallest_by_trying(history):
    for delta in range(80):
        if isinstance(check(shifted(history, delta), "kv", None, explain=False), Valid):
            return delta
    return None


def test_it_is_the_first_delta_with_which_the_shifted_history_is_linearizable(given):
    found = set()
    for one in given(True)[:800]:
        delta = smallest_delta(one)
        assert (None if isinstance(delta, Pattern) else delta) == smallest_by_trying(one)
        found.add(delta if isinstance(delta, int) else None)
    assert len(found) > 5
    assert None in found


@pytest.mark.parametrize("spread", [10**6, 10**15])
def test_it_is_in_the_unit_of_the_file(given, spread):
    for one in given(True)[:200]:
        wide = one.take(slice(None))
        object.__setattr__(wide, "start", one.start * spread)
        object.__setattr__(wide, "end", np.where(one.status == 2, one.end, (one.end % (1 << 40)) * spread))
        small, large = smallest_delta(one), smallest_delta(wide)
        if isinstance(small, int):
            assert large == max(0, small) * spread


def test_repeated_values_are_unknown_and_a_value_from_nowhere_is_invalid(history):
    assert isinstance(delta_atomic(history("a: w x 1, w x 1, r x 1")), Unknown)
    assert isinstance(delta_atomic(history("a: w x 1, r x 7")), Invalid)
