"""checkers.proofs.elimination: the exact condition is found by eliminating the regions, and agrees with the printed."""

import dataclasses

import pytest

from checkers.proofs.elimination import derive
from checkers.proofs.rows import N, R, W
from checkers.proofs.solving import Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Named, equal, holds, var

BOTH = Solvers(("z3", "cvc5"))


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("reads-meet-writes", "R + W <= N"),
        ("writes-meet-writes", "2*W <= N"),
        ("lists-differ", "R + W <= N + d"),
        ("pending-per-list", "R + W <= N"),
        ("pending-union", "R + W <= N + p"),
        ("hints-undelivered", "R + W <= N + u"),
        ("replaced-by-empty", "R + W <= N + f"),
        ("survives-disks", "W <= f"),
        ("monotone-reads", "B + R <= N"),
    ],
)
def test_the_condition_is_derived_in_the_form_that_is_printed(name: str, fails: str) -> None:
    derived = derive(LEMMAS[name], BOTH)
    assert derived is not None
    assert str(derived.fails_iff) == fails
    assert BOTH.ask(derived.agrees).result == "proved"


@pytest.mark.parametrize("name", LEMMAS)
def test_what_is_derived_is_true_exactly_where_brute_force_fails(name: str, brute, all_small) -> None:
    derived = derive(LEMMAS[name], Solvers())
    assert derived is not None
    values = list(all_small(LEMMAS[name], 3))
    for one in values[:: max(1, len(values) // 60)]:
        assert holds(derived.fails_iff, one) == brute[name](one), one


def test_a_wrong_condition_does_not_agree_with_what_is_derived() -> None:
    wrong = dataclasses.replace(LEMMAS["reads-meet-writes"], condition=R + W >= N)
    derived = derive(wrong, BOTH)
    assert derived is not None
    assert BOTH.ask(derived.agrees).result == "refuted"


def test_what_has_remainders_is_not_passed_off_as_linear() -> None:
    lemma = LEMMAS["reads-meet-writes"]
    half = Named("an even list", equal(var("half") * 2, N))
    odd = dataclasses.replace(lemma, setting=(*lemma.setting, half), extra=("half",))
    assert derive(odd, Solvers()) is None
    assert W != R
