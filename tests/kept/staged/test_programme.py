"""kept.staged.programme: everything that was refuted is staged once, under a name of its own."""

from pathlib import Path

import kept
from checkers.proofs import theory
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from kept.staged import programme
from kept.staged.protocol import RUNS


def test_of_a_configuration_whatever_was_refuted_is_staged(tmp_path: Path) -> None:
    proof = kept.prove(n=3, r=1, w=1, lose_disks=1)
    made = list(programme.of_configuration(proof.judgements, 1, tmp_path, "1 "))
    assert [(one.name, one.claim, one.violated) for one in made] == [
        ("1 reads-meet-writes", "fresh-reads", True),
        ("1 survives-disks f=1", "no-lost-write", True),
        ("1 writes-meet-writes", "fresh-reads", True),
        ("1 monotone-reads", "monotonic-reads", True),
    ]
    assert len(list(tmp_path.iterdir())) == 4


def test_what_is_not_staged_says_why() -> None:
    proof = kept.prove(n=400, r=1, w=1)
    made = next(programme.of_configuration(proof.judgements, 1, None))
    assert (made.claim, made.trial) == ("", None)
    assert "more than 200 nodes" in made.reason


def test_of_the_counting_layer_every_refuted_belief_is_staged() -> None:
    rows = [theory.prove(LEMMAS[name], Solvers()) for name in ("lists-differ", "replaced-by-empty")]
    made = list(programme.of_beliefs(rows, None))
    assert [one.name for one in made] == [
        "lists-differ, though R + W > N",
        "replaced-by-empty, though R + W > N",
        "replaced-by-empty, though W > f",
    ]
    assert all(one.violated for one in made)
    assert made[0].reason.startswith("bug flip-before-transfer")


def test_of_the_protocol_every_mutant_is_staged_and_violates_its_claim() -> None:
    made = list(programme.of_mutants(None))
    assert [one.name for one in made] == [f"mutant {mutant.name}" for mutant in MUTANTS]
    assert [one.name for one in made if not one.violated] == []
    assert [one.claim for one in made] == [run.claim for run in RUNS.values()]
