"""The ladder's own order, and that every implication that it claims is true of the definitions."""

import pytest

from checkers.ladder.exhaustive import DEFINITIONS
from checkers.ladder.levels import LEVELS, UnknownLevel, chosen, stronger, weaker


@pytest.mark.parametrize("unique", [True, False])
def test_what_a_level_implies_holds_wherever_it_holds(given, oracle, unique):
    for name in DEFINITIONS:
        for other in weaker(name):
            if other in DEFINITIONS:
                pairs = zip(oracle(name, unique), oracle(other, unique), strict=True)
                assert not any(strong and not weak for strong, weak in pairs), (name, other)


def test_levels_that_do_not_imply_each_other_are_told_apart(oracle):
    for name in ("sequential", "causal-memory", "pram", "read-your-writes", "monotonic-reads"):
        for other in ("regular", "sequential", "read-your-writes", "monotonic-reads"):
            if other != name and other not in weaker(name):
                pairs = list(zip(oracle(name, True), oracle(other, True), strict=True))
                assert any(held and not weak for held, weak in pairs), (name, other)


def test_stronger_is_weaker_the_other_way_round():
    for name in LEVELS:
        assert all(name in weaker(other) for other in stronger(name))


def test_levels_are_chosen_in_the_order_of_the_ladder():
    assert chosen(["pram", "linearizable"]) == ("linearizable", "pram")
    assert chosen(None) == tuple(LEVELS)


def test_an_unknown_level_names_the_nearest():
    with pytest.raises(UnknownLevel, match="did you mean sequential"):
        chosen(["sequentail"])
