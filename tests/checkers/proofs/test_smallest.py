"""checkers.proofs.smallest: no smaller model exists."""

import pytest

from checkers.proofs.smallest import smallest
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Named, Problem, holds, value, var


@pytest.mark.parametrize("name", [name for name, lemma in LEMMAS.items() if lemma.tempting])
def test_the_smallest_counterexample_of_a_belief_is_the_smallest_that_brute_force_finds(
    name: str, brute, all_small
) -> None:
    lemma = LEMMAS[name]
    for belief in lemma.tempting:
        model = smallest(lemma.tempted(belief), (var("N"), lemma.weight()))
        assert model is not None
        found = {symbol: model[symbol] for symbol in lemma.symbols}
        assert holds(belief.condition, found)
        assert brute[name](found)
        failing = [v for v in all_small(lemma, 3) if holds(belief.condition, v) and brute[name](v)]
        least = min((v["N"], value(lemma.weight(), v)) for v in failing)
        assert (found["N"], value(lemma.weight(), found)) == least


def test_where_there_is_no_model_there_is_no_smallest() -> None:
    a = var("a")
    assert smallest(Problem("p", "", (Named("1", a > 1), Named("2", a < 1)), "sat"), (a,)) is None


def test_the_first_aim_goes_before_the_second() -> None:
    a, b = var("a"), var("b")
    problem = Problem("p", "", (Named("1", a + b >= 5), Named("2", a >= 1), Named("3", b >= 0)), "sat")
    assert smallest(problem, (a, b)) == {"a": 1, "b": 4}
    assert smallest(problem, (b, a)) == {"a": 5, "b": 0}
