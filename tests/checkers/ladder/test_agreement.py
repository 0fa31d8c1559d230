"""Every rung against its definition on all kinds of histories: 2,000 of each rung here and in the rung's own tests, and
100,000 by `python3 dev.py bench agreement`."""

import random

import pytest

from benchmarks.agreement import JUDGES, KINDS
from checkers.ladder.exhaustive import DEFINITIONS, satisfies
from checkers.verdict import Unknown, Valid
from histories.columns import NIL

EACH = 150


@pytest.mark.parametrize("level", DEFINITIONS)
def test_a_rung_is_what_its_definition_says_with_every_operation_and_every_outcome(level):
    for kind in list(KINDS)[2:]:
        chance = random.Random(f"{level}, {kind}, tests")
        answers = set()
        for _ in range(EACH):
            one = KINDS[kind](chance)
            verdict, right = JUDGES[level](one), satisfies(level, one, NIL)
            assert isinstance(verdict, Unknown) or isinstance(verdict, Valid) == right, list(one.rows())
            answers.add(right)
        assert answers == {True, False}


def test_every_rung_has_a_definition_and_is_compared():
    assert set(JUDGES) == set(DEFINITIONS)
