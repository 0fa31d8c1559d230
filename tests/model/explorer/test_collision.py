from random import Random

import pytest

from model.explorer.collision import chance_of_a_miss
from model.explorer.explore import explore


def test_the_bound_is_the_birthday_bound():
    assert chance_of_a_miss(0) == chance_of_a_miss(1) == 0
    assert chance_of_a_miss(10**6) == pytest.approx(2.7e-8, rel=0.01)
    assert chance_of_a_miss(10**6, exact=True) == 0
    assert chance_of_a_miss(2**40) == 1


def test_draws_of_few_bits_collide_no_more_often_than_the_bound_says():
    chance, trials, states, bits = Random(5), 2000, 40, 12
    met = sum(len({chance.getrandbits(bits) for _ in range(states)}) < states for _ in range(trials))
    bound = chance_of_a_miss(states, bits=bits)
    assert 0.7 * bound < met / trials < 1.15 * bound


def test_a_collision_hides_states_but_never_makes_a_false_counterexample(grid, away):
    system = grid(3)
    apart = system.fingerprint
    system.fingerprint = lambda state: 77 if state in ((1, 1), (0, 2)) else apart(state)
    assert explore(system).states == 14  # (0, 3) is behind the one that was missed, and only there
    for goal in ((3, 3), (2, 2), (1, 3)):
        (found,) = explore(system, [away(goal)]).counterexamples
        state = found.first
        for label, after in found.steps:
            assert (label, after) in list(system.steps(state))
            state = after
        assert state == goal


def test_an_exploration_says_its_chance(grid):
    found = explore(grid(9))
    assert found.missed == chance_of_a_miss(100)
