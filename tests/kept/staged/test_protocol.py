"""kept.staged.protocol: every mutant of the abstract store has a run of the real one, and its page says how."""

from pathlib import Path

import pytest

from checkers.proofs.protocol.mutants import MUTANTS
from checkers.registry import CLAIMS
from kept.lab import direction
from kept.staged.protocol import RUNS
from kept.zoo.catalogue import KNOWN

DOCS = Path(__file__).parents[3] / "docs" / "protocol-proof.md"
SAME = {
    "fresh reads": "fresh-reads",
    "no lost write": "no-lost-write",
    "no lost sloppy write": "no-lost-write",
    "no resurrection": "no-resurrection",
    "no false reaping": "no-lost-write",
    "fresh deletes": "fresh-deletes",
}
"""A promise of the abstract store, and the claim of the real one that its mutants' runs violate."""


def test_every_mutant_has_a_run_and_it_violates_the_claim_that_its_promise_is() -> None:
    assert list(RUNS) == [mutant.name for mutant in MUTANTS]
    assert {mutant.name: RUNS[mutant.name].claim for mutant in MUTANTS} == {
        mutant.name: SAME[mutant.breaks] for mutant in MUTANTS
    }
    assert set(SAME.values()) <= set(CLAIMS)


def test_what_is_switched_off_is_what_is_said() -> None:
    for run in RUNS.values():
        made = run.direct()
        assert made.claims == (run.claim,)
        bug = made.given.get("bug", "")
        assert (f"bug `{bug}`" in run.how) if bug else ("bug `" not in run.how), run.mutant
        assert not bug or bug in KNOWN


def test_no_run_hangs_on_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What chance decides in a run is awaited, repeated or cut off, so that another seed gives the same violation."""
    monkeypatch.setattr(direction, "SEED", 1)
    assert [run.mutant for run in RUNS.values() if run.claim not in run.direct().run().violated] == []


def test_the_document_says_of_every_mutant_how_it_is_staged() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [f"| {run.mutant} | `{run.claim}` | {run.how} |" for run in RUNS.values()]
    assert [row for row in rows if row not in text] == []
