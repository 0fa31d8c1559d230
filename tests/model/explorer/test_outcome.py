import pytest

from model.explorer.outcome import Bounds, Counterexample, Outcome, Taken


def outcome(**changes):
    given = {"complete": True, "excluded": (), "counterexamples": (), **changes}
    return Outcome(states=4, transitions=9, depth=2, memory_bytes=100, **given)


def test_what_holds_is_known_only_of_a_complete_exploration():
    assert outcome().holds is True
    assert outcome(complete=False).holds is None
    assert outcome(unreached=("goal",)).holds is False
    assert outcome(complete=False, unreached=("goal",)).holds is None
    broken = Counterexample("name", "reason", 0, ())
    assert outcome(complete=False, counterexamples=(broken,)).holds is False


def test_memory_is_told_by_the_state():
    assert outcome().bytes_per_state == 25


def test_a_counterexample_ends_in_its_last_state_or_where_it_began():
    assert Counterexample("n", "r", "first", ()).last == "first"
    run = Counterexample("n", "r", "first", (Taken("a", "x"), Taken("b", "y")))
    assert (run.last, run.labels) == ("y", ("a", "b"))


def test_a_bound_on_time_needs_a_clock():
    with pytest.raises(ValueError, match="clock"):
        Bounds(seconds=1)
