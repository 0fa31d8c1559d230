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


def test_sums_of_decimal_numbers_are_exact():
    adds = [Row(0, "add", None, amount, start=at, end=at) for at, amount in enumerate([2.0**53, 1.0])]
    found = judge(from_rows([*adds, Row(1, "read", None, result=2.0**53, start=3, end=4)]))
    assert isinstance(found, Invalid), "a sum of floats would have lost the one"


def several(chance):
    """Adds, and reads that all may be wrong."""
    rows = []
    for client in range(6):
        start = chance.randrange(8)
        end = start + chance.randrange(1, 4)
        if client > 3:
            rows.append(Row(client, "read", None, result=chance.randrange(-6, 9), start=start, end=end))
        else:
            status = chance.choice(["ok", "ok", "ok", "info"])
            amount = chance.choice([-2, 1, 3])
            done = None if status == "info" else end
            rows.append(Row(client, "add", None, amount, start=start, end=done, status=status))
    return sorted(rows, key=lambda row: row.start)


def shows(some, read, every):
    """Whether the read is wrong whatever the other adds of `every` did: all that could excuse it are in `some`."""
    may = [row for row in every if row.f == "add" and row.start <= read.end]
    sure = [row for row in some if row.f == "add" and row.status == "ok" and row.end < read.start]
    for sign in (1, -1):
        excuses = [row for row in may if sign * row.value < 0]
        against = sum(sign * row.value for row in sure if sign * row.value > 0)
        if (
            all(row in some for row in excuses)
            and against + sum(sign * row.value for row in excuses) > sign * read.result
        ):
            return True
    return False


def test_a_wrong_read_is_told_with_the_fewest_adds_that_show_it():
    chance = random.Random(6)
    lengths = set()
    for _ in range(400):
        rows = several(chance)
        found = judge(from_rows(rows))
        if isinstance(found, Valid):
            continue
        told = [rows[at] for at in found.counterexample.operations]
        assert isinstance(judge(from_rows(told)), Invalid)
        reads = [row for row in rows if row.f == "read"]
        assert any(shows(told, read, rows) for read in told if read.f == "read")
        for size in range(len(told) - 1):
            for some in combinations([row for row in rows if row.f == "add"], size):
                assert not any(shows(some, read, rows) for read in reads), (told, some)
        lengths.add(len(told))
    assert {1, 2, 3} <= lengths


def test_a_read_on_which_too_many_adds_bear_is_told_alone():
    adds = [Row(0, "add", None, 1, start=2 * at, end=2 * at + 1) for at in range(1_500)]
    found = judge(from_rows([*adds, Row(1, "read", None, result=1_501, start=3_000, end=3_001)]))
    assert found.counterexample.operations == (1_500,)
    assert found.counterexample.sentence.endswith("; and 1,500 more.")
    few = judge(from_rows([*adds, Row(1, "read", None, result=1, start=3_000, end=3_001)]))
    assert few.counterexample.operations == (0, 1, 1_500)


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
