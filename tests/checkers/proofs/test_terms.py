"""checkers.proofs.terms: terms and formulas are evaluated, printed, negated and searched for variables."""

import random
from itertools import product

import pytest

from checkers.proofs.terms import (
    FALSE,
    TRUE,
    Comparison,
    Every,
    Exists,
    Formula,
    Named,
    Not,
    Problem,
    Some,
    Switch,
    Term,
    count_true,
    equal,
    every,
    greatest,
    holds,
    implies,
    least,
    linear,
    negation,
    some,
    total,
    value,
    var,
)

A, B = var("a"), var("b")


def random_term(rnd: random.Random, depth: int) -> Term:
    if depth == 0:
        return rnd.choice([A, B, Term(constant=rnd.randint(-3, 3))])
    kind = rnd.randint(0, 3)
    left, right = random_term(rnd, depth - 1), random_term(rnd, depth - 1)
    if kind == 0:
        return left + right
    if kind == 1:
        return left - right * rnd.randint(-2, 2)
    return least(left, right) if kind == 2 else greatest(left, right, rnd.randint(-2, 2))


def random_formula(rnd: random.Random, depth: int) -> Formula:
    if depth == 0:
        left, right = random_term(rnd, 1), random_term(rnd, 1)
        return rnd.choice([left < right, left <= right, left > right, left >= right, equal(left, right)])
    parts = [random_formula(rnd, depth - 1) for _ in range(rnd.randint(0, 3))]
    return Every(tuple(parts)) if rnd.random() < 0.5 else Some(tuple(parts))


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (A + B - 1, "a + b - 1"),
        (2 * A - B, "2*a - b"),
        (A - A, "0"),
        (-1 * A, "-a"),
        (3 - A, "-a + 3"),
        (A + least(A, B) * 2, "a + 2*min(a, b)"),
        (greatest(A, B) - 1, "max(a, b) - 1"),
        (A - least(A, B), "a - min(a, b)"),
        (count_true(A > 1) + 1, "[a > 1] + 1"),
    ],
)
def test_a_term_is_printed_as_people_write_it(term: Term, shown: str) -> None:
    assert str(term) == shown


def test_a_term_has_the_value_of_plain_arithmetic() -> None:
    for a, b in product(range(-3, 4), repeat=2):
        values = {"a": a, "b": b}
        assert value(2 * A - B + 3, values) == 2 * a - b + 3
        assert value(1 - A, values) == 1 - a
        assert value(least(A, B, 1) + greatest(A, B), values) == min(a, b, 1) + max(a, b)
        assert value(A * 0, values) == 0
        assert value(total([A, B, A]), values) == 2 * a + b
        assert value(count_true(A > 0, B > 0), values) == (a > 0) + (b > 0)


def test_a_comparison_is_that_of_plain_arithmetic() -> None:
    for a, b in product(range(-2, 3), repeat=2):
        values = {"a": a, "b": b}
        found = [holds(f, values) for f in (A < B, A <= B, equal(A, B), A >= B, A > B)]
        assert found == [a < b, a <= b, a == b, a >= b, a > b]


def test_a_negation_is_true_exactly_where_the_formula_is_false() -> None:
    rnd = random.Random(5)
    for _ in range(200):
        formula = random_formula(rnd, 2)
        for a, b in product(range(-2, 3), repeat=2):
            assert holds(negation(formula), {"a": a, "b": b}) != holds(formula, {"a": a, "b": b}), formula


def test_nothing_is_true_of_all_and_false_of_some() -> None:
    assert holds(TRUE, {})
    assert not holds(FALSE, {})
    assert holds(implies(FALSE, FALSE), {})
    assert not holds(implies(TRUE, FALSE), {})


def test_a_switch_is_on_where_it_is_not_nought() -> None:
    assert holds(Switch("x"), {"x": 1})
    assert not holds(Switch("x"), {"x": 0})
    assert holds(negation(Switch("x")), {"x": 0})
    assert negation(negation(Switch("x"))) == Switch("x")


def test_a_quantified_formula_is_not_evaluated_but_negated_and_undone() -> None:
    formula = Exists(("b",), A > B)
    assert negation(formula) == Not(formula)
    assert negation(Not(formula)) == formula
    with pytest.raises(AssertionError, match="solvers"):
        holds(formula, {"a": 1})


def test_a_problem_declares_its_free_variables_in_the_order_in_which_they_appear() -> None:
    quantified = Exists(("b",), B + A > least(var("c"), 1))
    problem = Problem("p", "", (Named("1", quantified), Named("2", count_true(Switch("x")) > var("d"))), "sat")
    assert problem.names == ("a", "c", "d")
    assert problem.switches == ("x",)
    assert problem.named("q").names == problem.names


def test_two_assumptions_of_one_name_are_our_mistake() -> None:
    with pytest.raises(AssertionError, match="own names"):
        Problem("p", "", (Named("1", A > 0), Named("1", A > 1)), "sat")


def test_an_assumption_that_is_called_like_a_variable_is_our_mistake() -> None:
    """SMT-LIB would take the one for the other: cvc5 refuses the script."""
    with pytest.raises(AssertionError, match="one space"):
        Problem("p", "", (Named("a", A > 0),), "sat")


def test_formulas_are_printed_as_people_read_them() -> None:
    assert str(some(A > B, every(A < 1, B < 1))) == "a > b or (a < 1 and b < 1)"
    assert str(every(A > B)) == "a > b"
    assert str(Exists(("b",), A > B)) == "for some b: a > b"
    assert str(Not(Switch("x"))) == "not (x)"
    assert (str(TRUE), str(FALSE)) == ("true", "false")
    assert isinstance(some(A > B), Comparison)


def test_linear_is_what_has_neither_quantifier_nor_switch_nor_count() -> None:
    assert linear(every(A > B, some(A < least(A, B))))
    assert not linear(Exists(("b",), A > B))
    assert not linear(Switch("x"))
    assert not linear(A + count_true(B > 0) > 1)
    assert not linear(A + least(count_true(B > 0), 1) > 1)
