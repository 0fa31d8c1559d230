"""How a violation reads: sentence, paragraph and time line are golden files."""

import os
from pathlib import Path

import pytest

from checkers.linearizability.check import Bounds, check
from checkers.linearizability.story import Observed, Undescribed, key_name, paragraph, place, trace
from checkers.verdict import Invalid
from histories.columns import Mark, Row, from_rows

GOLDEN = Path(__file__).with_name("golden")
NONE = Mark.NONE


def row(process, f, value=NONE, value2=NONE, result=NONE, start=0, end=1, status="ok", key="cart"):
    return Row(process, f, key, value, value2, result, start, end, status, start + 1)


STORIES = {
    "stale-read": (
        "kv",
        [
            row(0, "write", "milk", start=0, end=3),
            row(1, "write", "eggs", start=4, end=6),
            row(2, "read", result="eggs", start=5, end=9),
            row(1, "read", result="milk", start=12, end=14),
        ],
    ),
    "two-swaps": (
        "cas-register",
        [
            row(0, "write", 1, start=0, end=1),
            row(1, "cas", 1, 2, start=2, end=8),
            row(2, "cas", 1, 3, start=3, end=7),
        ],
    ),
    "repeated-values": (
        "register",
        [
            row(0, "write", 1, start=0, end=1),
            row(0, "write", 2, start=2, end=3),
            row(1, "write", 1, start=4, end=None, status="info"),
            row(2, "read", result=1, start=6, end=7),
            row(2, "read", result=2, start=8, end=9),
        ],
    ),
    "held-twice": (
        "mutex",
        [row(0, "acquire", start=0, end=2), row(1, "acquire", start=4, end=5), row(0, "release", start=7, end=9)],
    ),
    "lost-append": (
        "kv-append",
        [
            row(0, "append", "x", start=0, end=1),
            row(1, "append", "y", start=2, end=3),
            row(0, "read", result="y", start=4, end=5),
        ],
    ),
    "lost-element": (
        "set",
        [
            row(0, "add", "x", start=0, end=1),
            row(1, "add", "y", start=2, end=3),
            row(0, "read", result=("y",), start=4, end=5),
        ],
    ),
    "never-written": ("register", [row(0, "read", result="<b>\n" + "x" * 90, start=0, end=1)]),
    "torn-transaction": (
        "multi-register",
        [
            row(0, "txn", (("write", "x", 1), ("write", "y", 1)), start=0, end=1, key=NONE),
            row(
                1,
                "txn",
                (("read", "x", NONE),),
                result=(("read", "x", 1), ("read", "y", Mark.NIL)),
                start=2,
                end=3,
                key=NONE,
            ),
        ],
    ),
}


def told(name):
    model, rows = STORIES[name]
    found = check(from_rows(rows), model)
    assert isinstance(found, Invalid)
    example = found.counterexample
    return "\n\n".join([example.sentence, paragraph(example), "\n".join(trace(example))]) + "\n"


@pytest.mark.parametrize("name", STORIES)
def test_a_violation_reads_as_its_golden_file(name):
    path = GOLDEN / f"{name}.txt"
    text = told(name)
    if os.environ.get("KEPT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_fact_after_the_first_is_one_operation_by_its_row():
    model, rows = STORIES["stale-read"]
    example = check(from_rows(rows), model).counterexample
    observed = example.facts[1:]
    assert all(isinstance(fact, Observed) for fact in observed)
    assert tuple(sorted(fact.row for fact in observed)) == example.operations


def test_without_an_explanation_the_verdict_stands_and_says_that_it_has_none():
    model, rows = STORIES["repeated-values"]
    found = check(from_rows(rows), model, bounds=Bounds(), explain=False)
    assert isinstance(found, Invalid)
    assert isinstance(found.counterexample.facts[0], Undescribed)
    assert found.counterexample.operations == (4,)
    assert found.counterexample.sentence.startswith(
        'No order explains key "cart"; a short example was not looked for, or not found within the bound: '
    )


def test_an_operation_stands_on_its_line_or_row_and_one_object_has_no_name():
    history = from_rows([row(0, "write", 1, key=None)])
    assert place(history, 0) == "line 1"
    assert place(from_rows([row(0, "write", 1)._replace(line=0)]), 0) == "row 0"
    assert key_name(history, 0) == ""
    assert key_name(from_rows([row(0, "write", 1)]), 0) == 'key "cart"'
    assert key_name(history, -1) == ""
