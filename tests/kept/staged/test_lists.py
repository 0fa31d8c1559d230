"""kept.staged.lists: lists that differ in one member, made by a node that leaves."""

import pytest

from kept.staged.counterparts import stage
from kept.staged.scene import NotStaged, Scene


@pytest.mark.parametrize(("n", "r", "w", "d"), [(1, 1, 1, 1), (2, 1, 2, 1), (2, 2, 1, 1), (3, 2, 2, 1), (3, 2, 2, 2)])
def test_a_get_on_the_new_list_misses_a_put_on_the_old(n: int, r: int, w: int, d: int) -> None:
    shared = tuple(f"n{at + 1}" for at in range(n - 1))
    old, new = ("o1", *shared), ("p1", *reversed(shared))
    sets = {"old": old, "new": new, "write": old[:w], "read": new[:r]}
    staged = stage(Scene("lists-differ", {"N": n, "R": r, "W": w, "d": d}, sets))
    assert staged.direction.config.bug == "flip-before-transfer"
    assert "fresh-reads" in staged.direction.run().violated


@pytest.mark.parametrize(("n", "r", "w"), [(1, 1, 1), (3, 2, 2), (3, 1, 3), (3, 3, 1)])
def test_acknowledgements_of_both_lists_together_are_not_enough(n: int, r: int, w: int) -> None:
    staged = stage(Scene("pending-union", {"N": n, "R": r, "W": w, "p": 1}, {}))
    assert staged.direction.config.bug == "union-quorum"
    assert "fresh-reads" in staged.direction.run().violated


def test_what_takes_lists_that_differ_in_two_members_is_not_staged() -> None:
    for lemma, symbol in (("lists-differ", "d"), ("pending-union", "p")):
        with pytest.raises(NotStaged, match="one member at a time"):
            stage(Scene(lemma, {"N": 3, "R": 3, "W": 2, symbol: 2}, {}))
