"""Counters: bounds by the definition, over all subsets of what may have been added."""

import random
from fractions import Fraction
from itertools import combinations

import pytest

from checkers.verdict import Invalid, Valid
from checkers.workloads.counters import bounds, judge
from histories.columns import Row, from_rows
from histories.generate import Shape, linearizable


def random_rows(chance, amounts=(-2, 1, 3), unit=1):
    rows = []
    for client in range(4):
        start = chance.randrange(8)
        end = start + chance.randrange(1, 6)
        if client == 3:
            rows.append(Row(client, "read", None, result=unit * chance.randrange(-4, 8), start=start, end=end))
            continue
        status = chance.choice(["ok", "ok", "info", "fail"])
        amount = unit * chance.choice(amounts)
        rows.append(Row(client, "add", None, amount, start=start, end=None if status == "info" else end, status=status))
    return rows


def within(rows):
    """Whether the read lies between the least and the greatest sum that may have been there."""
    read = rows[-1]
    adds = [row for row in rows[:-1] if row.status != "fail" and row.start <= read.end]
    must = [row for row in adds if row.status == "ok" and row.end < read.start]
    may = [row for row in adds if row not in must]
    sums = [
        sum(Fraction(row.value) for row in [*must, *some])
        for size in range(len(may) + 1)
        for some in combinations(may, size)
    ]
    return min(sums) <= read.result <= max(sums)


@pytest.mark.parametrize("unit", [1, 1 << 61, 0.5])
def test_a_read_is_refused_exactly_outside_what_may_have_been_added(unit):
    chance = random.Random(1)
    answers = []
    for _ in range(2_000):
        rows = random_rows(chance, unit=unit)
        answers.append(isinstance(judge(from_rows(rows)), Valid))
        assert answers[-1] == within(rows)
    assert 300 < sum(answers) < 1_700


def test_the_read_and_its_bounds_are_told():
    found = judge(
        from_rows([Row(0, "add", None, 5, start=0, end=1), Row(1, "read", None, result=4, start=2, end=3)]), 10
    )
    assert isinstance(found, Invalid)
    assert found.counterexample.sentence.startswith("A read lies outside 15 to 15: read 4 by client 1")
    halves = judge(from_rows([Row(1, "read", None, result=0.75, start=2, end=3)]), 0.5)
    assert halves.counterexample.sentence.startswith("A read lies outside 0.5 to 0.5: read 0.75 by client 1")


def test_the_bounds_of_each_read_are_known_and_how_many_are_open_is_told():
    rows = [
        Row(0, "add", None, 5, start=0, end=1),
        Row(2, "add", None, 7, start=2, end=9),
        Row(3, "add", None, -1, start=3, end=None, status="info"),
        Row(1, "read", None, result=11, start=4, end=5),
        Row(1, "read", None, result=11, start=10, end=11),
    ]
    found = bounds(from_rows(rows), from_rows(rows).of_keys().order)
    assert (found.low.tolist(), found.high.tolist()) == ([4, 11], [12, 12])
    assert judge(from_rows(rows)) == Valid("2 reads within bounds, 2 of them not exactly determined")


@pytest.mark.parametrize("value", ["x", True, float("nan"), float("inf")])
def test_what_is_no_number_is_the_histories_fault(value):
    with pytest.raises(ValueError, match=r"line 7: .* in a counter"):
        judge(from_rows([Row(0, "add", None, value, start=0, end=1, line=7)]))


@pytest.mark.parametrize("seed", range(30))
def test_linearizable_counters_are_within_bounds_and_a_lost_add_is_not(seed):
    known = linearizable(seed, Shape("counter", 60, 4, info=0.0))
    assert isinstance(judge(known.columns), Valid)
    rows = [row for row in known.columns.rows() if row.f == "add" and row.status == "ok" and row.value]
    end = max(row.end or 0 for row in known.columns.rows())
    read = Row(99, "read", rows[0].key, result=sum(row.value for row in rows), start=end + 1, end=end + 2)
    every = [*known.columns.rows(), read]
    assert isinstance(judge(from_rows(every)), Valid)
    lost = read._replace(result=read.result - rows[0].value)
    assert isinstance(judge(from_rows([*known.columns.rows(), lost])), Invalid)
