"""Liveness against brute force: every set of states that could be a cycle, on small random graphs."""

from functools import partial
from itertools import combinations

import pytest

from model.explorer.breadth import Here, Search
from model.explorer.explore import UNBOUNDED, explore
from model.explorer.fairness import components
from model.explorer.part import Part
from model.explorer.properties import Eventually
from model.explorer.replaying import replay


def goal_of(system, seed):
    return {state for state in system.reached() if (state * 2654435761 + seed * 40503) % 10 < 3}


def moving(system, state):
    return [(label, after) for label, after in system.after[state] if after != state]


def together(system, states):
    """Whether each of the states reaches each other one inside."""
    for start in states:
        found, waiting = {start}, [start]
        while waiting:
            for _, after in moving(system, waiting.pop()):
                if after in states and after not in found:
                    found.add(after)
                    waiting.append(after)
        if found != set(states):
            return False
    return True


def fair(system, states):
    """Whether a cycle through all of these is fair: each class is taken, or is impossible somewhere."""
    for duty in ("A", "B"):
        steps = [[(system.fairness(label), after) for label, after in moving(system, state)] for state in states]
        taken = any(own == duty and after in states for of_state in steps for own, after in of_state)
        if not taken and all(any(own == duty for own, _ in of_state) for of_state in steps):
            return False
    return True


def broken(system, goal):
    """Naively: some reachable state outside the goal has no steps, or is on a fair cycle outside it."""
    outside = [state for state in system.reached() if state not in goal]
    if any(not moving(system, state) for state in outside):
        return True
    cycles = (set(chosen) for size in range(2, len(outside) + 1) for chosen in combinations(outside, size))
    return any(together(system, states) and fair(system, states) for states in cycles)


def test_eventually_is_broken_exactly_where_brute_force_finds_an_end_or_a_fair_cycle(random_graphs):
    answers = []
    for seed, system in enumerate(random_graphs):
        goal = goal_of(system, seed)
        found = explore(system, [Eventually("goal", goal.__contains__)])
        answers.append(bool(found.counterexamples))
        assert answers[-1] == broken(system, goal)
    assert 40 < sum(answers) < 190


def test_a_lasso_is_a_run_that_stays_outside_the_goal_and_is_fair(random_graphs):
    cycles = 0
    for seed, system in enumerate(random_graphs):
        goal = goal_of(system, seed)
        for found in explore(system, [Eventually("goal", goal.__contains__)]).counterexamples:
            state = found.first
            for label, after in (*found.steps, *found.cycle):
                assert (label, after) in system.after[state]
                state = after
            assert state == found.last
            assert found.last not in goal
            if not found.cycle:
                assert not moving(system, found.last)
                continue
            cycles += 1
            visited = {step.state for step in found.cycle}
            assert not visited & goal
            for duty in ("A", "B"):
                taken = any(system.fairness(step.label) == duty for step in found.cycle)
                steps = ([system.fairness(label) for label, _ in moving(system, state)] for state in visited)
                assert taken or any(duty not in classes for classes in steps)
    assert cycles > 20


@pytest.mark.parametrize("parts", [2, 3])
def test_liveness_is_the_same_over_several_parts(random_graphs, parts):
    for seed, system in enumerate(random_graphs[:80]):
        goal = goal_of(system, seed)
        asked = [Eventually("goal", goal.__contains__)]
        crew = Here([Part(system, asked, number, parts) for number in range(parts)])
        found = Search(asked, UNBOUNDED, crew, system, partial(replay, system)).run()
        assert bool(found.counterexamples) == broken(system, goal)


def test_an_unfair_cycle_is_excused_and_a_fair_one_is_not(graph):
    turning = [[("c", 1), ("a", 2)], [("c", 0), ("a", 2)], []]
    asked = [Eventually("end", lambda state: state == 2)]
    assert explore(graph(turning, {"a": "A"}), asked).holds
    (found,) = explore(graph(turning), asked).counterexamples
    assert [step.label for step in found.cycle] == ["c", "c"]


def test_standing_still_is_no_cycle_but_may_be_the_end(graph):
    asked = [Eventually("end", lambda state: state == 1)]
    assert explore(graph([[("stay", 0), ("go", 1)], [("stay", 1)]]), asked).holds
    (found,) = explore(graph([[("stay", 0)]]), asked).counterexamples
    assert found.cycle == ()


def test_where_the_search_was_cut_off_unexpanded_states_are_no_ends(graph):
    from model.explorer.outcome import Bounds

    line = graph([[("go", at + 1)] for at in range(9)] + [[]])
    found = explore(line, [Eventually("end", lambda state: state == 9)], Bounds(depth=4))
    assert found.holds is None


def test_components_are_those_of_a_library(random_graphs):
    import networkx

    for system in random_graphs:
        after = {state: [target for _, target in steps] for state, steps in enumerate(system.after)}
        known = networkx.strongly_connected_components(networkx.DiGraph(after))
        assert {frozenset(one) for one in components(after, list(after))} == {frozenset(one) for one in known}


def test_a_long_chain_of_states_needs_no_recursion():
    size = 50_000
    after = {state: [(state + 1) % size] for state in range(size)}
    assert [len(one) for one in components(after, list(after))] == [size]
