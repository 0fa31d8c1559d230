import json
from dataclasses import replace

from checkers.proofs.protocol import Proof, prove
from checkers.proofs.protocol.asking import Answer, Outcome
from checkers.proofs.protocol.proof import REACHED_ON
from model.abstract.merging import LEMMAS
from model.abstract.store import STORE


def test_both_solvers_prove_every_obligation_of_the_store_and_of_merging(proof):
    assert proof.solvers == ("z3", "cvc5")
    assert [outcome.name for outcome in proof.outcomes if outcome.result != "proved"] == []
    assert len(proof.outcomes) + proof.untouched == len(STORE.invariants) * (1 + len(STORE.actions)) + len(LEMMAS)
    assert proof.result == "proved"


def test_the_proof_is_not_about_nothing(proof):
    """Every goal is reached, among them a read that sees what had been answered ok before it."""
    assert list(proof.goals) == [goal.name for goal in STORE.goals] == list(REACHED_ON)
    assert {name: len(run.steps) for name, run in proof.goals.items() if run} == {
        "fresh read": 11,
        "fresh delete": 12,
        "hints delivered": 5,
        "recovered": 13,
        "list changed": 19,
        "forgotten": 15,
    }


def test_every_axiom_that_bounds_the_configuration_is_used(proof):
    """R + W > N, W > 0 and W <= N are what the promises rest on: no solver proves them without."""
    assert {"axiom: quorums meet", "axiom: nonempty", "axiom: writable"} <= set(proof.used())
    assert "guard: synced (ack)" in proof.used()


def test_a_proof_is_a_json_document(proof):
    document = json.loads(json.dumps(proof.document()))
    assert document["result"] == "proved"
    assert len(document["obligations"]) == len(proof.outcomes)
    assert document["obligations"][0]["answers"][0]["solver"] == "z3"
    assert document["goals"]["fresh read"][-1] == "get1 is answered"
    assert set(document["promises"]) == set(STORE.properties)


def outcome(result: str) -> Outcome:
    return Outcome("store", "claim", result, (Answer("z3", "unsat", 0.5), Answer("cvc5", "unsat", 0.25)))


def test_the_worst_verdict_counts_and_an_unreached_goal_leaves_it_unknown(proof):
    def result(**changes) -> str:
        return replace(proof, **changes).result

    assert result(outcomes=(outcome("proved"), outcome("unknown"))) == "unknown"
    assert result(outcomes=(outcome("unknown"), outcome("refuted"))) == "refuted"
    assert result(outcomes=(outcome("refuted"), outcome("disagreement"))) == "disagreement"
    assert result(outcomes=(outcome("proved"),)) == "proved"
    assert result(outcomes=()) == "unknown"
    assert result(order=()) == "unknown"
    assert result(goals={**proof.goals, "fresh read": None}) == "unknown"


def test_time_is_summed_by_solver():
    empty = Proof(("z3", "cvc5"), (outcome("proved"), outcome("proved")), 0, (), {}, {})
    assert empty.took_s == {"z3": 1.0, "cvc5": 0.5}


def test_a_store_without_a_guard_is_not_proved():
    mutant = STORE.without_guard("replicate", "durable")
    made = prove(["z3"], protocol=replace(mutant, actions=(mutant.action("replicate"),), goals=()))
    assert made.result == "refuted"
    assert "replicate: promise" in {outcome.name for outcome in made.outcomes if outcome.result == "refuted"}
