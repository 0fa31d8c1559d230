"""checkers.proofs.repair: repairs are proved, and no smaller ones exist."""

from itertools import product

import pytest

from checkers.proofs.repair import repairs
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import holds

STRICT = LEMMAS["reads-meet-writes"]


@pytest.mark.parametrize(
    ("n", "r", "w", "expected"),
    [
        (3, 1, 1, ["R=3", "W=3"]),
        (3, 1, 2, ["R=2", "W=3"]),
        (3, 2, 1, ["R=3", "W=2"]),
        (5, 1, 1, ["R=5", "W=5"]),
    ],
)
def test_the_smallest_repair_of_a_strict_quorum(n: int, r: int, w: int, expected: list[str]) -> None:
    assert [str(one) for one in repairs(STRICT, {"N": n, "R": r, "W": w}, ("R", "W"), Solvers())] == expected


def test_no_smaller_change_repairs_it() -> None:
    for n, r, w in product(range(1, 6), repeat=3):
        values = {"N": n, "R": r, "W": w}
        if r > n or w > n or r + w > n:
            continue
        found = repairs(STRICT, values, ("R", "W"), Solvers())
        steps = {sum(value - values[symbol] for symbol, value in one.changes) for one in found}
        least = min(a + b for a, b in product(range(n), repeat=2) if r + a <= n and w + b <= n and r + a + w + b > n)
        assert steps == {least}


def test_a_repair_that_needs_two_changes_names_both() -> None:
    lemma = LEMMAS["lists-differ"]
    (found,) = repairs(lemma, {"N": 3, "R": 2, "W": 2, "d": 2}, ("R", "W"), Solvers())
    assert str(found) == "R=3 and W=3"
    assert holds(lemma.condition, {"N": 3, "R": 3, "W": 3, "d": 2})


def test_where_no_change_of_the_knobs_helps_there_is_no_repair() -> None:
    assert repairs(LEMMAS["survives-disks"], {"N": 3, "W": 1, "f": 3}, ("W",), Solvers()) == ()
    assert repairs(STRICT, {"N": 3, "R": 1, "W": 1}, (), Solvers()) == ()
