"""The frontier search agrees with the oracle on every model, says where it is stuck, and keeps its bounds."""

import pytest

from benchmarks.random_histories import MODELS
from checkers.linearizability import frontier
from checkers.linearizability.frontier import Fits, GaveUp, Stuck, search
from checkers.linearizability.operations import NEVER, Interval
from model.specifications.register import Register
from model.specifications.specification import Call


@pytest.mark.parametrize("name", MODELS)
def test_it_agrees_with_the_oracle(judged, name):
    specification, given, oracle = judged(name)
    assert [isinstance(search(specification, one), Fits) for one in given] == oracle


@pytest.mark.parametrize("name", ["cas-register", "kv-append", "counter"])
def test_a_specification_without_hints_gives_the_same_answers(judged, name):
    specification, given, oracle = judged(name)

    class Bare:
        init = specification.init
        step = staticmethod(specification.step)
        describe = staticmethod(specification.describe)

    assert [isinstance(search(Bare(), one), Fits) for one in given[:500]] == oracle[:500]


def test_a_first_pass_too_narrow_to_decide_is_followed_by_a_complete_one(judged, monkeypatch):
    monkeypatch.setattr(frontier, "NARROW", 1)
    specification, given, oracle = judged("cas-register")
    assert [isinstance(search(specification, one), Fits) for one in given] == oracle


def test_it_is_stuck_at_the_first_end_that_nothing_explains():
    given = [
        Interval(0, 1, Call("write", 1)),
        Interval(2, 3, Call("read", None, 1)),
        Interval(4, 5, Call("read", None, 7)),
        Interval(6, 7, Call("read", None, 8)),
    ]
    found = search(Register(0), given)
    assert isinstance(found, Stuck)
    assert found.operation == 2
    assert found.calm == 3


def test_it_gives_up_at_the_budget_and_at_the_bound_on_configurations():
    given = [Interval(0, 100, Call("cas", (value % 7, value % 5))) for value in range(20)]
    given += [Interval(101, 102, Call("read", None, 3))]
    assert search(Register(0), given, budget=200) == GaveUp(0, "the budget of steps", 20)
    few = search(Register(0), given, most=5)
    assert isinstance(few, GaveUp)
    assert few.reached == "the bound on configurations"


def test_a_pending_write_explains_reads_at_any_time_but_only_one_change():
    pending = Interval(0, NEVER, Call("write", 1), False)
    reads = [Interval(10, 11, Call("read", None, 0)), Interval(20, 21, Call("read", None, 1))]
    assert isinstance(search(Register(0), [pending, *reads]), Fits)
    back = [*reads, Interval(30, 31, Call("write", 0)), Interval(40, 41, Call("read", None, 1))]
    assert isinstance(search(Register(0), [pending, *back]), Stuck)


def test_initial_states_other_than_the_specification_s_can_be_given():
    given = [Interval(0, 1, Call("read", None, 5))]
    assert isinstance(search(Register(0), given), Stuck)
    assert isinstance(search(Register(0), given, initial=[0, 5]), Fits)


def test_thousands_of_operations_of_few_clients_take_few_configurations():
    given = []
    for at in range(3_000):
        value = at // 3 % 4
        given.append(
            Interval(10 * at, 10 * at + 15, Call("write", value) if at % 3 == 0 else Call("read", None, value))
        )
    found = search(Register(0), given)
    assert isinstance(found, Fits)
    assert found.widest < 20
