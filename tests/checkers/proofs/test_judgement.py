"""checkers.proofs.judgement: one question, its answer, and the reasons for it."""

import dataclasses

import pytest

from checkers.proofs.judgement import Question, explained, judge
from checkers.proofs.rows import N, R, W
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import every, some

Z3 = Solvers()
STRICT = LEMMAS["reads-meet-writes"]


def test_what_holds_is_explained_by_its_condition_with_its_numbers() -> None:
    found = judge(Question(STRICT, {"N": 3, "R": 2, "W": 2}), Z3)
    assert (found.result, found.because, found.repairs, found.nodes) == ("proved", "R + W > N: 4 > 3", (), None)
    assert found.decides
    assert "condition" not in found.core
    assert found.core


def test_what_fails_is_explained_by_named_nodes_and_repaired() -> None:
    found = judge(Question(STRICT, {"N": 3, "R": 1, "W": 2}, ("R", "W"), decides=False, note="carts"), Z3)
    assert (found.name, found.result, found.decides) == ("reads-meet-writes (carts)", "refuted", False)
    assert found.because == "the put is acknowledged by n1 and n2; the get hears n3: no node is in both"
    assert found.nodes == {"write": ("n1", "n2"), "read": ("n3",)}
    assert found.repairs == ("R=2", "W=3")
    assert found.details == {"condition": "R + W > N", "holds": "R + W > N: 3 > 3"}


def test_a_lemma_that_its_solver_contradicts_is_our_mistake_and_no_verdict() -> None:
    wrong = dataclasses.replace(STRICT, condition=R + W >= N)
    with pytest.raises(AssertionError, match="differ"):
        judge(Question(wrong, {"N": 3, "R": 1, "W": 2}), Z3)


def test_a_configuration_outside_the_domain_was_not_checked_at_the_door() -> None:
    with pytest.raises(AssertionError, match="no more replies than replicas"):
        judge(Question(STRICT, {"N": 3, "R": 5, "W": 2}), Z3)


def test_alternatives_are_explained_by_the_one_that_holds() -> None:
    values = {"N": 3, "R": 2, "W": 2}
    assert explained(some(W > N, R + W > N), values) == "R + W > N: 4 > 3"
    assert explained(some(W > N, R > N), values) == "W > N: 2 > 3"
    assert explained(every(R + W > N, W <= N), values) == "R + W > N: 4 > 3; W <= N: 2 <= 3"
