"""checkers.proofs.table: every row agrees with brute force over sets of nodes, and no row is missing."""

from pathlib import Path

import pytest

from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import holds

MOST = {"sloppy-reads-meet-writes": 3, "primaries-that-answered": 3, "primaries-that-look-alive": 3}
"""The greatest number in a brute-forced configuration, where it is not 4: these have six parameters."""


def test_every_lemma_has_a_brute_force_oracle_and_no_oracle_is_left_over(brute) -> None:
    assert set(brute) == set(LEMMAS)


@pytest.mark.parametrize("name", LEMMAS)
def test_the_condition_is_exact_on_every_small_configuration(name: str, brute, all_small) -> None:
    lemma = LEMMAS[name]
    looked_at = {True: 0, False: 0}
    for values in all_small(lemma, MOST.get(name, 4)):
        fails = brute[name](values)
        assert fails != holds(lemma.condition, values), values
        looked_at[fails] += 1
    assert min(looked_at.values()) >= 3, "both kinds were looked at"


def test_more_than_a_thousand_configurations_are_compared(all_small) -> None:
    assert sum(1 for name in LEMMAS for _ in all_small(LEMMAS[name], MOST.get(name, 4))) >= 1_000


def test_the_formula_of_the_survey_for_sloppy_quorums_says_the_same(all_small) -> None:
    lemma = LEMMAS["sloppy-reads-meet-writes"]
    for v in all_small(lemma, 4):
        surveyed = v["R"] + v["W"] > v["N"] + min(min(v["h"], v["W"]) + min(v["g"], v["R"]), v["S"] - v["N"])
        assert holds(lemma.condition, v) == surveyed, v


def test_the_documentation_names_every_lemma() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "proofs.md").read_text(encoding="utf-8")
    assert [name for name in LEMMAS if f"| `{name}` |" not in text] == []
