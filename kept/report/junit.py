"""JUnit XML: one test case per claim, as continuous integration servers read it."""

from pathlib import Path
from xml.etree import ElementTree

from kept.report.document import ClaimDocument

OURS = '<testsuite name="kept'


def junit(suite: str, claims: tuple[ClaimDocument, ...], duration_s: float, story: str) -> str:
    """The report. A violated claim is a failure and carries `story`; an undecided one is an error."""
    failed = sum(claim.verdict == "invalid" for claim in claims)
    errors = sum(claim.verdict == "unknown" for claim in claims)
    root = ElementTree.Element(
        "testsuite",
        name=f"kept {suite}",
        tests=str(len(claims)),
        failures=str(failed),
        errors=str(errors),
        time=f"{duration_s:.3f}",
    )
    for claim in claims:
        case = ElementTree.SubElement(root, "testcase", classname=f"kept.{suite}", name=claim.name, time="0")
        if claim.verdict == "invalid":
            failure = ElementTree.SubElement(case, "failure", message=_legal(claim.reason), type="violated")
            failure.text = _legal(f"{claim.wording}\n\n{story}")
        elif claim.verdict == "unknown":
            ElementTree.SubElement(case, "error", message=_legal(claim.reason), type="unknown")
        else:
            ElementTree.SubElement(case, "system-out").text = _legal(claim.reason)
    ElementTree.indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + ElementTree.tostring(root, encoding="unicode") + "\n"


def replaceable(path: Path) -> bool:
    """Whether a report may be written there: nothing is there, or an earlier report of ours."""
    if not path.exists():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return OURS in file.read(200).decode("utf-8", "replace")


def _legal(text: str) -> str:
    """XML has no form for control characters, not even an escaped one."""
    return "".join(c if c in "\n\t" or c.isprintable() else c.encode("unicode_escape").decode() for c in text)
