"""checkers.proofs.lemma: obligations, the question about given numbers, counterexamples with names."""

import dataclasses

import pytest

from checkers.proofs.lemma import listed
from checkers.proofs.rows import N, R, W
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Named, equal, var

Z3 = Solvers(("z3",))
BOTH = Solvers(("z3", "cvc5"))
STRICT = LEMMAS["reads-meet-writes"]


@pytest.mark.parametrize("name", LEMMAS)
def test_both_solvers_confirm_every_obligation_of_every_lemma(name: str) -> None:
    for problem in LEMMAS[name].obligations():
        outcome = BOTH.ask(problem)
        assert outcome.result == "proved", (problem.name, outcome.answers)


@pytest.mark.parametrize(
    ("wrong", "denied"),
    [(R + W >= N, "reads-meet-writes.sound"), (R + W > N + 1, "reads-meet-writes.necessary")],
)
def test_a_condition_that_is_too_weak_or_too_strong_is_not_confirmed(wrong, denied: str) -> None:
    lemma = dataclasses.replace(STRICT, condition=wrong)
    outcomes = {problem.name: BOTH.ask(problem).result for problem in lemma.obligations()}
    assert outcomes.pop(denied) == "refuted"
    assert set(outcomes.values()) == {"proved"}


def test_a_lemma_whose_assumptions_contradict_each_other_is_found_vacuous() -> None:
    lemma = dataclasses.replace(STRICT, domain=(*STRICT.domain, Named("impossible", N + 1 <= 0)))
    outcomes = {problem.name: Z3.ask(problem).result for problem in lemma.obligations()}
    assert outcomes["reads-meet-writes.sound"] == "proved"
    assert outcomes["reads-meet-writes.possible"] == "refuted"


def test_a_claim_that_cannot_fail_is_found_empty() -> None:
    lemma = dataclasses.replace(STRICT, failure=Named("a negative set", equal(STRICT.venn.size("write"), -1)))
    assert Z3.ask(lemma.breakable()).result == "refuted"


def test_a_given_configuration_is_refuted_with_named_nodes() -> None:
    outcome = Z3.ask(STRICT.question({"N": 3, "R": 1, "W": 2}))
    assert outcome.result == "refuted"
    found = STRICT.counterexample(outcome.answers[0].values)
    assert found.values == {"N": 3, "R": 1, "W": 2}
    assert found.sentence == "the put is acknowledged by n1 and n2; the get hears n3: no node is in both"
    assert found.nodes == {"write": ("n1", "n2"), "read": ("n3",)}


def test_a_given_configuration_is_proved_and_the_core_names_what_it_took() -> None:
    outcome = BOTH.ask(STRICT.question({"N": 3, "R": 2, "W": 2}))
    assert outcome.result == "proved"
    for answer in outcome.answers:
        assert {"N is given", "R is given", "W is given", "none in both"} <= set(answer.core)
        assert "at least one replica" not in answer.core


@pytest.mark.parametrize("name", LEMMAS)
def test_the_solver_and_the_condition_agree_on_given_numbers(name: str, brute, all_small) -> None:
    lemma = LEMMAS[name]
    values = list(all_small(lemma, 3))
    for one in values[:: max(1, len(values) // 12)]:
        outcome = Z3.ask(lemma.question(one))
        assert (outcome.result == "refuted") == brute[name](one), one


@pytest.mark.parametrize("name", [name for name, lemma in LEMMAS.items() if lemma.tempting])
def test_a_weaker_condition_has_a_counterexample(name: str) -> None:
    for belief in LEMMAS[name].tempting:
        assert BOTH.ask(LEMMAS[name].tempted(belief)).result == "proved", belief.belief


def test_the_claim_is_said_with_its_numbers_or_its_symbols() -> None:
    lemma = LEMMAS["survives-disks"]
    assert "any f of its disks" in lemma.said()
    assert "any 2 of its disks" in lemma.said({"N": 3, "W": 2, "f": 2})


def test_parameters_are_what_the_domain_speaks_of() -> None:
    for lemma in LEMMAS.values():
        assert set(lemma.symbols).isdisjoint(lemma.hidden)
        assert lemma.weight() != var("N")


def test_names_are_listed_as_a_sentence_has_them() -> None:
    assert [listed(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "nobody",
        "a",
        "a and b",
        "a, b and c",
    ]
