"""Generated histories are where they say they are on the ladder: by definition where they are small, by the checkers
where they are large."""

import pytest

from checkers.ladder.climb import climb
from checkers.ladder.exhaustive import DEFINITIONS, satisfies
from checkers.ladder.levels import LEVELS as LADDER
from checkers.ladder.levels import stronger
from checkers.verdict import Invalid, Valid
from histories.columns import NIL, from_rows
from histories.guarantees import BROKEN, LEVELS, VIOLATED, Size, breaking, satisfying

LARGE = Size(120, 4, 3)


def test_every_level_of_the_ladder_has_both_generators():
    assert set(LEVELS) == set(BROKEN) == set(VIOLATED) == set(LADDER)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_built_to_satisfy_a_level_satisfies_it_by_definition(level):
    for seed in range(25):
        assert satisfies(level, satisfying(level, seed, Size(5, 3, 2, 0.1, 0.1)), NIL), seed


@pytest.mark.parametrize("level", LEVELS)
def test_the_checkers_agree_on_large_ones(level):
    for seed in range(1):
        assert not isinstance(climb(satisfying(level, seed, LARGE), [level], explain=False).verdicts[level], Invalid)


def test_a_store_of_one_guarantee_breaks_every_stronger_level_some_time():
    for level in set(LEVELS) - {"linearizable"}:
        broken = set()
        for seed in range(16):
            verdicts = climb(satisfying(level, seed, Size(40, 4, 2)), stronger(level), 10_000, explain=False).verdicts
            broken |= {name for name, verdict in verdicts.items() if isinstance(verdict, Invalid)}
        assert broken == set(stronger(level)), level


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_built_to_break_a_level_breaks_that_and_what_implies_it_alone(level):
    report = climb(from_rows(BROKEN[level]))
    assert {name for name, verdict in report.verdicts.items() if not isinstance(verdict, Valid)} == set(VIOLATED[level])
    if len(BROKEN[level]) <= 5:  # the definitions try every order
        found = {name for name in DEFINITIONS if not satisfies(name, from_rows(BROKEN[level]), NIL)}
        assert found == set(VIOLATED[level])


@pytest.mark.parametrize("level", LEVELS)
def test_in_a_large_history_the_broken_operations_are_found_and_no_others(level):
    given = breaking(level, 3, LARGE)
    report = climb(given.columns)
    assert {name for name, one in report.verdicts.items() if not isinstance(one, Valid)} == set(given.violated)
    for name in given.violated:
        verdict = report.verdicts[name]
        assert isinstance(verdict, Invalid)
        assert set(verdict.counterexample.operations) <= set(given.rows)


def test_no_level_is_broken_alone_only_where_another_goes_with_it():
    together = {"monotonic-writes": {"regular"}, "k-atomic": {"regular", "delta-atomic"}, "convergence": set()}
    together |= {"delta-atomic": {"regular", "k-atomic"}, "read-your-writes": {"regular"}}
    for level in LEVELS:
        implied = {level, *stronger(level)} | together.get(level, set())
        assert set(VIOLATED[level]) - {"linearizable"} == implied - {"linearizable"}, level


def test_a_seed_makes_one_history_and_another_seed_another():
    for level in LEVELS:
        one, again, other = (list(satisfying(level, seed).rows()) for seed in (1, 1, 2))
        assert one == again != other
        one, again, other = (list(breaking(level, seed).columns.rows()) for seed in (1, 1, 2))
        assert one == again != other


def test_outcomes_that_failed_and_that_nobody_knows_occur_and_their_clients_go_on_under_other_names():
    rows = list(satisfying("pram", 5, Size(400, 4, 3, 0.1, 0.1)).rows())
    assert {row.status for row in rows} == {"ok", "fail", "info"}
    ends: dict[int, int] = {}
    for row in rows:
        assert row.start > ends.get(row.process, -1)
        ends[row.process] = 1 << 60 if row.end is None else row.end
