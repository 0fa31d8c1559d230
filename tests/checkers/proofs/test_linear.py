"""checkers.proofs.linear: the cases of a formula are true exactly where it is."""

import random
from itertools import product

import pytest

from checkers.proofs.linear import Case, cases
from checkers.proofs.terms import (
    Comparison,
    Every,
    Exists,
    Formula,
    Some,
    count_true,
    equal,
    greatest,
    holds,
    least,
    var,
)

A, B = var("a"), var("b")


def true_somewhere(found: tuple[Case, ...], values: dict[str, int]) -> bool:
    def true(case: Case) -> bool:
        sums = [(sum(count * values[name] for name, count in c.coefficients), c) for c in case]
        return all(total <= c.bound if c.op == "<=" else total == c.bound for total, c in sums)

    return any(true(case) for case in found)


def formulas() -> list[Formula]:
    rnd = random.Random(11)
    terms = [
        A,
        B,
        A + B,
        A - 2 * B,
        least(A, B),
        greatest(A, 1),
        least(A, B, 2) + greatest(B, A - 1),
        count_true(A > 0) * 2,
    ]
    found: list[Formula] = []
    for _ in range(60):
        left, right = rnd.choice(terms), rnd.choice(terms)
        found.append(rnd.choice([left < right, left <= right, left > right, left >= right, equal(left, right)]))
    for _ in range(60):
        parts = tuple(rnd.choice(found) for _ in range(rnd.randint(0, 2)))
        found.append(Every(parts) if rnd.random() < 0.5 else Some(parts))
    return found


@pytest.mark.parametrize("formula", formulas(), ids=str)
def test_some_case_holds_exactly_where_the_formula_does(formula: Formula) -> None:
    found = cases(formula)
    for a, b in product(range(-3, 4), repeat=2):
        assert true_somewhere(found, {"a": a, "b": b}) == holds(formula, {"a": a, "b": b})


def test_a_strict_comparison_leaves_one_in_between() -> None:
    ((constraint,),) = cases(A < B)
    assert dict(constraint.coefficients) == {"a": 1, "b": -1}
    assert (constraint.op, constraint.bound) == ("<=", -1)


def test_a_quantifier_has_no_cases() -> None:
    with pytest.raises(AssertionError):
        cases(Exists(("a",), Comparison(A, "<", B)))
