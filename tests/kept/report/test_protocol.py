"""kept.report.protocol: the proof of the protocol and the stages, in words and as documents."""

from dataclasses import replace
from pathlib import Path

import pytest

from checkers.proofs.protocol.asking import Answer, Outcome
from checkers.proofs.protocol.mutants import MUTANTS
from checkers.proofs.protocol.proof import REACHED_ON, Proof, refuted
from checkers.proofs.protocol.runs import find
from kept.report import protocol
from kept.staged.quorums import quorums_that_miss
from kept.staged.rehearsal import Rehearsal, rehearse
from model.abstract.store import STORE

SAID = Answer("z3", "unsat", 0.002, ("guard: durable",))
GAVE_UP = Answer("cvc5", "unknown", 0.5, reason="timeout")


@pytest.fixture(scope="module")
def proof() -> Proof:
    goal = next(goal for goal in STORE.goals if goal.name == "hints delivered")
    reached = {goal.name: find(STORE, REACHED_ON[goal.name], goal)}
    proved = Outcome("put", "fresh reads", "proved", (SAID,))
    promises = {"fresh reads": "a read sees it", "no lost write": "it is there"}
    return Proof(("z3", "cvc5"), (proved,), 12, ("Write", "Node"), reached, promises)


def test_every_promise_is_told_with_what_was_asked_and_what_was_reached(proof: Proof) -> None:
    text = "\n".join(protocol.protocol_lines(proof))
    assert "proved   fresh reads: a read sees it" in text
    assert "1 obligations asked of z3, cvc5; 12 more are plain" in text
    assert "Write -> Node" in text
    assert "hints delivered (5 steps)" in text


def test_what_is_not_proved_is_named(proof: Proof) -> None:
    open_ = Outcome("put", "no lost write", "unknown", (SAID, GAVE_UP))
    undecided = replace(proof, outcomes=(*proof.outcomes, open_), goals={**proof.goals, "recovered": None})
    text = "\n".join(protocol.protocol_lines(undecided))
    assert "unknown  fresh reads" in text
    assert "unknown  put: no lost write" in text
    assert "not reached: recovered" in text
    claims = protocol.protocol_claims(undecided)
    assert [(claim.name, claim.verdict) for claim in claims] == [
        ("protocol: fresh reads", "unknown"),
        ("protocol: no lost write", "unknown"),
    ]
    assert claims[0].reason == "put: no lost write; not reached: recovered"
    assert protocol.protocol_claims(replace(proof, order=()))[0].reason == "sorts are made from themselves"


def test_the_document_has_every_obligation_with_answers_and_core(proof: Proof) -> None:
    document = protocol.protocol_document(proof)
    (obligation,) = document.obligations
    assert (obligation.name, obligation.result, obligation.core) == ("put: fresh reads", "proved", ("guard: durable",))
    assert [(one.solver, one.status, one.took_ms) for one in obligation.answers] == [("z3", "unsat", 2.0)]
    assert document.goals["hints delivered"][0].startswith("f, a fallback, coordinates put1")
    assert protocol.protocol_claims(proof)[0].verdict == "valid"


def test_mutants_are_told_with_what_they_break() -> None:
    text = " ".join(" ".join(protocol.mutant_lines([(MUTANTS[1], refuted(MUTANTS[1]))])).split())
    assert "ack at one (the coordinator's own acknowledgement is enough): breaks `fresh reads` after 7 steps" in text


def test_stages_say_what_the_store_did_and_how_to_see_it_again(tmp_path: Path) -> None:
    made = rehearse("reads", "fresh-reads", quorums_that_miss(), "n1 is n2", tmp_path)
    held = made._replace(claim="no-lost-write", file=None)
    lines = protocol.stage_lines([made, held, Rehearsal("writes", "", "nothing is promised")])
    assert "VIOLATED reads: n1 is n2: fresh-reads" in lines
    assert f"         kept replay {made.file}" in lines
    assert "held     reads: n1 is n2: no-lost-write" in lines
    assert "no run   writes: nothing is promised" in lines
    document = protocol.stage_document(made)
    assert (document.claim, document.violated, document.schedule) == ("fresh-reads", True, str(made.file))
    assert not protocol.stage_document(Rehearsal("writes", "", "why")).violated
