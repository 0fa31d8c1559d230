"""kept.report.document: the documents' schemas are those in docs/schema, and verdicts combine as everywhere."""

from pathlib import Path

import pytest

from checkers.facts import NeverSettled
from checkers.registry import CLAIMS
from checkers.verdict import Unknown, Valid, refute
from kept.report.document import DOCUMENTS, VerdictName, claim_documents, overall, schema, undecided

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schema"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_schema_in_the_docs_is_that_of_the_models(name: str) -> None:
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == schema(name)


def test_no_schema_in_the_docs_is_left_over() -> None:
    assert {path.stem for path in SCHEMAS.iterdir()} == set(DOCUMENTS)


def test_a_verdict_becomes_a_document_with_its_exact_wording() -> None:
    verdicts = {
        "placement": Valid("3 keys"),
        "convergence": refute("convergence", [NeverSettled()]),
        "fresh-reads": Unknown("no gets"),
    }
    valid, invalid, unknown = claim_documents(verdicts)
    assert (valid.verdict, valid.reason, valid.counterexample) == ("valid", "3 keys", None)
    assert (unknown.verdict, unknown.reason, unknown.counterexample) == ("unknown", "no gets", None)
    assert invalid.verdict == "invalid"
    assert invalid.counterexample is not None
    assert invalid.reason == invalid.counterexample.sentence
    assert invalid.counterexample.facts == (NeverSettled().sentence(),)
    assert [claim.wording for claim in (valid, invalid, unknown)] == [CLAIMS[name].wording for name in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ({}, "unknown"),
        ({"placement": Valid("")}, "valid"),
        ({"placement": Valid(""), "fresh-reads": Unknown("")}, "unknown"),
        ({"fresh-reads": Unknown(""), "convergence": refute("convergence", [NeverSettled()])}, "invalid"),
    ],
)
def test_invalid_wins_over_unknown_and_unknown_over_valid(verdicts: dict[str, Valid], together: VerdictName) -> None:
    assert overall(claim_documents(dict(verdicts))) == together


def test_claims_that_were_not_judged_are_unknown_for_the_given_reason() -> None:
    (claim,) = undecided(("placement",), "interrupted")
    assert (claim.name, claim.verdict, claim.reason) == ("placement", "unknown", "interrupted")
