"""The transcripts beside this file: what the cluster answers is what they say.

`pytest tests/scenarios --rewrite-scenarios` writes the answers anew, to be reviewed as text.
"""

import re
from pathlib import Path

import pytest

from kept.scenario.interpreter import vocabulary
from kept.scenario.transcript import load, parse, perform
from kept.zoo.catalogue import BUGS

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs" / "scenarios.md"
MECHANISMS = sorted((HERE / "mechanisms").glob("*.txt"))
BUGGY = sorted((HERE / "bugs").glob("*.txt"))
FOUND = sorted((HERE / "found").glob("*.txt"))
NOT_YET: dict[str, str] = dict.fromkeys(
    ("late-refusal", "starved-background"),
    "the clusters of the language have room for all that a transcript asks of them (`limits` of a run is no field)",
)
"""Bugs of the zoo without a transcript, and why."""


@pytest.mark.parametrize("path", [*MECHANISMS, *BUGGY, *FOUND], ids=lambda path: path.stem)
def test_the_cluster_answers_as_the_transcript_says(path: Path, request: pytest.FixtureRequest) -> None:
    rewrite = request.config.getoption("--rewrite-scenarios")
    performed = perform(load(path, rewrite=rewrite))
    if rewrite:
        path.write_text(performed.text(), encoding="utf-8")
    else:
        assert "\n".join(line for one in performed.differences for line in one.lines()) == ""


@pytest.mark.parametrize("path", [*MECHANISMS, *BUGGY, *FOUND], ids=lambda path: path.stem)
def test_a_transcript_opens_with_what_it_is_about(path: Path) -> None:
    opening = path.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    assert len(opening) >= 2
    assert all(line.startswith("# ") and len(line) <= 120 for line in opening)


@pytest.mark.parametrize("path", BUGGY, ids=lambda path: path.stem)
def test_a_bugs_transcript_shows_it_caught_and_the_same_commands_without_it_kept(path: Path) -> None:
    bug = BUGS[path.stem]
    seeded, _, without = path.read_text(encoding="utf-8").partition("\nagain without the bug\n----\n")
    assert f"\nbug {bug.name}\n" in seeded
    caught = re.findall(r"^INVALID  (\S+):", seeded, re.MULTILINE)
    assert set(caught) & set(bug.breaks), f"it must violate one of {', '.join(bug.breaks)}"
    assert "INVALID" not in without
    held = re.findall(r"^  valid    (.+(?:\n {11}.+)*)", without, re.MULTILINE)
    assert all(any(claim in line for line in held) for claim in caught)
    assert "does not apply" not in without


def test_every_bug_of_the_zoo_has_its_transcript_or_a_reason_why_not() -> None:
    assert {path.stem for path in BUGGY} | set(NOT_YET) == set(BUGS)
    assert not {path.stem for path in BUGGY} & set(NOT_YET)


def test_the_first_scenario_of_the_document_is_answered_as_it_says() -> None:
    asked, answered = re.findall(r"^```\n(.*?)^```\n", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert perform(parse(asked, DOCUMENT, rewrite=True)).text() == answered
    assert perform(parse(answered, DOCUMENT)).differences == ()


def test_the_document_has_every_command_in_its_tables() -> None:
    rows = re.findall(r"^\| (`(?:\\\||[^|])+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    named = {command.split()[0] for row in rows for command in re.findall(r"`([^`]+)`", row)}
    assert {usage.split()[0] for usage, _ in vocabulary()} == named
