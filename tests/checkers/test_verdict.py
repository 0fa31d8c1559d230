"""Verdicts are never bools, and combine by what is worst known."""

import pytest

from checkers.facts import NeverSettled
from checkers.verdict import Invalid, Unknown, Valid, combine, refute

INVALID = refute("convergence", [NeverSettled()])


@pytest.mark.parametrize("verdict", [Valid("1 put"), INVALID, Unknown("no replicas")])
def test_a_verdict_is_not_a_bool(verdict):
    with pytest.raises(TypeError, match="a verdict is not a bool"):
        bool(verdict)


def test_invalid_wins_over_unknown_wins_over_valid():
    assert combine([Valid("a"), Unknown("b"), INVALID]) is INVALID
    assert combine([Valid("a"), Unknown("b"), Valid("c")]) == Unknown("b")
    assert combine([Valid("a"), Valid("c")]) == Valid("a; c")


def test_nothing_checked_is_unknown():
    assert isinstance(combine([]), Unknown)


def test_a_counterexample_is_one_sentence():
    assert isinstance(INVALID, Invalid)
    assert INVALID.counterexample.sentence.startswith("The cluster did not settle")
    assert INVALID.counterexample.sentence.endswith(".")
