"""checkers.proofs.sizes: without its condition every lemma fails, by sizes that the checker puts in, and no solver."""

from itertools import product

import pytest

from checkers.proofs.certificate import check
from checkers.proofs.linear import Constraint
from checkers.proofs.sizes import Size, certificate, denials, picked
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Every, Exists, Named, Not, Problem, equal, holds, var
from checkers.proofs.theory import ROOMS

N, X, Y = var("N"), var("x"), var("y")


def asked(*parts, given=N >= 1) -> Problem:
    """Whether for all numbers of which `given` is true some sizes make all parts true."""
    broken = Exists(("x", "y"), Every((X >= 0, Y >= 0, *parts)))
    return Problem("p", "", (Named("given", given), Named("no failure", Not(broken))), "unsat")


@pytest.mark.parametrize("name", LEMMAS)
def test_the_condition_of_every_lemma_is_necessary_by_a_certificate_that_checks(name: str) -> None:
    found = certificate(LEMMAS[name].necessary())
    assert found is not None
    assert check(found).startswith(f"{name}.necessary: in all ")


def test_so_is_that_of_the_lemma_behind_two_data_centres() -> None:
    assert check(certificate(ROOMS[0].necessary()))


@pytest.mark.parametrize("name", ["reads-meet-writes", "lists-differ", "hints-for-shared-owners"])
def test_the_sizes_are_those_of_a_failure_at_all_small_numbers(name: str) -> None:
    """The functions evaluated, and the lemma's own formulas asked: no Farkas, no region is left out."""
    lemma = LEMMAS[name]
    found = certificate(lemma.necessary())
    assert found is not None
    broken = 0
    for row in product(range(4), repeat=len(lemma.symbols)):
        values = dict(zip(lemma.symbols, row, strict=True))
        if not all(holds(named.formula, values) for named in lemma.domain) or holds(lemma.condition, values):
            continue
        broken += 1
        assert any(_fails(lemma, way["sizes"], values) for way in found["ways"]), values
    assert broken > 3


def _fails(lemma, sizes, values) -> bool:
    numbers = dict(values)
    for size in sizes:
        numbers[size["name"]] = max(
            term["plus"] + sum(count * numbers[name] for name, count in term["sum"].items())
            for term in size["greatest"]
        )
    return all(holds(named.formula, numbers) for named in (*lemma.scene, lemma.failure))


def test_what_some_numbers_have_no_sizes_for_has_no_certificate() -> None:
    assert certificate(asked(equal(X + Y, N), X >= 2)) is None
    assert certificate(asked(equal(X + Y, N), X >= 2, given=N >= 2)) is not None


def test_what_only_some_fraction_would_be_has_none() -> None:
    assert certificate(asked(equal(X + X, N))) is None


def test_another_problem_has_none() -> None:
    assert certificate(LEMMAS["survives-disks"].sound()) is None


def test_a_size_is_one_of_its_sums_and_no_less_than_the_others() -> None:
    size = Size("x", (({"N": 1}, -1), ({}, 0)))
    assert list(picked(size, 1)) == [
        Constraint((("x", 1),), "=", 0),
        Constraint((("N", 1),), "<=", 1),
    ]
    assert list(denials([Constraint((("x", 1),), "=", 3)])) == [
        Constraint((("x", -1),), "<=", -4),
        Constraint((("x", 1),), "<=", 2),
    ]
