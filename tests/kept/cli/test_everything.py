"""kept.cli.everything: both layers as the command proves them, and what is told of each."""

import pytest

from checkers.proofs import theory
from checkers.proofs.solving import Outcome, Solvers
from checkers.proofs.table import LEMMAS
from kept.cli import everything


def test_the_counting_layer_is_proved_row_by_row_and_told_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(theory, "rows", lambda solvers: iter([theory.prove(LEMMAS["survives-disks"], solvers)]))
    monkeypatch.setattr(everything, "level_table", lambda _solvers: [])
    found = everything.counting(Solvers(), lambda *lines: told.extend(lines))
    assert found.results == ["proved", "proved"]
    assert [claim.name for claim in found.claims] == ["survives-disks", "merging"]
    assert told[0].startswith("proved   survives-disks")
    names = [problem.name for problem in found.problems]
    assert "survives-disks.sound" in names
    assert "survives-disks.tempting-1" in names
    assert len(names) == len(set(names))


def test_a_cell_that_is_answered_never_is_no_refutation(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = list(everything.level_table(Solvers()))[:3]
    monkeypatch.setattr(theory, "rows", lambda _solvers: iter([]))
    merged: Outcome = theory.merged(Solvers())
    found = everything.Counting((), merged, tuple(cells))
    assert {cell.answer for cell in cells} == {"never"}
    assert found.results == ["proved"] * 4


def test_the_protocol_is_told_with_its_mutants() -> None:
    told: list[str] = []
    found = everything.protocols(Solvers(), lambda *lines: told.extend(lines))
    assert (found.result, found.solvers) == ("proved", ("z3",))
    assert sum(line.startswith("refuted  ") for line in told) == 31
