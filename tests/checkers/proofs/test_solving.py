"""checkers.proofs.solving: answers, cores and models; unknown, time-out and disagreement are results of their own."""

import builtins

import pytest

from checkers.proofs import solving
from checkers.proofs.quorum import majority, node
from checkers.proofs.quorumsystem import misses
from checkers.proofs.solving import Answer, SolverMissing, Solvers, ask_cvc5, ask_z3, eliminated, read_cvc5, read_z3
from checkers.proofs.terms import Exists, Named, Not, Problem, Switch, equal, var

A, B = var("a"), var("b")
CONTRADICTION = Problem("p", "", (Named("one", A > B), Named("idle", A > 5), Named("two", B > A)), "unsat")
POSSIBLE = Problem("p", "", (Named("one", A > B), Named("two", equal(B, 7)), Named("on", Switch("x"))), "sat")
QUANTIFIED = Problem("p", "", (Named("none between", Not(Exists(("b",), B > A))),), "unsat")


@pytest.mark.parametrize("ask", [ask_z3, ask_cvc5])
def test_a_contradiction_comes_with_the_names_that_make_it(ask) -> None:
    answer = ask(CONTRADICTION, 5_000)
    assert (answer.status, answer.core) == ("unsat", ("one", "two"))


@pytest.mark.parametrize("ask", [ask_z3, ask_cvc5])
def test_a_model_has_every_variable_and_switch(ask) -> None:
    answer = ask(POSSIBLE, 5_000)
    assert answer.status == "sat"
    assert answer.values["b"] == 7
    assert answer.values["a"] > 7
    assert answer.values["x"] == 1


@pytest.mark.parametrize("ask", [ask_z3, ask_cvc5])
def test_a_quantifier_is_decided(ask) -> None:
    assert ask(QUANTIFIED, 5_000).status == "unsat"


def test_what_confirms_the_claim_is_proved_and_what_denies_it_refuted() -> None:
    both = Solvers(("z3", "cvc5"))
    assert both.ask(CONTRADICTION).result == "proved"
    assert both.ask(POSSIBLE).result == "proved"
    assert both.ask(Problem("p", "", POSSIBLE.assumptions, "unsat")).result == "refuted"


def _answering(monkeypatch: pytest.MonkeyPatch, z3: Answer, cvc5: Answer) -> None:
    monkeypatch.setitem(solving._ASK, "z3", lambda _problem, _timeout_ms: z3)
    monkeypatch.setitem(solving._ASK, "cvc5", lambda _problem, _timeout_ms: cvc5)


def test_solvers_that_contradict_each_other_are_a_disagreement_and_never_a_proof(monkeypatch) -> None:
    _answering(monkeypatch, Answer("z3", "unsat"), Answer("cvc5", "sat"))
    outcome = Solvers(("z3", "cvc5")).ask(CONTRADICTION)
    assert outcome.result == "disagreement"
    assert outcome.reason == "z3 says unsat; cvc5 says sat"


def test_one_solver_that_gives_up_makes_it_unknown(monkeypatch) -> None:
    _answering(monkeypatch, Answer("z3", "unsat"), Answer("cvc5", "unknown", "resource"))
    outcome = Solvers(("z3", "cvc5")).ask(CONTRADICTION)
    assert outcome.result == "unknown"
    assert outcome.reason == "cvc5 gave up (resource)"


def test_nobody_asked_proves_nothing() -> None:
    assert Solvers(()).ask(CONTRADICTION).result == "unknown"


def test_a_time_out_is_unknown_with_its_reason() -> None:
    # Majorities of majorities, by rows and by columns: far more than a millisecond's work for either solver.
    rows = majority(majority(node(f"{row}.{column}") for column in range(9)) for row in range(9))
    columns = majority(majority(node(f"{row}.{column}") for row in range(9)) for column in range(9))
    problem, _ = misses(rows, columns)
    for name in ("z3", "cvc5"):
        outcome = Solvers((name,), 1).ask(problem)
        assert outcome.result == "unknown", name
        assert outcome.reason.startswith(f"{name} gave up ("), outcome.reason


def test_the_clock_that_is_given_measures_the_solver() -> None:
    times = iter([1.0, 1.25, 2.0, 2.5])
    outcome = Solvers(("z3", "cvc5"), clock=lambda: next(times)).ask(CONTRADICTION)
    assert [answer.took_s for answer in outcome.answers] == [0.25, 0.5]
    assert Solvers().ask(CONTRADICTION).answers[0].took_s == 0.0


def test_a_solver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "cvc5":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SolverMissing, match="extra `solvers`"):
        ask_cvc5(CONTRADICTION, 1_000)


def test_elimination_leaves_no_quantifier() -> None:
    import z3

    a, b = z3.Ints("a b")
    left = eliminated(z3.Exists([b], z3.And(b > a, b < 5)))
    assert "exists" not in left.sexpr()
    assert z3.is_true(z3.simplify(z3.substitute(left, (a, z3.IntVal(3)))))
    assert z3.is_false(z3.simplify(z3.substitute(left, (a, z3.IntVal(4)))))


def test_scripts_are_read_as_they_stand_in_a_file() -> None:
    text = "(set-logic QF_LIA)(declare-const a Int)(assert (> a a))(check-sat)"
    assert read_z3(text) == "unsat"
    assert read_cvc5(text)[2] == "unsat"
