"""checkers.staleness.partial_quorums: the closed forms, against every pair of quorums, and the numbers of the paper."""

from itertools import combinations, product

import pytest

from checkers.staleness.partial_quorums import missed, monotonic, within


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_share_of_pairs_that_do_not_meet_is_that_of_all_pairs(n):
    for r, w in product(range(1, n + 1), repeat=2):
        pairs = [set(a).isdisjoint(b) for a in combinations(range(n), r) for b in combinations(range(n), w)]
        assert missed(n, r, w) == pytest.approx(sum(pairs) / len(pairs))
        assert (missed(n, r, w) == 0) == (r + w > n)


def test_the_papers_numbers():
    """Section 3.1 and 5.1: N=3, R=W=1; then R or W 2."""
    told = {2: 0.5556, 3: 0.7037, 5: 0.8683, 10: 0.9827}
    assert {k: round(within(3, 1, 1, k), 4) for k in told} == told
    for r, w in ((1, 2), (2, 1)):
        assert [round(within(3, r, w, k), 4) for k in (1, 2, 5)] == [0.6667, 0.8889, 0.9959]


def test_a_client_that_reads_as_often_as_others_write_looks_back_two_writes():
    assert monotonic(3, 1, 1, 1.0) == within(3, 1, 1, 2)
    assert monotonic(3, 1, 1, 0.0) == within(3, 1, 1, 1)
    assert monotonic(3, 2, 2, 9.0) == 1.0
