"""checkers.proofs.odds: the chance of a miss, as published and as counted."""

from fractions import Fraction
from itertools import combinations

import pytest

from checkers.proofs.odds import miss


@pytest.mark.parametrize(
    ("n", "r", "w", "odds"),
    [(3, 1, 1, Fraction(2, 3)), (3, 1, 2, Fraction(1, 3)), (3, 2, 1, Fraction(1, 3)), (3, 2, 2, Fraction(0))],
)
def test_the_odds_that_bailis_and_others_print_for_three_replicas(n: int, r: int, w: int, odds: Fraction) -> None:
    assert miss(n, r, w) == odds


def test_the_odds_are_the_share_of_disjoint_sets() -> None:
    for n in range(1, 6):
        for r in range(1, n + 1):
            for w in range(1, n + 1):
                reads = list(combinations(range(n), r))
                missing = sum(not set(read) & set(range(w)) for read in reads)
                assert miss(n, r, w) == Fraction(missing, len(reads))


def test_what_is_no_configuration_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        miss(3, 4, 1)
