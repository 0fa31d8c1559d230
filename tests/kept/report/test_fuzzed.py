"""kept.report.fuzzed: a session in words, each line beginning with what matters."""

from typing import Any

import pytest

from kept.report import fuzzed
from kept.report.document import (
    CounterfactualDocument,
    EntryDocument,
    FindingDocument,
    FuzzDocument,
    ReplaysDocument,
    ShrunkDocument,
    SizeDocument,
)

FOUND = FindingDocument(
    name="no-lost-write-0a1b2c3d",
    claim="no-lost-write",
    violated=("no-lost-write", "convergence"),
    key="",
    sentence="Put k1=3.2 is lost.",
    paragraph="n1 forgot it.",
    remedy="Without the bug it holds.",
    seed=12,
    count=3,
    new=True,
    directory="d",
    replay="kept replay d",
)
ENTRY = EntryDocument(schedule="corpus/old", result="FAILED", reason="again", sentence="It is lost.", replay="")


def document(**fields: Any) -> FuzzDocument:
    plain: dict[str, Any] = {
        "verdict": "valid",
        "exit_code": 0,
        "claims": (),
        "findings": (),
        "corpus": "corpus",
        "replayed": (),
        "died": (),
        "unfinished": (),
        "seed": 5,
        "last_seed": 1_004,
        "seeds": 1_000,
        "repeated": 50,
        "stopped": "budget",
        "again": "kept fuzz",
        "code": "",
        "jobs": 2,
        "budget_s": 60.0,
        "duration_s": 61.26,
        "runs_per_s": 16.3,
        "operations_per_s": 12_345.6,
        "counts": {"crash": 1_200, "client retried": 7},
        "marks": {"hint stored": 9},
        "outcomes": {"ok": 5_000, "fail": 2, "info": 1},
        "events": 70_000,
        "fixed": {},
    }
    return FuzzDocument(**{**plain, **fields})


def test_the_beginning_names_seed_and_budget_first_and_what_is_fixed() -> None:
    fixed = {"nodes": 3, "sloppy": False, "faults": ["loss", "crash"], "bug": "canary"}
    lines = fuzzed.beginning(5, 60.0, 100, 2, fixed, ("fresh-reads",))
    assert lines[0] == "seed 5: budget 60 s, up to 100 seeds, 2 workers"
    assert lines[1] == "  fixed       nodes 3, sloppy off, faults loss+crash, bug canary"
    assert lines[2] == "  checks      what each configuration promises, and fresh-reads"
    assert fuzzed.beginning(5, 0.5, None, 1, {}, ())[0] == "seed 5: budget 0.5 s, 1 worker"
    assert "faults none" in fuzzed.beginning(5, 1, None, 1, {"faults": []}, ())[1]


def test_the_line_on_the_way_has_rates_and_kinds_also_at_the_very_start() -> None:
    assert fuzzed.going(10.0, 143, 21_000, 2) == (
        "10 s: 143 seeds, 14.3 runs/s, 2,100 operations/s, 2 kinds of violation"
    )
    assert fuzzed.going(0.0, 0, 0, 0) == "0 s: 0 seeds, 0.0 runs/s, 0 operations/s"


def test_a_finding_has_a_sentence_a_paragraph_a_remedy_and_its_command() -> None:
    assert fuzzed.findings((FOUND,)) == [
        "INVALID  no-lost-write-0a1b2c3d: seed 12, 3 runs",
        "         Put k1=3.2 is lost.",
        "         n1 forgot it.",
        "         Without the bug it holds.",
        "         kept replay d",
    ]
    brief = fuzzed.findings((FOUND.model_copy(update={"count": 1, "new": False}),), brief=True)
    assert brief == [
        "INVALID  no-lost-write-0a1b2c3d: seed 12, known to the corpus",
        "         Put k1=3.2 is lost.",
        "         kept replay d",
    ]


@pytest.mark.parametrize(("claim", "label"), [("crash", "CRASHED "), ("nondeterminism", "DIVERGED ")])
def test_what_is_no_violation_is_not_called_one(claim: str, label: str) -> None:
    assert fuzzed.findings((FOUND.model_copy(update={"claim": claim}),))[0].startswith(label)


def test_a_finding_lists_what_was_run_with_one_thing_changed() -> None:
    told = (CounterfactualDocument(what="W=3 instead of 2", outcome="still violated"),)
    lines = fuzzed.findings((FOUND.model_copy(update={"counterfactuals": told}),))
    assert lines[4:6] == ["         Run again with one thing changed:", "           W=3 instead of 2: still violated"]


