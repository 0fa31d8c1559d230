"""kept.report.claim: documents cannot be changed and hold nothing that their schema does not know."""

import pytest
from pydantic import ValidationError

from kept.report.claim import ClaimDocument

CLAIM = {"name": "pram", "wording": "what is promised", "verdict": "valid", "reason": "3 reads"}


def test_a_claim_comes_back_as_it_was_written() -> None:
    claim = ClaimDocument.model_validate(CLAIM)
    assert ClaimDocument.model_validate_json(claim.model_dump_json()) == claim
    assert claim.counterexample is None


@pytest.mark.parametrize("odd", [{"verdict": "true"}, {"colour": "red"}, {"reason": None}])
def test_what_the_schema_does_not_know_is_refused(odd: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ClaimDocument.model_validate(CLAIM | odd)


def test_a_document_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ClaimDocument.model_validate(CLAIM).verdict = "invalid"  # type: ignore[misc]
