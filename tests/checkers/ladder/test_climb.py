"""The whole ladder: every rung as it is judged alone, nothing implied wrongly, the strongest named."""

import pytest

from benchmarks.busy_histories import busy
from checkers.ladder.climb import JUDGES, climb
from checkers.ladder.exhaustive import DEFINITIONS
from checkers.ladder.levels import LEVELS, UnknownLevel, weaker
from checkers.verdict import Invalid, Valid
from histories.columns import Row, from_rows


@pytest.mark.parametrize("unique", [True, False])
def test_every_rung_is_what_the_definition_says(given, oracle, unique):
    for at, one in enumerate(given(unique)[:400]):
        report = climb(one, explain=False)
        assert tuple(report.verdicts) == tuple(LEVELS)
        for name in DEFINITIONS:
            verdict, right = report.verdicts[name], oracle(name, unique)[at]
            assert not isinstance(verdict, Invalid if right else Valid), (name, report)


def test_what_is_implied_is_what_would_have_been_judged(given):
    for one in given(True)[:300]:
        report = climb(one, explain=False)
        for name in report.implied:
            if name in JUDGES and name != "sequential":
                assert type(JUDGES[name](one, None, 10**6)) is type(report.verdicts[name])


def test_the_strongest_hold_and_none_of_them_implies_another(given):
    for one in given(True)[:300]:
        strongest = climb(one, explain=False).strongest
        assert not any(name in weaker(other) for name in strongest for other in strongest)


def test_a_linearizable_history_has_k_1_and_delta_0():
    report = climb(busy(2_000, 8, 4))
    assert (report.smallest_k, report.smallest_delta) == (1, 0)
    assert report.strongest == ("linearizable", "convergence")
    assert all(isinstance(verdict, Valid) for verdict in report.verdicts.values())


def test_what_follows_from_a_level_is_told_with_it_and_what_is_stale_has_its_k(history):
    report = climb(history("a: w x 1, r x 1"))
    assert report.implied["sequential"] == "linearizable"
    late = climb(history("a: w x 1", "b: r x nil"))
    assert isinstance(late.verdicts["linearizable"], Invalid)
    assert late.smallest_k == 2


def test_only_the_levels_asked_for_are_told(history):
    report = climb(history("a: w x 1, r x 1"), ["pram", "regular"])
    assert tuple(report.verdicts) == ("regular", "pram")
    with pytest.raises(UnknownLevel):
        climb(history("a: w x 1"), ["strong"])


def test_linearizable_does_not_imply_sequential_where_a_clients_operations_touch():
    rows = [Row(0, "write", "x", 1, start=0, end=5), Row(0, "write", "x", 2, start=5, end=9)]
    rows += [Row(1, "read", "x", result=2, start=5, end=6), Row(1, "read", "x", result=1, start=7, end=8)]
    report = climb(from_rows(rows))
    assert isinstance(report.verdicts["linearizable"], Valid)
    assert isinstance(report.verdicts["sequential"], Invalid)


def test_an_operation_that_a_register_does_not_have_is_the_histories_fault():
    with pytest.raises(ValueError, match="register has no operation 'append'"):
        climb(from_rows([Row(0, "append", "x", 1, start=0, end=1)]))
