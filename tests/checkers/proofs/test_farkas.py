"""checkers.proofs.farkas: every counting lemma has a certificate, and what can be met has none."""

import pytest

from checkers.proofs.certificate import check
from checkers.proofs.datacentres import merging
from checkers.proofs.farkas import certificate
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Named, Problem, equal, every, least, some, var
from checkers.proofs.theory import ROOMS

A, B = var("a"), var("b")


@pytest.mark.parametrize("name", LEMMAS)
def test_every_counting_lemma_has_a_certificate_that_checks(name: str) -> None:
    found = certificate(LEMMAS[name].sound())
    assert found is not None
    assert check(found).startswith(f"{name}.sound: ")


def test_the_lemmas_behind_the_data_centres_have_certificates_too() -> None:
    for problem in (ROOMS[0].sound(), ROOMS[1].sound(), merging()):
        assert check(certificate(problem))


def test_what_can_be_met_has_none() -> None:
    assert certificate(Problem("p", "", (Named("1", A > B),), "unsat")) is None


def test_what_only_whole_numbers_contradict_has_none() -> None:
    assert certificate(Problem("p", "", (Named("odd", equal(2 * A, 2 * B + 1)),), "unsat")) is None


def test_cases_are_refuted_one_by_one() -> None:
    choices = some(every(A > 3, B > 0), A > 7)
    found = certificate(
        Problem("p", "", (Named("1", choices), Named("2", least(A, B) > 9), Named("3", A < 2)), "unsat")
    )
    assert found is not None
    assert len(found["refutations"]) == 4
    assert "in all 4 cases" in check(found)
