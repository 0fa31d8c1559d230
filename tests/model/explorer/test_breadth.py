from functools import partial

import pytest

from model.explorer.breadth import Here, Search
from model.explorer.explore import UNBOUNDED, explore
from model.explorer.outcome import Bounds
from model.explorer.part import Part
from model.explorer.properties import Always, Reachable
from model.explorer.replaying import replay


def search(system, asked=(), parts=1, bounds=UNBOUNDED):
    crew = Here([Part(system, asked, number, parts) for number in range(parts)])
    return Search(asked, bounds, crew, system, partial(replay, system))


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_several_parts_visit_what_one_visits(philosophers, random_graphs, parts):
    for system in (philosophers(6), *random_graphs[:40]):
        one, several = explore(system), search(system, parts=parts).run()
        assert (one.states, one.transitions, one.levels) == (several.states, several.transitions, several.levels)
        assert one.coverage == several.coverage


@pytest.mark.parametrize("parts", [2, 3])
def test_several_parts_find_a_run_as_short_as_any(philosophers, parts):
    system = philosophers(4)
    asked = [Always("goes on", lambda state: None if any(system.steps(state)) else "stuck")]
    (found,) = search(system, asked, parts).run().counterexamples
    assert len(found.steps) == 4
    state = found.first
    for label, after in found.steps:
        assert (label, after) in list(system.steps(state))
        state = after


def test_several_parts_find_witnesses(philosophers):
    asked = [Reachable("two eat", lambda s: s.count("e") == 2), Reachable("all eat", lambda s: set(s) == {"e"})]
    found = search(philosophers(4), asked, 3).run()
    assert [(one.name, len(one.steps)) for one in found.witnesses] == [("two eat", 4)]
    assert found.unreached == ("all eat",)


@pytest.mark.parametrize("parts", [1, 3])
def test_levels_add_up_to_the_states_also_where_the_search_is_cut_off(grid, parts):
    for bounds in (UNBOUNDED, Bounds(states=30), Bounds(depth=4)):
        found = search(grid(20), parts=parts, bounds=bounds).run()
        assert sum(found.levels) == found.states
        assert len(found.levels) == found.depth + 1


def test_a_state_that_is_sent_twice_is_visited_once(graph):
    diamond = graph([[("a", 1), ("b", 2)], [("a", 3)], [("a", 3)], []])
    found = search(diamond, parts=2).run()
    assert (found.states, found.transitions) == (4, 4)
