"""kept.prover.prove: one configuration of each kind, proved and refuted."""

from typing import Any

import pytest

from checkers.proofs import solving
from checkers.proofs.solving import Solvers
from kept.prover.config import configured
from kept.prover.prove import Proof, prove

BOTH = Solvers(("z3", "cvc5"))


def proof(**fields: Any) -> Proof:
    return prove(configured(fields), BOTH)


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"n": 3, "r": 2, "w": 2}, "proved"),
        ({"n": 3, "r": 1, "w": 2}, "refuted"),
        ({"n": 3, "r": 2, "w": 2, "lose_disks": 2}, "refuted"),
        ({"n": 3, "r": 2, "w": 2, "sloppy": True}, "refuted"),
        ({"n": 3, "r": 2, "w": 2, "sloppy": True, "pr": 2, "pw": 2}, "proved"),
        ({"dc": {"eu": 3, "us": 3}, "write": "LOCAL_QUORUM", "read": "EACH_QUORUM"}, "proved"),
        ({"dc": {"eu": 3, "us": 3}, "write": "LOCAL_QUORUM", "read": "LOCAL_QUORUM"}, "refuted"),
        ({"dc": {"eu": 3, "us": 3}, "write": "LOCAL_QUORUM", "read": "LOCAL_QUORUM", "coordinators": "same"}, "proved"),
        ({"quorums": "majority(a, b, c)"}, "proved"),
        ({"quorums": "a*b + c*d"}, "refuted"),
        ({"quorums": "a*b + c*d", "write_quorums": "(a + b)*(c + d)"}, "proved"),
        ({"weights": {"a": 2, "b": 2, "c": 2}, "r": 3, "w": 3}, "proved"),
    ],
)
def test_the_result_rests_on_what_decides(fields: dict[str, Any], result: str) -> None:
    assert proof(**fields).result == result


def test_votes_by_the_hundred_million_are_decided() -> None:
    weights = {"a": 999_999_999, "b": 999_999_998, "c": 3}
    assert proof(weights=weights, r=1_000_000_000, w=1_000_000_001).result == "proved"
    assert proof(weights=weights, r=1_000_000_000, w=999_999_998).result == "refuted"


def test_what_may_fail_is_told_without_a_claim() -> None:
    assert proof(n=3, r=1, w=2).facts == {"replicas that may be down, gets": 2, "replicas that may be down, puts": 1}
    assert proof(quorums="majority(a,b,c)").facts == {"nodes that may fail, gets": 1, "nodes that may fail, puts": 1}


def test_a_judgement_is_found_by_its_name() -> None:
    assert proof(n=3, r=2, w=2).judgement("writes-meet-writes").result == "proved"
    with pytest.raises(KeyError):
        proof(n=3, r=2, w=2).judgement("sloppy")


def test_a_refutation_wins_over_what_is_in_dispute_and_that_over_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    real = solving._ASK["cvc5"]

    def contrary(problem: Any, timeout_ms: int) -> solving.Answer:
        if problem.name.startswith("survives"):
            return solving.Answer("cvc5", "sat")
        return real(problem, timeout_ms)

    monkeypatch.setitem(solving._ASK, "cvc5", contrary)
    disputed = proof(n=3, r=2, w=2, lose_disks=1)
    assert disputed.result == "disagreement"
    assert disputed.judgement("survives-disks").because == "z3 says unsat; cvc5 says sat"
    assert proof(n=3, r=1, w=2, lose_disks=1).result == "refuted"
