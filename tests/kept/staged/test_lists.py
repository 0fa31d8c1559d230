"""kept.staged.lists: lists that differ, made by nodes that leave."""

import pytest

from kept.staged.counterparts import stage
from kept.staged.scene import Scene


@pytest.mark.parametrize(
    ("n", "r", "w", "d"), [(1, 1, 1, 1), (2, 1, 2, 1), (2, 2, 1, 1), (3, 2, 2, 1), (3, 2, 3, 2), (3, 3, 3, 3)]
)
def test_a_get_on_the_new_list_misses_a_put_on_the_old(n: int, r: int, w: int, d: int) -> None:
    shared = tuple(f"n{at + 1}" for at in range(n - d))
    old = (*(f"o{at + 1}" for at in range(d)), *shared)
    new = (*(f"p{at + 1}" for at in range(d)), *reversed(shared))
    sets = {"old": old, "new": new, "write": old[:w], "read": new[:r]}
    staged = stage(Scene("lists-differ", {"N": n, "R": r, "W": w, "d": d}, sets))
    assert staged.direction.config.bug == ("flip-before-transfer" if d == 1 else "batch-flip")
    before, after = ({staged.roles[name] for name in names} for names in (old, new))
    assert len(before - after) == len(after - before) == d
    assert "fresh-reads" in staged.direction.run().violated


@pytest.mark.parametrize(("n", "r", "w", "p"), [(1, 1, 1, 1), (3, 2, 2, 1), (3, 1, 3, 1), (3, 3, 1, 1), (3, 3, 2, 2)])
def test_acknowledgements_of_both_lists_together_are_not_enough(n: int, r: int, w: int, p: int) -> None:
    staged = stage(Scene("pending-union", {"N": n, "R": r, "W": w, "p": p}, {}))
    assert staged.direction.config.bug == ("union-quorum" if p == 1 else "batch-union")
    assert "fresh-reads" in staged.direction.run().violated


@pytest.mark.parametrize(("n", "w", "a", "p"), [(3, 2, 2, 1), (3, 2, 3, 2)])
def test_fewer_than_w_and_p_together_may_be_fewer_than_w_of_one_list(n: int, w: int, a: int, p: int) -> None:
    staged = stage(Scene("pending-implied", {"N": n, "W": w, "A": a, "p": p}, {}))
    assert (staged.direction.config.r, staged.direction.config.w) == (n - w + 1, a)
    assert "fresh-reads" in staged.direction.run().violated


@pytest.mark.parametrize(("lemma", "symbol"), [("lists-differ", "d"), ("pending-union", "p")])
def test_lists_that_do_not_differ_are_one_list(lemma: str, symbol: str) -> None:
    sets = {"write": ("n1",), "read": ("n3",)}
    staged = stage(Scene(lemma, {"N": 3, "R": 1, "W": 1, symbol: 0}, sets))
    assert staged.direction.config.bug == ""
    assert "fresh-reads" in staged.direction.run().violated
