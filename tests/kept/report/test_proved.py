"""kept.report.proved: proofs in words and as documents; what was proved is never said to be more."""

import pytest

from checkers.proofs.datacentres import cell
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.theory import prove as prove_lemma
from kept.prover.config import configured
from kept.prover.prove import Proof, prove
from kept.report import proved

Z3 = Solvers()


@pytest.fixture(scope="module")
def strict() -> Proof:
    return prove(configured({"n": 3, "r": 2, "w": 2}), Z3)


@pytest.fixture(scope="module")
def weak() -> Proof:
    return prove(configured({"n": 3, "r": 1, "w": 1, "name": "views"}), Z3)


def test_a_proof_says_its_reason_and_what_it_does_not_show(strict: Proof) -> None:
    lines = proved.story(strict)
    assert lines[0] == "N=3 R=2 W=2 strict"
    assert "proved   reads-meet-writes: a get meets every acknowledged put" in lines
    assert "         R + W > N: 4 > 3" in lines
    at = lines.index("NOT guaranteed")
    assert any("linearizability" in line for line in lines[at:])
    assert not any("linearizab" in line for line in lines[:at])


def test_a_refutation_says_nodes_repair_and_odds(weak: Proof) -> None:
    text = "\n".join(proved.story(weak))
    assert "REFUTED  reads-meet-writes" in text
    assert "the put is acknowledged by n1; the get hears n2: no node is in both" in text
    assert "it takes R + W > N: 2 > 3" in text
    assert "smallest repair: R=3, or W=3" in text
    assert "2/3 = 0.6667" in text


def test_several_configurations_are_a_line_each(strict: Proof, weak: Proof) -> None:
    first, *others = proved.table([strict, weak])
    assert first == "proved   N=3 R=2 W=2 strict"
    assert others[0].startswith("REFUTED  views: reads-meet-writes: ")


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["proved"], "valid"),
        (["proved", "unknown"], "unknown"),
        (["proved", "disagreement"], "unknown"),
        (["unknown", "refuted", "disagreement"], "invalid"),
        ([], "unknown"),
    ],
)
def test_refuted_wins_and_nothing_asked_is_unknown(results, verdict: str) -> None:
    assert proved.overall(results) == verdict


def test_the_last_line_counts_what_holds(strict: Proof, weak: Proof) -> None:
    assert proved.last_line([strict], ["z3"], 0.1) == "valid    reads-meet-writes holds (z3, 0.10 s)"
    assert proved.last_line([weak], ["z3"], 0.1) == "INVALID  reads-meet-writes refuted (z3, 0.10 s)"
    both = proved.last_line([strict, weak], ["z3", "cvc5"], 0.1)
    assert both == "INVALID  2 configurations: 1 hold, 1 refuted, 0 undecided (z3, cvc5, 0.10 s)"


def test_a_document_has_every_claim_and_its_counterexample(weak: Proof) -> None:
    document = proved.configuration_document(weak)
    assert (document.name, document.verdict) == ("views", "invalid")
    assert document.config["n"] == 3
    first = document.claims[0]
    assert first.counterexample is not None
    assert first.nodes == {"write": ("n1",), "read": ("n2",)}
    assert proved.claim_document(weak.judgements[0], "views").name == "views: reads-meet-writes"


def test_a_lemma_is_told_with_its_derivation_and_what_is_not_enough() -> None:
    row = prove_lemma(LEMMAS["writes-meet-writes"], Z3)
    assert proved.row_lines(row) == [
        "proved   writes-meet-writes: two acknowledged puts share a replica",
        "         exactly when 2*W > N",
        "         derived: fails exactly when 2*W <= N",
        "         not enough: R + W > N. N=2, R=2, W=1: one put is acknowledged by n1, another by n2: no node",
        "         has seen both",
    ]
    document = proved.row_document(row)
    assert (document.verdict, document.reason) == ("valid", "exactly when 2*W > N")
    assert proved.outcome_document(row.outcomes[0]).verdict == "valid"


def test_the_table_of_levels_has_a_row_per_write_level() -> None:
    cells = [cell(write, "QUORUM", same, Z3) for same in (True, False) for write in ("QUORUM", "ONE")]
    text = "\n".join(proved.level_lines(cells))
    assert "Coordinators in one data centre" in text
    assert "  QUORUM            always" in text
    assert "  ONE                 some" in text
    assert proved.levels_document(cells[0]).coordinators == "same"
