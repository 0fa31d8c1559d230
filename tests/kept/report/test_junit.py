"""kept.report.junit: well-formed XML whatever was recorded; other people's files are left alone."""

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from kept.report.document import ClaimDocument
from kept.report.junit import junit, replaceable

CLAIMS = (
    ClaimDocument(name="placement", wording="w", verdict="valid", reason="3 keys"),
    ClaimDocument(name="convergence", wording="w", verdict="invalid", reason="it <did> not"),
    ClaimDocument(name="fresh-reads", wording="w", verdict="unknown", reason="too few"),
)


def test_each_verdict_is_a_case_a_failure_or_an_error() -> None:
    root = ElementTree.fromstring(junit("run", CLAIMS, 1.5, "the story").encode())
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "time")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "time": "1.500",
    }
    held, violated, undecided = root.findall("testcase")
    assert held.find("failure") is None
    assert held.find("error") is None
    failure = violated.find("failure")
    assert failure is not None
    assert failure.get("message") == "it <did> not"
    assert "the story" in (failure.text or "")
    assert undecided.find("error") is not None


@given(st.text(st.characters(), max_size=30))
def test_whatever_text_was_recorded_the_report_is_well_formed(text: str) -> None:
    claim = ClaimDocument(name="placement", wording="w", verdict="invalid", reason="r")
    hostile = claim.model_copy(update={"reason": text})
    ElementTree.fromstring(junit("run", (hostile,), 0.0, text).encode("utf-8"))


def test_only_nothing_or_a_report_of_ours_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    assert replaceable(path)
    path.write_text(junit("run", CLAIMS, 0.0, ""), encoding="utf-8")
    assert replaceable(path)
    path.write_text("<testsuite name='other'/>")
    assert not replaceable(path)
    assert not replaceable(tmp_path)
