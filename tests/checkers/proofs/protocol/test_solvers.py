import sys

import pytest

from checkers.proofs.protocol.solvers import SOLVERS, Cvc5
from checkers.proofs.solving import SolverMissing

NAMED = """(set-option :produce-unsat-cores true)(set-logic UF)
(declare-const a Bool)(declare-const b Bool)
(assert (! a :named |it is a|))(assert (! b :named |it is b|))"""


@pytest.mark.parametrize("name", ["z3", "cvc5"])
def test_a_session_executes_text_and_keeps_what_it_was_told(name):
    pytest.importorskip(name)
    session = SOLVERS[name](1000)
    assert session.tell(NAMED) == []
    assert session.tell("(push 1)(assert (! (not a) :named denial))(check-sat)") == ["unsat"]
    assert "|it is a|" in " ".join(session.tell("(get-unsat-core)"))
    assert session.tell("(pop 1)(check-sat)") == ["sat"]


@pytest.mark.parametrize("name", ["z3", "cvc5"])
def test_sessions_do_not_know_of_each_other(name):
    pytest.importorskip(name)
    first, second = SOLVERS[name](1000), SOLVERS[name](1000)
    first.tell("(set-logic UF)(declare-const a Bool)(assert a)(assert (not a))")
    second.tell("(set-logic UF)(declare-const a Bool)(assert a)")
    assert (first.tell("(check-sat)"), second.tell("(check-sat)")) == (["unsat"], ["sat"])


def test_a_solver_that_is_not_installed_is_missed_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(SolverMissing, match="extra `solvers`"):
        Cvc5(1000)


def test_a_time_out_is_that_of_its_session_and_of_nothing_else_in_the_process():
    z3 = pytest.importorskip("z3")
    before = z3.get_param("timeout")
    hasty = SOLVERS["z3"](1)
    hard = "(declare-const x Int)(declare-const y Int)(declare-const z Int)(assert (and (> x 2) (> y 2) (> z 2)))"
    hasty.tell(hard + "(assert (= (+ (* x x x) (* y y y)) (* z z z)))")
    assert hasty.tell("(check-sat)") == ["unknown"]
    assert z3.get_param("timeout") == before
    assert SOLVERS["z3"](1000).tell("(declare-const a Bool)(assert a)(check-sat)") == ["sat"]
