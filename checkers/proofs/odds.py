"""How likely a read misses: Bailis et al., Probabilistically Bounded Staleness (VLDB 2012), section 3.1."""

from fractions import Fraction
from math import comb


def miss(n: int, r: int, w: int) -> Fraction:
    """C(N-W, R) / C(N, R): the chance that R of N replicas, drawn at random, avoid the W that acknowledged."""
    assert 1 <= r <= n, "R replicas of N"
    assert 1 <= w <= n, "W replicas of N"
    return Fraction(comb(n - w, r), comb(n, r))
