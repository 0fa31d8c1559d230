"""checkers.proofs.overlap: the rows about puts and gets that meet, at numbers that people know."""

import pytest

from checkers.proofs.overlap import OVERLAP
from checkers.proofs.terms import holds

LEMMAS = {lemma.name: lemma for lemma in OVERLAP}


@pytest.mark.parametrize(
    ("name", "values", "meets"),
    [
        ("reads-meet-writes", {"N": 3, "R": 2, "W": 2}, True),
        ("reads-meet-writes", {"N": 3, "R": 1, "W": 2}, False),
        ("writes-meet-writes", {"N": 2, "R": 2, "W": 1}, False),
        ("sloppy-reads-meet-writes", {"N": 3, "R": 2, "W": 2, "h": 1, "g": 0, "S": 4}, False),
        ("sloppy-reads-meet-writes", {"N": 3, "R": 3, "W": 2, "h": 1, "g": 0, "S": 4}, True),
        ("sloppy-reads-meet-writes", {"N": 3, "R": 2, "W": 2, "h": 0, "g": 0, "S": 9}, True),
        ("primaries-that-answered", {"N": 3, "R": 2, "W": 2, "PR": 2, "PW": 2, "S": 9}, True),
        ("primaries-that-answered", {"N": 3, "R": 2, "W": 2, "PR": 2, "PW": 1, "S": 9}, False),
        ("primaries-that-look-alive", {"N": 3, "R": 2, "W": 2, "PR": 2, "PW": 2, "S": 9}, False),
        ("hints-undelivered", {"N": 3, "R": 2, "W": 3, "u": 1}, True),
        ("hints-undelivered", {"N": 3, "R": 2, "W": 2, "u": 1}, False),
        ("hints-for-shared-owners", {"N": 3, "R": 1, "W": 3, "u": 0}, False),
    ],
)
def test_known_configurations(name: str, values: dict[str, int], meets: bool) -> None:
    assert all(holds(named.formula, values) for named in LEMMAS[name].domain)
    assert holds(LEMMAS[name].condition, values) == meets
