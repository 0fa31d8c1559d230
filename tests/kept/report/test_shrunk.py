"""kept.report.shrunk: sizes and results in lines that say what became of a counterexample."""

from typing import Any

from kept.report.document import ShrinkDocument, SizeDocument
from kept.report.shrunk import going, shrunk, size

BEFORE = SizeDocument(events=1_203, operations=1_000, faults=200, fates=3, others=1)
AFTER = SizeDocument(events=1, operations=1, faults=0, fates=0, others=0)


def document(**fields: Any) -> ShrinkDocument:
    given: dict[str, Any] = {
        "result": "SHRUNK", "reason": "nothing more can be taken out", "verdict": "invalid", "exit_code": 1,
        "claim": "no-lost-write", "claims": (), "seed": 7, "schedule": "s", "code": "c", "duration_s": 2.25,
        "config": {}, "before": BEFORE, "after": AFTER, "runs": 1_500,
    }  # fmt: skip
    return ShrinkDocument(**{**given, **fields})


def test_the_last_line_begins_with_the_verdict_and_says_how_small_it_became() -> None:
    lines = shrunk(document())
    assert lines[0].split(maxsplit=1) == ["before", size(BEFORE)]
    assert lines[1].split(maxsplit=1) == ["after", size(AFTER)]
    assert lines[2:] == [
        "INVALID  seed 7: no-lost-write violated by 1 event instead of 1,203; nothing more can be taken out "
        "(1,500 runs, 2.2 s)"
    ]


def test_where_nothing_was_shrunk_one_line_says_why() -> None:
    assert shrunk(document(result="FIXED", reason="it holds now", before=None, after=None)) == [
        "FIXED    seed 7: it holds now (2.2 s)"
    ]


def test_a_size_counts_in_words() -> None:
    assert size(BEFORE) == (
        "1,203 events: 1,000 operations on its keys, 200 faults, 3 messages lost, doubled or late; 1 other operation"
    )
    assert size(AFTER) == "1 event: 1 operation on its keys, 0 faults, 0 messages lost, doubled or late"


def test_progress_is_one_line() -> None:
    assert going(10.4, 1_234, 1) == "10 s: 1,234 runs, 1 event left"
    assert going(20.0, 3, 12) == "20 s: 3 runs, 12 events left"
