"""One part of an exploration of nodes, in whichever process it lives (`kept.explore.processes`).

Each part holds the states whose fingerprints fall to it, and nodes of its own. States travel as bytes between parts,
by way of the process that leads the search; the library in their directory says what the bytes stand for.
"""

from pathlib import Path
from typing import Any

from kept.explore.judging import Judge
from kept.explore.lines import Line
from kept.explore.scope import Scope
from kept.explore.written import WrittenNodes
from model.explorer.part import Part


class Member(Part):
    """One part, with what else is asked of it."""

    def __init__(self, scope: Scope, claims: tuple[str, ...], directory: Path, part: int, parts: int) -> None:
        self.nodes = WrittenNodes(scope, directory, f"part-{part}")
        self.judge = Judge(self.nodes, claims)
        super().__init__(self.nodes, self.judge.properties(), part, parts)

    def snapshot(self) -> dict[str, Any]:
        """For a checkpoint; what its states stand for is durable before it is."""
        kept = super().snapshot()
        self.nodes.library.sync()
        return kept

    def told(self) -> tuple[dict[str, int], dict[str, str], int, frozenset[Line]]:
        """Marks that were left, claims without a verdict, how often a node really ran, and which lines of it."""
        local = self.nodes.locals
        return dict(self.nodes.cluster.marks), self.judge.undecided, local.materialised, frozenset(local.lines.seen)
