"""Scores, intervals, reasons."""

from pathlib import Path

import pytest

from benchmarks.mutation.score import Reason, Row, estimate, read_reasons, row, survivors, table, total
from benchmarks.mutation.trial import Fate


def told(name: str, outcome: str, stage: str = "") -> Fate:
    return Fate(name, "m.py", 3, "f", "comparison", "a < b", "a <= b", outcome, stage, "", 1, 0.1)


FATES = [
    told("a", "killed", "own"),
    told("b", "killed", "loading"),
    told("c", "killed", "others"),
    told("d", "killed", "scenarios"),
    told("e", "killed", "line"),
    told("f", "survived"),
    told("g", "survived"),
    told("h", "broken"),
]


BOTH = [(one, told("g", "killed", "own") if one.name == "g" else one) for one in FATES]


def test_a_row_counts_each_mutant_once_and_not_what_was_never_tried() -> None:
    one = row("m.py", 80, BOTH, {"f": Reason("equivalent", "same")})
    assert one == Row("m.py", 80, 7, own=2, others=1, runs=2, since=1, left=1, harmless=1)
    assert (one.killed_at_first, one.score) == (5, 1.0)
    assert row("m.py", 80, BOTH, {"f": Reason("accepted", "it differs")}).score == 6 / 7


def test_the_sum_of_rows_is_a_row() -> None:
    one = row("m.py", 80, BOTH, {})
    assert total("all", [one, one]) == Row("all", 160, 14, 4, 2, 4, 2, 2, 0)
    assert table([one])[-1] == "| all | 80 | 7 | 2 | 1 | 2 | 1 | 1 | 0 | 86% |"


def test_the_estimate_weighs_modules_by_their_mutants_and_knows_nothing_of_new_tests() -> None:
    mean, half = estimate([Row("a", 300, 10, 10, 0, 0, 0, 0, 0), Row("b", 100, 10, 6, 0, 0, 4, 0, 0)])
    assert mean == pytest.approx((300 * 1.0 + 100 * 0.6) / 400)
    assert 0.05 < half < 0.15


def test_a_whole_population_leaves_no_doubt() -> None:
    assert estimate([Row("a", 10, 10, 7, 0, 0, 0, 3, 0)]) == (0.7, 0.0)


def test_a_reason_is_a_name_a_kind_and_why(tmp_path: Path) -> None:
    path = tmp_path / "reasons.txt"
    path.write_text("# words\n\nf equivalent: the same for integers\n")
    reasons = read_reasons(path)
    assert reasons == {"f": Reason("equivalent", "the same for integers")}
    assert survivors(FATES, reasons) == [
        "* f m.py:3 `f` `a < b` -> `a <= b`: equivalent: the same for integers",
        "* g m.py:3 `f` `a < b` -> `a <= b`: unread: ",
    ]
