"""checkers.proofs.rows: the domain keeps out what would make a proof vacuous."""

import pytest

from checkers.proofs.rows import QUORUMS
from checkers.proofs.terms import holds


@pytest.mark.parametrize(
    ("n", "r", "w", "accepted"),
    [(3, 2, 2, True), (1, 1, 1, True), (3, 5, 2, False), (3, 2, 4, False), (3, 0, 3, False), (0, 0, 0, False)],
)
def test_a_configuration_has_replicas_and_asks_for_no_more_than_it_has(n: int, r: int, w: int, accepted: bool) -> None:
    assert all(holds(named.formula, {"N": n, "R": r, "W": w}) for named in QUORUMS) == accepted
