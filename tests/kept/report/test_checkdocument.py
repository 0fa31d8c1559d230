"""kept.report.checkdocument: the document holds every verdict, counterexample and notice, and is as its schema says."""

from checkers.facts import NeverSettled
from checkers.verdict import Unknown, Valid, refute
from histories.notice import Doubt, Notice
from kept.judge.report import CheckReport, Judged
from kept.report.checkdocument import cases, check_document
from kept.report.history import CheckDocument

BAD = refute("linearizable", [NeverSettled()])
ONE = Judged(
    "a.edn",
    {"linearizable": BAD, "regular": Unknown("steps"), "pram": Valid("3 reads")},
    "kv",
    "read, write",
    "edn",
    5,
    1,
    2,
    (Notice(Doubt.TORN, 1, 9, "cut off"),),
    {"regular": "linearizable"},
    ("pram",),
    2,
    30,
)


def test_a_document_says_everything_and_comes_back_whole() -> None:
    document = check_document(CheckReport((ONE,)), 1, 0.25)
    assert CheckDocument.model_validate_json(document.model_dump_json()) == document
    (history,) = document.histories
    assert [claim.verdict for claim in history.claims] == ["invalid", "unknown", "valid"]
    assert [claim.reason for claim in history.claims[1:]] == ["steps", "3 reads"]
    assert history.claims[0].counterexample is not None
    assert history.claims[0].reason == history.claims[0].counterexample.sentence
    assert (history.model, history.guessed, history.strongest, history.smallest_k) == (
        "kv",
        "read, write",
        ("pram",),
        2,
    )
    assert [(notice.doubt, notice.line) for notice in history.notices] == [("torn", 9)]
    assert "did not settle" in history.paragraph
    assert document.claims == history.claims


def test_claims_of_several_histories_are_named_after_their_history() -> None:
    two = CheckReport((ONE, ONE._replace(name="b.edn", verdicts={"pram": Valid("")})))
    assert [case.name for case in cases(two)] == [
        "a.edn: linearizable", "a.edn: regular", "a.edn: pram", "b.edn: pram",
    ]  # fmt: skip
