"""What `kept prove --all` and `--protocol` prove: both layers, for every configuration and any number of nodes."""

import time
from collections.abc import Callable
from typing import NamedTuple

from checkers.proofs import theory
from checkers.proofs.datacentres import Cell
from checkers.proofs.datacentres import table as level_table
from checkers.proofs.protocol import proof as protocol
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.solving import Outcome, Result, Solvers
from checkers.proofs.terms import Problem
from checkers.proofs.theory import Row
from kept.report import protocol as told
from kept.report import proved
from kept.report.proofdocument import ProofClaimDocument

Say = Callable[..., None]


class Counting(NamedTuple):
    """The counting layer, proved or not."""

    rows: tuple[Row, ...]
    merged: Outcome
    cells: tuple[Cell, ...]

    @property
    def results(self) -> list[Result]:
        return [row.result for row in self.rows] + [self.merged.result] + [_cell_result(cell) for cell in self.cells]

    @property
    def claims(self) -> tuple[ProofClaimDocument, ...]:
        return (*(proved.row_document(row) for row in self.rows), proved.outcome_document(self.merged))

    @property
    def problems(self) -> list[Problem]:
        """Every question, for certificates."""
        asked = [outcome.problem for row in self.rows for outcome in row.outcomes] + [self.merged.problem]
        return asked + [
            belief.outcome.problem.named(f"{belief.outcome.problem.name}-{at}")
            for row in self.rows
            for at, belief in enumerate(row.beliefs, 1)
        ]


def counting(solvers: Solvers, say: Say) -> Counting:
    """Every lemma and the table of levels, told as they come."""
    rows = []
    for row in theory.rows(solvers):
        rows.append(row)
        say(*proved.row_lines(row))
    merged = theory.merged(solvers)
    say(f"{proved.SHOWN[merged.result]:<9}{merged.problem.name}: {merged.problem.about}")
    cells = tuple(level_table(solvers))
    say(*proved.level_lines(cells))
    return Counting(tuple(rows), merged, cells)


def protocols(solvers: Solvers, say: Say) -> protocol.Proof:
    """The protocol layer, and what each of its guards is for."""
    found = protocol.prove(solvers.names, solvers.timeout_ms, time.perf_counter)
    say(*told.protocol_lines(found))
    say(*told.mutant_lines((mutant, protocol.refuted(mutant)) for mutant in MUTANTS))
    return found


def _cell_result(cell: Cell) -> Result:
    """A cell is answered, or not: `never` is an answer, not a refutation."""
    return cell.answer if cell.answer in ("unknown", "disagreement") else "proved"
