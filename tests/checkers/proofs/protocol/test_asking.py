import pytest

from checkers.proofs.protocol import asking
from checkers.proofs.protocol.asking import Answer, ask, verdict
from checkers.proofs.protocol.obligations import step
from checkers.proofs.protocol.solvers import Cvc5
from model.abstract.store import STORE


def said(*statuses):
    return [Answer(f"solver {at}", status, 0.0) for at, status in enumerate(statuses)]


@pytest.mark.parametrize(
    ("statuses", "result"),
    [
        (("unsat", "unsat"), "proved"),
        (("unsat",), "proved"),
        (("sat", "sat"), "refuted"),
        (("unsat", "sat"), "disagreement"),
        (("unsat", "unknown"), "unknown"),
        (("sat", "unknown"), "unknown"),
        (("unsat", "sat", "unknown"), "disagreement"),
        ((), "unknown"),
    ],
)
def test_only_what_every_solver_says_is_believed(statuses, result):
    assert verdict(said(*statuses)) == result


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_an_obligation_is_proved_with_the_names_of_what_it_needs(solver):
    pytest.importorskip(solver)
    outcomes = {outcome.claim: outcome for outcome in ask(step(STORE, STORE.action("ack")), [solver], 10_000)}
    (answer,) = outcomes["promise"].answers
    assert (outcomes["promise"].result, answer.status) == ("proved", "unsat")
    assert "guard: synced" in answer.core


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_an_invariant_that_an_action_does_not_keep_is_refuted(solver):
    """cvc5 saturates its quantifiers here and finds no contradiction, which it may call unknown, but never proved."""
    pytest.importorskip(solver)
    mutant = STORE.without_guard("ack", "synced")
    outcomes = {outcome.claim: outcome.result for outcome in ask(step(mutant, mutant.action("ack")), [solver], 1_000)}
    assert outcomes["promise"] in (("refuted",) if solver == "z3" else ("refuted", "unknown"))
    assert outcomes["started"] == "proved"


def test_a_solver_that_gives_up_leaves_it_unknown_with_its_reason(monkeypatch):
    """Without saturation cvc5 gives up on obligations that it decides with it."""
    pytest.importorskip("cvc5")
    monkeypatch.setitem(asking.SOLVERS, "cvc5", lambda timeout_ms: Cvc5(timeout_ms, saturate=False))
    outcomes = ask(step(STORE, STORE.action("finish_read")), ["z3", "cvc5"], 10_000)
    (given_up,) = (outcome for outcome in outcomes if outcome.claim == "fresh reads")
    assert [answer.status for answer in given_up.answers] == ["unsat", "unknown"]
    assert given_up.result == "unknown"
    assert given_up.answers[1].reason


class Liar:
    """A solver that finds a model of everything."""

    def __init__(self, timeout_ms: int) -> None:
        self.timeout_ms = timeout_ms

    def tell(self, text: str) -> list[str]:
        return ["sat"] if "(check-sat)" in text else []


def test_solvers_that_contradict_each_other_are_a_disagreement(monkeypatch):
    monkeypatch.setitem(asking.SOLVERS, "liar", Liar)
    outcomes = ask(step(STORE, STORE.action("crash")), ["z3", "liar"], 10_000)
    assert {outcome.result for outcome in outcomes} == {"disagreement"}


def test_time_is_what_the_clock_says():
    ticks = iter(range(10_000))
    outcomes = ask(step(STORE, STORE.action("abandon")), ["z3"], 10_000, lambda: float(next(ticks)))
    assert all(outcome.answers[0].took_s >= 1.0 for outcome in outcomes)
