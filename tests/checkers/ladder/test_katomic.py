"""k-atomicity: the smallest k, by the definition over all orders."""

from itertools import permutations

import pytest

from benchmarks.busy_histories import busy
from checkers.ladder.exhaustive import accesses
from checkers.ladder.katomic import RecentValues, Staleness, k_atomic, smallest_k
from checkers.ladder.telling import Pattern
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import NIL, Row, from_rows
from model.specifications.specification import REFUSED, Call


def smallest_by_trying(history):
    """Over all orders of all subsets of the pending writes; None where no k is enough."""
    worst = []
    for key in range(len(history.keys)):
        mine = [one for one in accesses(history) if one.key == key]
        best = None
        for order in permutations(mine):
            k = needed(order)
            if k is not None and (best is None or k < best):
                best = k
        if best is None:
            return None
        worst.append(best)
    return max(worst, default=1)


def needed(order):
    """The k of one order, in which a pending write that comes last of all did not happen; None against real time."""
    if any(later.end < one.start for at, one in enumerate(order) for later in order[at + 1 :]):
        return None
    wanted = {one.value for one in order if not one.write}
    held, most = [NIL], 1
    for one in order:
        if one.write:
            if not one.pending or one.value in wanted:
                held.insert(0, one.value)
        elif one.value not in held:
            return None
        else:
            most = max(most, held.index(one.value) + 1)
    return most


def test_it_is_the_smallest_k_of_all_orders(given):
    found = set()
    for one in given(True)[:1_000]:
        answer = smallest_k(one)
        k = None if isinstance(answer, Pattern) else answer.low
        assert isinstance(answer, Pattern) or answer.low == answer.high
        assert k == smallest_by_trying(one)
        found.add(k)
    assert {None, 1, 2, 3} <= found


def test_a_read_that_lags_behind_is_told_by_how_much(history):
    assert smallest_k(history("a: w x 1, w x 2, w x 3, w x 4, r x 1")) == Staleness(4, 4)
    assert isinstance(k_atomic(history("a: w x 1, r x 5")), Invalid)


def test_without_budget_the_bounds_are_told(history):
    one = history("a: w x 1, w x 2, w x 1, w x 3, w x 4, r x 1")
    assert isinstance(k_atomic(one), Valid)
    found = k_atomic(one, budget=0)
    assert isinstance(found, Unknown)
    assert "at least 2 and at most 6" in found.reason


def test_linearizable_histories_are_1_atomic():
    assert smallest_k(busy(3_000, 10, 4)) == Staleness(1, 1)


def test_the_register_of_recent_values_forgets_what_is_older():
    register = RecentValues(2, (None,))
    state = register.step(register.step(register.init, Call("write", 1)), Call("write", 2))
    assert register.step(state, Call("read", None, 1)) == state
    assert register.step(state, Call("read", None, None)) is REFUSED
    assert register.step(state, Call("cas", (1, 3))) is REFUSED
    assert register.step(state, Call("cas", (2, 3))) == (3, 2)
    with pytest.raises(ValueError, match="accepted"):
        register.step(state, Call("append", 3))


def test_compare_and_sets_that_exclude_each_other_are_explained_by_no_k():
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(0, "cas", "x", 1, 2, start=10, end=11)]
    assert smallest_k(from_rows(rows)) == Staleness(1, 1)
    found = k_atomic(from_rows([*rows, Row(1, "cas", "x", 1, 3, start=12, end=13)]))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 1, 2)
