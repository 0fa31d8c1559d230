"""checkers.proofs.survival: the rows about copies that are left, and gets that do not go backwards."""

import pytest

from checkers.proofs.survival import SURVIVAL
from checkers.proofs.terms import holds

LEMMAS = {lemma.name: lemma for lemma in SURVIVAL}


@pytest.mark.parametrize(
    ("name", "values", "holds_there"),
    [
        ("survives-disks", {"N": 3, "W": 2, "f": 1}, True),
        ("survives-disks", {"N": 3, "W": 2, "f": 2}, False),
        ("survives-restarts", {"N": 3, "W": 2, "s": 0, "f": 0, "k": 2}, False),
        ("survives-restarts", {"N": 3, "W": 2, "s": 1, "f": 0, "k": 3}, True),
        ("survives-restarts", {"N": 3, "W": 3, "s": 1, "f": 1, "k": 1}, True),
        ("replaced-by-empty", {"N": 3, "R": 2, "W": 2, "f": 1}, False),
        ("replaced-by-empty", {"N": 3, "R": 2, "W": 3, "f": 1}, True),
        ("survives-machines", {"N": 3, "W": 2, "m*f": 2}, False),
        ("monotone-reads", {"N": 3, "R": 2, "W": 2, "B": 1}, False),
        ("monotone-reads", {"N": 3, "R": 2, "W": 2, "B": 2}, True),
    ],
)
def test_known_configurations(name: str, values: dict[str, int], holds_there: bool) -> None:
    assert all(holds(named.formula, values) for named in LEMMAS[name].domain)
    assert holds(LEMMAS[name].condition, values) == holds_there


def test_synced_acknowledgements_make_restarts_harmless_and_none_make_them_losses() -> None:
    lemma = LEMMAS["survives-restarts"]
    for w in range(1, 5):
        for f in range(5):
            for k in range(5):
                values = {"N": 4, "W": w, "f": f, "k": k}
                assert holds(lemma.condition, {**values, "s": w}) == (w > f)
                assert holds(lemma.condition, {**values, "s": 0}) == (w > f + k)
