"""kept.staged.protocol: every mutant of the abstract store has a run of the real one, and its page says how."""

from pathlib import Path

from checkers.proofs.protocol.mutants import MUTANTS
from checkers.registry import CLAIMS
from kept.staged.protocol import RUNS
from kept.zoo.catalogue import KNOWN

DOCS = Path(__file__).parents[3] / "docs" / "protocol-proof.md"
SAME = {
    "fresh reads": "fresh-reads",
    "no lost write": "no-lost-write",
    "no lost sloppy write": "no-lost-write",
    "no resurrection": "no-resurrection",
    "no false reaping": "no-lost-write",
    "fresh deletes": "convergence",
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
        direction = run.direct()
        assert direction.claims == (run.claim,)
        bug = direction.given.get("bug", "")
        assert (f"bug `{bug}`" in run.how) if bug else ("bug `" not in run.how), run.mutant
        assert not bug or bug in KNOWN


def test_only_three_runs_hang_on_a_seed() -> None:
    assert [run.mutant for run in RUNS.values() if run.seeded] == [
        "two disks at once",
        "fallback coordinates for owners",
        "closed before older reads end",
    ]


def test_the_document_says_of_every_mutant_how_it_is_staged() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [f"| {run.mutant} | `{run.claim}` | {run.how} |" for run in RUNS.values()]
    assert [row for row in rows if row not in text] == []
