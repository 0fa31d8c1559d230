"""kept.report.explored: an exploration in words."""

import pytest

from kept.report.claim import ClaimDocument, VerdictName
from kept.report.explored import FOR_EVER, ExploreDocument, TracedDocument, found_lines, steps_lines, verdict_line


def document(verdict: VerdictName) -> ExploreDocument:
    return ExploreDocument(
        verdict=verdict,
        exit_code=0,
        claims=(ClaimDocument(name="fresh-reads", wording="w", verdict=verdict, reason="r"),),
        counterexamples=(),
        complete=verdict == "valid",
        states=1_000,
        transitions=2_345,
        depth=7,
        levels=(1, 999),
        memory_bytes=30_000,
        missed=2.5e-14,
        ran=12,
        stopped=("60 s: 4 of 1000 states are not expanded",) if verdict == "unknown" else (),
        excluded=("any crash",),
        coverage={"put": 2, "deliver": 2_343},
        marks={"read repair": 3},
        lines=(500, 3_000),
        duration_s=1.25,
        command="kept explore",
        scope={},
    )


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("valid", "valid    every claim holds in every state of the scope: 1,000 states, 2,345 transitions (1.2 s)"),
        ("invalid", "INVALID  fresh-reads: 1,000 states, 2,345 transitions until then (1.2 s)"),
        ("unknown", "unknown  60 s: 4 of 1000 states are not expanded: 1,000 states, 2,345 transitions (1.2 s)"),
    ],
)
def test_the_last_line_is_the_verdict(verdict: VerdictName, said: str) -> None:
    assert verdict_line(document(verdict)) == said


def test_what_was_visited_is_told() -> None:
    assert found_lines(document("valid")) == [
        "  states       1,000; 2,345 transitions, 7 steps deep",
        "  transitions  deliver 2,343, put 2",
        "  memory       0.0 MB for visited states: 30 bytes each",
        "  nodes ran    12 local steps; 500 of 3,000 lines of the store",
        "  paths        read repair",
        "  missed       a state with a chance of at most 2.5e-14",
        "  excluded     any crash",
    ]


def test_a_counterexample_is_told_step_by_step() -> None:
    traced = TracedDocument(
        claim="fresh-reads", reason="It missed it.", steps=tuple(f"n1: step {n}" for n in range(10))
    )
    lines = steps_lines(traced)
    assert lines[:3] == ["INVALID  fresh-reads", "  It missed it.", "  in 10 steps, and in no fewer:"]
    assert (lines[3], lines[-1]) == ("   1  n1: step 0", "  10  n1: step 9")


def test_what_goes_round_for_ever_is_not_counted_as_the_way_there() -> None:
    traced = TracedDocument(claim="settles", reason="r", steps=("n1: x", f"{FOR_EVER}n1: y", f"{FOR_EVER}n2: z"))
    assert steps_lines(traced)[2:] == [
        "  in 1 steps, and then round in 2 for ever:",
        "  1  n1: x",
        "  2  for ever: n1: y",
        "  3  for ever: n2: z",
    ]
