"""checkers.proofs.smtlib: scripts that every solver reads back to the same answer."""

from itertools import product

import pytest

from checkers.proofs.smtlib import quantified, script, sexpr
from checkers.proofs.solving import Solvers, read_cvc5, read_z3
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import (
    Every,
    Exists,
    Named,
    Not,
    Problem,
    Some,
    Switch,
    count_true,
    equal,
    every,
    greatest,
    least,
    var,
)
from checkers.proofs.theory import ROOMS, merging

A, B = var("a"), var("b")


@pytest.mark.parametrize("name", LEMMAS)
def test_every_emitted_script_gives_the_same_answer_when_it_is_read_back(name: str) -> None:
    lemma = LEMMAS[name]
    for problem in lemma.obligations() + tuple(lemma.tempted(belief) for belief in lemma.tempting):
        text = script(problem)
        assert f"; the answer that confirms it: {problem.expect}\n" in text
        assert read_cvc5(text)[2] == problem.expect, problem.name
        if not problem.name.endswith(".necessary"):  # z3 alone gives up on quantifiers; `ask_z3` eliminates them
            assert read_z3(text) == problem.expect, problem.name


def test_the_scripts_behind_the_data_centres_read_back_too() -> None:
    for problem in (ROOMS[0].sound(), ROOMS[1].sound(), merging()):
        assert read_z3(script(problem)) == read_cvc5(script(problem))[2] == "unsat"


def test_every_assumption_stands_in_the_script_by_its_name() -> None:
    text = script(LEMMAS["reads-meet-writes"].sound())
    assert "(assert (! (> (+ R W) N) :named |condition|))" in text
    assert text.count(":named") == len(LEMMAS["reads-meet-writes"].sound().assumptions)
    assert text.endswith("(check-sat)\n")


def test_a_script_that_drops_an_assumption_is_told_from_one_that_keeps_it() -> None:
    """The trap: z3's own `to_smt2` leaves out tracked assumptions, and reads back as satisfiable."""
    problem = LEMMAS["reads-meet-writes"].sound()
    fewer = "\n".join(line for line in script(problem).splitlines() if "|condition|" not in line)
    assert read_z3(fewer) == "sat"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (A - 2 * B <= -1, "(<= (+ a (* (- 2) b)) (- 1))"),
        (A < least(A, B), "(< a (ite (<= a b) a b))"),
        (every(A > 0, Switch("x")), "(and (> a 0) x)"),
        (Not(Switch("x")), "(not x)"),
        (Every(()), "true"),
        (Some(()), "false"),
        (Exists(("b",), equal(A, B)), "(exists ((b Int)) (= a b))"),
        (count_true(A > 0) >= 1, "(>= (ite (> a 0) 1 0) 1)"),
    ],
)
def test_formulas_in_prefix_notation(formula, text: str) -> None:
    assert sexpr(formula) == text


def test_solvers_and_evaluation_understand_least_and_greatest_alike() -> None:
    for a, b in product(range(-2, 3), repeat=2):
        given = (Named("first", equal(A, a)), Named("second", equal(B, b)))
        claim = Named("as in Python", equal(least(A, B, 1) + greatest(A, B) * 2, min(a, b, 1) + 2 * max(a, b)))
        assert Solvers(("z3", "cvc5")).ask(Problem("p", "", (*given, claim), "sat")).result == "proved"


def test_what_has_a_quantifier_is_known() -> None:
    assert quantified(every(A > 0, Not(Exists(("b",), A > B))))
    assert not quantified(every(A > 0, Not(Switch("x"))))
    assert "(set-logic LIA)" in script(Problem("p", "", (Named("1", Exists(("b",), A > B)),), "sat"))
