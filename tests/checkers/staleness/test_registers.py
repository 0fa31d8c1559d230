"""checkers.staleness.registers: the definition, read by read, says the same."""

import random

import pytest

from checkers.ladder.regular import regular
from checkers.linearizability.check import check
from checkers.staleness import registers
from checkers.staleness.registers import staleness
from checkers.verdict import Invalid, Valid
from histories.columns import CAS, Mark, Row, from_rows
from histories.generate import Shape, linearizable


def random_history(chance, values, unit=1, operations=14):
    """Registers that answer anything: one of the values, or nothing."""
    rows, free = [], dict.fromkeys(range(4), 0)
    for _ in range(operations):
        client = min(free, key=free.get)
        start = free[client] + chance.randrange(4)
        end = start + chance.randrange(1, 12)
        free[client] = end + 1
        key, status = chance.choice("xy"), chance.choices(["ok", "info", "fail"], [8, 1, 1])[0]
        when = {"start": start * unit, "end": None if status == "info" else end * unit, "status": status}
        kind = chance.choices(["read", "write", "delete", "cas"], [6, 4, 1, 1])[0]
        if kind == "read":
            result = chance.choice([*values, Mark.NIL, Mark.UNKNOWN]) if status == "ok" else Mark.NONE
            rows.append(Row(client, "read", key, result=result, **when))
        elif kind == "cas":
            rows.append(Row(client, "cas", key, chance.choice(values), chance.choice(values), **when))
        else:
            rows.append(Row(client, kind, key, chance.choice(values) if kind == "write" else Mark.NONE, **when))
    return from_rows(rows)


def by_definition(history, initial):
    """(row, age, missed) of each read, and how many are left out."""
    rows = list(history.rows())
    left = {Mark.NIL: Mark.NIL}
    wrote = [
        (row, row.value2 if row.f == "cas" else left.get(row.value, row.value) if row.f == "write" else Mark.NIL)
        for row in rows
        if row.f in ("write", "cas", "delete") and row.status != "fail"
    ]
    found, early, unexplained, unheard = [], 0, 0, 0
    for at, read in enumerate(rows):
        if read.f != "read":
            continue
        if read.status != "ok" or read.result is Mark.UNKNOWN:
            unheard += 1
            continue
        sources = [row for row, value in wrote if row.key == read.key and value == read.result]
        sources = [row for row in sources if row.start <= read.end]
        held_first = read.result == (Mark.NIL if initial is None else initial)
        if not sources and not held_first:
            unexplained += 1
            continue
        ends = [float("inf") if row.end is None else row.end for row in sources]
        source = max(ends, default=float("-inf"))
        before = [row for row, _ in wrote if row.key == read.key and row.status == "ok" and row.end < read.start]
        if not before:
            early += 1
            continue
        newest = max(row.start for row in before)
        ages = {read.start - row.end for row in before if row.start == newest}
        found.append((at, ages, sum(row.start > source for row in before)))
    return found, early, unexplained, unheard


@pytest.mark.parametrize("unit", [1, 1 << 50], ids=["small times", "times without room for offsets"])
@pytest.mark.parametrize("values", [tuple(range(30)), (1, 2, 3)], ids=["few repeats", "repeats"])
@pytest.mark.parametrize("initial", [None, 2])
def test_every_read_has_the_age_and_the_misses_of_the_definition(monkeypatch, unit, values, initial):
    chance = random.Random(f"{unit}{values}{initial}")
    seen, told = [], []
    summarised = registers.summarised

    def noted(*found):
        told.append(found)
        return summarised(*found)

    monkeypatch.setattr(registers, "summarised", noted)
    if unit > 1:
        monkeypatch.setattr(registers, "ROOM", 1 << 50)
    for _ in range(250):
        history = random_history(chance, values, unit)
        staleness(history, initial)
        reads, left_out, _ = told.pop()
        found, early, unexplained, unheard = by_definition(history, initial)
        assert left_out == (early, unexplained, unheard)
        assert reads.row.tolist() == [row for row, _, _ in found]
        assert reads.missed.tolist() == [missed for _, _, missed in found]
        assert all(age in ages for age, (_, ages, _) in zip(reads.age.tolist(), found, strict=True))
        seen += reads.missed.tolist()
    assert len(set(seen)) >= 3


def test_no_read_of_a_linearizable_history_is_stale_and_a_stale_history_is_not_linearizable():
    for seed in range(40):
        found = staleness(linearizable(seed, Shape("kv", 80, 5, 3)).columns)
        assert found.reads > 0
        assert found.fresh.share == 1
    chance, stale = random.Random(8), 0
    for _ in range(200):
        history = random_history(chance, tuple(range(30)))
        if staleness(history).fresh.share < 1:
            stale += 1
            assert isinstance(check(history, "kv", None, explain=False), Invalid)
    assert stale > 10


def test_a_history_is_regular_exactly_if_no_read_is_stale_and_each_is_explained():
    chance, answers = random.Random(6), []
    for _ in range(600):
        history = random_history(chance, (1, 2, 3, 4), operations=8)
        history = history.take(history.f != CAS)
        found = staleness(history)
        answers.append(isinstance(regular(history), Valid))
        assert answers[-1] == (found.most_missed == 0 and found.left_out.unexplained == 0)
    assert 50 < sum(answers) < 550


def test_what_one_store_that_lags_shows_is_what_it_does():
    """One writer; reads see what was written `lag` writes before."""
    for lag in (0, 1, 4):
        rows = [Row(0, "write", None, value, start=10 * value, end=10 * value + 2) for value in range(50)]
        rows += [Row(1, "read", None, result=max(at - lag, 0), start=10 * at + 5, end=10 * at + 6) for at in range(50)]
        found = staleness(from_rows(rows))
        assert found.most_missed == lag
        assert found.within[-1].k == lag + 1
        assert [(one.since, one.before, one.fresh.of) for one in found.visibility] == [(2, None, 50)]
        assert found.repeated is False


def test_places_of_events_decide_what_precedes_and_times_tell_the_age():
    from dataclasses import replace

    rows = [
        Row(0, "write", None, 1, start=5, end=5),
        Row(1, "read", None, result=Mark.NIL, start=5, end=7),
    ]
    history = from_rows(rows)
    assert staleness(history).left_out.too_early == 1, "at one time they are concurrent"
    from numpy import array

    ordered = replace(history, began=array([0, 2]), ended=array([1, 3]))
    found = staleness(ordered)
    assert (found.oldest_stale, found.most_missed) == (0, 1)


def test_nothing_to_measure_and_values_that_came_twice_are_told():
    assert staleness(from_rows([])).reads == 0
    twice = [Row(0, "write", None, 1, start=at, end=at + 1) for at in (0, 5)]
    assert staleness(from_rows(twice)).repeated is True
    with pytest.raises(ValueError, match="a register has no operation 'add'"):
        staleness(from_rows([Row(0, "add", None, 1, start=0, end=1)]))
