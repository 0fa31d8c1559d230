"""Counters: bounds by the definition, over all subsets of what may have been added."""

import random
from itertools import combinations

import pytest

from checkers.verdict import Invalid, Valid
from checkers.workloads.counters import judge
from histories.columns import Row, from_rows


def random_rows(chance):
    rows = []
    for client in range(4):
        start = chance.randrange(8)
        end = start + chance.randrange(1, 6)
        if client == 3:
            rows.append(Row(client, "read", None, result=chance.randrange(-4, 8), start=start, end=end))
            continue
        status = chance.choice(["ok", "ok", "info", "fail"])
        amount = chance.choice([-2, 1, 3])
        rows.append(Row(client, "add", None, amount, start=start, end=None if status == "info" else end, status=status))
    return rows


def within(rows):
    """Whether the read lies between the least and the greatest sum that may have been there."""
    read = rows[-1]
    adds = [row for row in rows[:-1] if row.status != "fail" and row.start <= read.end]
    must = [row for row in adds if row.status == "ok" and row.end < read.start]
    may = [row for row in adds if row not in must]
    sums = [
        sum(row.value for row in [*must, *some]) for size in range(len(may) + 1) for some in combinations(may, size)
    ]
    return min(sums) <= read.result <= max(sums)


def test_a_read_is_refused_exactly_outside_what_may_have_been_added():
    chance = random.Random(1)
    answers = []
    for _ in range(2_000):
        rows = random_rows(chance)
        answers.append(isinstance(judge(from_rows(rows)), Valid))
        assert answers[-1] == within(rows)
    assert 300 < sum(answers) < 1_700


def test_the_read_and_its_bounds_are_told():
    found = judge(
        from_rows([Row(0, "add", None, 5, start=0, end=1), Row(1, "read", None, result=4, start=2, end=3)]), 10
    )
    assert isinstance(found, Invalid)
    assert found.counterexample.sentence.startswith("A read lies outside 15 to 15: read 4 by client 1")


def test_what_is_no_number_is_the_histories_fault():
    with pytest.raises(ValueError, match="line 7: 'x' in a counter"):
        judge(from_rows([Row(0, "add", None, "x", start=0, end=1, line=7)]))
