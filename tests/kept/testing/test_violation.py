"""kept.testing.violation: what a test raises of a promise that does not hold, or cannot be decided."""

import pytest

from checkers.verdict import Counterexample, Invalid, Unknown, Valid
from kept.testing.violation import Undecided, Violation, refuse_violations, undecided, violation_of

FOUND = Counterexample("no-lost-write", "It is gone.", (0,), ())


def test_an_invalid_claim_is_raised_with_its_sentence_and_its_counterexample() -> None:
    with pytest.raises(Violation, match=r"^no-lost-write: It is gone\.$") as caught:
        refuse_violations({"placement": Valid("all"), "no-lost-write": Invalid(FOUND)})
    assert caught.value.claim == "no-lost-write"
    assert caught.value.counterexample is FOUND


def test_the_first_invalid_claim_is_the_one_that_is_raised() -> None:
    other = Counterexample("placement", "Elsewhere.", (), ())
    with pytest.raises(Violation, match="placement"):
        refuse_violations({"placement": Invalid(other), "no-lost-write": Invalid(FOUND)})


def test_valid_and_undecided_claims_raise_nothing() -> None:
    refuse_violations({"placement": Valid("all"), "no-lost-write": Unknown("no replicas")})


def test_each_claim_has_a_class_of_its_own_that_is_a_failure_of_a_test() -> None:
    assert violation_of("no-lost-write") is violation_of("no-lost-write")
    assert violation_of("no-lost-write") is not violation_of("placement")
    assert violation_of("no-lost-write").__name__ == "NoLostWriteViolated"
    assert issubclass(violation_of("placement"), AssertionError)


def test_undecided_claims_come_with_their_reasons() -> None:
    (found,) = undecided({"placement": Valid("all"), "convergence": Unknown("nothing recorded")})
    assert isinstance(found, Undecided)
    assert str(found) == "convergence: nothing recorded"
