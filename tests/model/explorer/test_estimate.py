import pytest

from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import AbstractSystem
from model.explorer.estimate import estimated_states, longest_run
from model.explorer.explore import explore
from model.explorer.outcome import Bounds

FIRST_SCOPE = (1, 5, 16, 43, 103, 235, 514, 1114, 2350, 4886, 9551, 17521, 30588, 47469, 61250, 65128, 64588, 63878)
REST = (50550, 26862, 8418, 1140)
"""The levels of 3 real nodes, 2 clients with 2 operations each and one crash (docs/explore-real.md)."""


def test_what_is_complete_is_counted():
    assert estimated_states((1, 2, 3, 2), longest=3) == 8
    assert estimated_states((1, 2), longest=40) == 3


def test_an_estimate_of_the_first_scope_is_of_the_right_order_from_the_eleventh_level_on():
    levels = FIRST_SCOPE + REST
    for known in range(11, len(levels)):
        assert 1 / 10 < estimated_states(levels[:known], longest=18) / sum(levels) < 10


@pytest.mark.parametrize(
    ("clients", "states"),
    [
        ({"a": ("put",), "b": ("get",)}, 6_318),
        ({"a": ("put",), "b": ("get",), "c": ("get",)}, 968_088),
        ({"a": ("put", "get"), "b": ("put", "get")}, 2_001_383),
    ],
)
def test_where_runs_end_the_estimate_is_good_to_an_order_of_magnitude(clients, states):
    system = AbstractSystem(REGISTER, register_instance(clients))
    seen = explore(system, (), Bounds(states=5_000)).levels[:-1]
    assert states / 10 < estimated_states(seen, longest_run(system)) < states * 10


def test_the_longest_run_of_a_grid_is_its_way_round_two_sides(grid):
    assert longest_run(grid(40)) == 80


def test_runs_are_the_same_twice_and_others_with_another_seed(grid, monkeypatch):
    seen: list[object] = []
    fingerprint = grid.fingerprint

    def noted(self, state):
        seen.append(state)
        return fingerprint(self, state)

    monkeypatch.setattr(grid, "fingerprint", noted)
    runs = []
    for seed in (1, 1, 2):
        seen.clear()
        longest_run(grid(9), runs=3, seed=seed)
        runs.append(list(seen))
    assert runs[0]
    assert runs[0] == runs[1] != runs[2]


def test_runs_that_do_not_end_are_said_and_guessed(graph):
    size = 60
    torus = [
        [("right", at // size * size + (at + 1) % size), ("up", (at + size) % (size * size))]
        for at in range(size * size)
    ]
    system = graph(torus)
    assert longest_run(system, runs=2) is None
    assert estimated_states(explore(system, (), Bounds(states=500)).levels[:-1], None) > 500
