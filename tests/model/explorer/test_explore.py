import pytest

from model.explorer.explore import explore
from model.explorer.outcome import Bounds
from model.explorer.properties import Always, Eventually, Reachable

ORDERS = ("breadth", "depth")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("count", [3, 5, 7])
def test_the_philosophers_have_as_many_states_as_the_formula_says(philosophers, count, order):
    system = philosophers(count)
    found = explore(system, order=order)
    assert found.states == system.closed_form()
    assert found.complete
    assert found.holds


def test_philosophers_who_all_take_the_left_fork_first_starve_and_polite_ones_do_not(philosophers):
    def stuck(system):
        return Always("goes on", lambda state: None if list(system.steps(state)) else "nobody can do anything")

    rude, polite = philosophers(4), philosophers(4, polite=True)
    (found,) = explore(rude, [stuck(rude)]).counterexamples
    assert [step.label.who for step in found.steps] == [0, 1, 2, 3]
    assert {step.label.action for step in found.steps} == {"take"}
    assert found.last == "llll"
    assert explore(polite, [stuck(polite)]).holds


@pytest.mark.parametrize("order", ORDERS)
def test_peterson_keeps_two_out_of_the_critical_section_and_a_hasty_one_does_not(peterson, order):
    apart = Always("apart", lambda state: "both are in" if state.at == ("in", "in") else None)
    assert explore(peterson(), [apart], order=order).holds
    assert explore(peterson(hasty=True), [apart], order=order).holds is False


def test_who_asks_under_peterson_comes_in_and_who_never_asks_does_not(peterson):
    served = Eventually("served", lambda state: state.at[0] not in ("yield", "wait"))
    enters = Eventually("enters", lambda state: state.at[0] == "in")
    (found,) = explore(peterson(), [served, enters]).counterexamples
    assert found.name == "enters"
    assert all(step.label.endswith("1") and step.state.at[0] == "idle" for step in found.cycle)
    assert found.cycle[-1].state == found.last

    eager = peterson()
    eager.fairness = lambda label: label
    assert explore(eager, [enters]).holds


@pytest.mark.parametrize("order", ORDERS)
def test_every_reachable_state_is_visited_and_no_other(random_graphs, order):
    for system in random_graphs:
        seen: list[int] = []
        visits = Always("seen", seen.append)
        found = explore(system, [visits], order=order)
        assert sorted(seen) == sorted(system.reached())
        assert found.states == len(seen)
        assert found.transitions == sum(len(system.after[state]) for state in seen)


def test_breadth_first_the_counterexample_is_as_short_as_any(random_graphs, away):
    for system in random_graphs:
        distances = system.reached()
        for target, distance in distances.items():
            (found,) = explore(system, [away(target)]).counterexamples
            assert len(found.steps) == distance
            assert found.last == target


def test_a_counterexample_is_a_run_of_the_system(random_graphs, away):
    for order in ORDERS:
        for system in random_graphs:
            target = max(system.reached())
            (found,) = explore(system, [away(target)], order=order).counterexamples
            state = found.first
            for label, after in found.steps:
                assert (label, after) in system.after[state]
                state = after


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_reachable_has_a_witness_and_what_is_not_is_named(grid, order):
    asked = [Reachable("corner", lambda s: s == (3, 3)), Reachable("outside", lambda s: s == (4, 0))]
    found = explore(grid(3), asked, order=order)
    assert [(one.name, len(one.steps)) for one in found.witnesses] == [("corner", 6)]
    assert found.unreached == ("outside",)
    assert found.holds is False


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (Bounds(states=50), "states: "),
        (Bounds(depth=5), "depth 5"),
        (Bounds(memory_bytes=1), "bytes of memory"),
        (Bounds(seconds=3.0, clock=iter(range(10**6)).__next__), "3 s"),
    ],
)
def test_a_bound_makes_the_answer_unknown_and_says_what_it_excluded(grid, order, bounds, told):
    found = explore(grid(200), [Always("true", lambda _: None)], bounds, order=order)
    assert found.holds is None
    assert not found.complete
    assert told in found.excluded[0]
    assert found.states < 201**2


def test_a_depth_that_is_never_passed_excludes_nothing(grid):
    assert explore(grid(3), bounds=Bounds(depth=6)).complete
    assert not explore(grid(3), bounds=Bounds(depth=5)).complete


def test_a_violation_inside_the_bounds_is_a_violation(grid):
    broken = Always("low", lambda state: "high" if state[1] == 2 else None)
    assert explore(grid(50), [broken], Bounds(depth=3)).holds is False


def test_without_stopping_every_broken_property_has_its_counterexample(grid, away):
    found = explore(grid(3), [away((1, 0)), away((3, 2))], stop=False)
    assert [len(one.steps) for one in found.counterexamples] == [1, 5]
    assert found.complete
    assert found.states == 16


def test_coverage_counts_the_transitions_of_each_kind(philosophers, grid):
    found = explore(grid(3))
    assert found.coverage == {"right": 12, "up": 12}
    assert set(explore(philosophers(3)).coverage) == {"take", "eat", "think"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sleep": True}, "depth-first"),
        ({"order": "depth", "properties": [Eventually("e", bool)]}, "breadth first"),
        ({"order": "depth", "spool": list}, "spool"),
        ({"properties": [Always("same", lambda _: None), Reachable("same", bool)]}, "'same'"),
    ],
)
def test_what_does_not_go_together_is_refused(grid, given, told):
    with pytest.raises(ValueError, match=told):
        explore(grid(2), **given)
