from math import comb, log10

import pytest

from model.abstract.register import REGISTER, register_instance
from model.explorer.abstract import AbstractSystem
from model.explorer.estimate import estimate


def test_what_is_searched_to_its_end_is_known_exactly(philosophers):
    system = philosophers(5)
    found = estimate(system)
    assert found.exact
    assert found.states == found.least == system.closed_form()


@pytest.mark.parametrize(
    ("clients", "states"),
    [
        ({"a": ("put",), "b": ("get",)}, 6_318),
        ({"a": ("put",), "b": ("get",), "c": ("get",)}, 968_088),
        ({"a": ("put", "get"), "b": ("put", "get")}, 2_001_383),
    ],
)
def test_where_runs_end_the_estimate_is_good_to_an_order_of_magnitude(clients, states):
    found = estimate(AbstractSystem(REGISTER, register_instance(clients)), runs=60)
    assert not found.exact
    assert found.ends
    assert states / 10 < found.states < states * 10
    assert found.least <= states


def test_a_grid_has_as_many_runs_as_the_binomial_coefficient_says(grid):
    found = estimate(grid(40), states=100, runs=500)
    assert found.runs == pytest.approx(log10(comb(80, 40)), abs=1.0)
    assert found.depth == 80


def test_an_estimate_is_the_same_twice(grid):
    assert estimate(grid(60), states=100) == estimate(grid(60), states=100)
    assert estimate(grid(60), states=100).runs != estimate(grid(60), states=100, seed=2).runs


def test_runs_that_do_not_end_are_said(graph):
    size = 90
    torus = [
        [("right", at // size * size + (at + 1) % size), ("up", (at + size) % (size * size))]
        for at in range(size * size)
    ]
    found = estimate(graph(torus), states=500, runs=3)
    assert not found.ends
    assert not found.exact
    assert found.states > 500
