"""A broken history is broken: brute force finds no order for it, and without the added operations it finds one."""

import pytest

from histories.generate import Shape
from histories.mutate import WAYS, broken
from tests.histories.test_generate import brute_force


@pytest.mark.parametrize("way", WAYS)
def test_no_order_explains_a_broken_history(way: str) -> None:
    for seed in range(40):
        known = broken(seed, way, Shape(operations=4, keys=1 + seed % 2, info=0.1))
        assert not known.linearizable
        assert known.reason
        assert not brute_force(list(known.columns.rows()), {}), seed


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_history_can_be_broken_too(way: str) -> None:
    assert not brute_force(list(broken(1, way, Shape(operations=0)).columns.rows()), {})


def test_only_registers_with_unique_values_are_spoiled() -> None:
    with pytest.raises(AssertionError):
        broken(1, "lost-write", Shape(model="counter"))
    with pytest.raises(AssertionError):
        broken(1, "lost-write", Shape(values=3))