def test_a_shrunk_finding_says_how_small_it_became_and_replays() -> None:
    before = SizeDocument(events=1_200, operations=1_190, faults=10, fates=0, others=5)
    after = SizeDocument(events=1, operations=1, faults=0, fates=0, others=0)
    small = ShrunkDocument(
        before=before, after=after, runs=77, sentence="n1 threw it away.", directory="d/s", replay="kept replay d/s"
    )
    assert fuzzed.findings((FOUND.model_copy(update={"shrunk": small}),))[-3:] == [
        "         shrunk to 1 event from 1,200 (77 runs):",
        "         n1 threw it away.",
        "         kept replay d/s",
    ]
    hurried = small.model_copy(update={"stopped": "budget"})
    assert fuzzed.findings((FOUND.model_copy(update={"shrunk": hurried}),), brief=True)[-2:] == [
        "         shrunk to 1 event from 1,200 (77 runs, when the time was up):",
        "         kept replay d/s",
    ]
    assert fuzzed.findings((FOUND.model_copy(update={"not_shrunk": "no time"}),))[-1] == "         not shrunk: no time"


def test_many_replays_end_in_one_line() -> None:
    many = ReplaysDocument(
        verdict="invalid", exit_code=1, directory="c", entries=(ENTRY, ENTRY), results={"FAILED": 1, "SAME": 1},
        code="", duration_s=0.26,
    )  # fmt: skip
    assert fuzzed.replays_line(many) == "INVALID  2 schedules: 1 FAILED, 1 SAME (0.3 s)"
    one = many.model_copy(update={"verdict": "valid", "entries": (ENTRY,), "results": {"SAME": 1}})
    assert fuzzed.replays_line(one) == "valid    1 schedule: 1 SAME (0.3 s)"


def test_a_replay_is_one_line_and_what_happened_where_it_fails() -> None:
    held = ENTRY.model_copy(update={"result": "SAME", "sentence": ""})
    assert fuzzed.replays((ENTRY, held)) == [
        "FAILED   corpus/old: again",
        "         It is lost.",
        "SAME     corpus/old: again",
    ]
    assert len(fuzzed.replays((ENTRY.model_copy(update={"result": "EXPECTED"}),))) == 1


def test_the_totals_say_whether_repetitions_were_the_same() -> None:
    def ran(**fields: Any) -> str:
        return " ".join(" ".join(fuzzed.totals(document(**fields))).split())

    assert "ran 1,000 seeds, 50 of them repeated in another process, the same bytes; 16.3 runs/s, 12,346" in ran()
    assert "none repeated; " in ran(repeated=0)
    assert "NOT all with the same bytes" in ran(findings=(FOUND.model_copy(update={"claim": "nondeterminism"}),))
    assert "injected crash 1,200 besides client retried 7 paths hint stored 9 operations 5,000 ok" in ran()
    assert "worker died at seed 8, twice" in ran(died=("seed 8",))
    assert "seed 9: broken off when the time was up" in ran(unfinished=("seed 9",))


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, "valid    seed 5: no violation (1,000 seeds, 61.3 s)"),
        ({"seeds": 1}, "valid    seed 5: no violation (1 seed, 61.3 s)"),
        ({"verdict": "invalid", "findings": (FOUND,)}, "INVALID  seed 5: no-lost-write-0a1b2c3d ("),
        ({"verdict": "invalid", "replayed": (ENTRY,)}, "INVALID  seed 5: corpus/old ("),
        ({"verdict": "unknown", "stopped": "interrupted"}, "unknown  seed 5: interrupted; no violation so far ("),
        ({"verdict": "unknown", "seeds": 0}, "unknown  seed 5: no seed ran to its end: give it more time (0 seeds"),
        ({"verdict": "unknown", "never_reached": ("crash",)}, "unknown  seed 5: not everything was reached ("),
        ({"verdict": "unknown", "died": ("seed 8",)}, "unknown  seed 5: worker died at seed 8 ("),
        ({"verdict": "unknown"}, "unknown  seed 5: not every claim could be decided ("),
        (
            {"verdict": "unknown", "findings": (FOUND.model_copy(update={"name": "crash-1", "violated": ()}),)},
            "unknown  seed 5: crash-1 (",
        ),
    ],
)
def test_the_last_line_has_verdict_seed_and_reason(fields: dict[str, Any], line: str) -> None:
    assert fuzzed.last_line(document(**fields)).startswith(line)
