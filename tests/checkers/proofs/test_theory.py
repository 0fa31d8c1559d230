"""checkers.proofs.theory: the whole layer, row by row."""

import dataclasses

import pytest

from checkers.proofs import theory
from checkers.proofs.rows import N, R, W
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS


def test_the_whole_layer_is_proved_and_every_belief_has_its_smallest_counterexample() -> None:
    rows = list(theory.rows(Solvers()))
    assert [row.lemma.name for row in rows] == [*LEMMAS, *(room.name for room in theory.ROOMS)]
    assert {row.result for row in rows} == {"proved"}
    assert all(row.derived is not None for row in rows)
    assert all(belief.smallest is not None for row in rows for belief in row.beliefs)
    assert theory.merged(Solvers()).result == "proved"


def test_a_wrong_row_is_not_proved() -> None:
    wrong = dataclasses.replace(LEMMAS["reads-meet-writes"], condition=R + W >= N)
    assert theory.prove(wrong, Solvers()).result == "refuted"


def test_every_lemma_has_a_certificate() -> None:
    found = dict(theory.certificates())
    assert set(found) == {*LEMMAS, *(room.name for room in theory.ROOMS), "merging"}
    assert None not in found.values()


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (["proved", "proved"], "proved"),
        (["proved", "unknown"], "unknown"),
        (["unknown", "refuted"], "refuted"),
        (["refuted", "disagreement"], "disagreement"),
    ],
)
def test_one_result_for_many_is_the_worst(results, expected: str) -> None:
    assert theory.worst(iter(results)) == expected
    assert W != R
