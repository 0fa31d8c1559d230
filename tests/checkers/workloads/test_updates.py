"""Lost updates: two from one value, in each of their three kinds."""

import random
from collections import Counter

import pytest

from checkers.linearizability.check import check
from checkers.verdict import Invalid, Valid
from checkers.workloads.updates import judge, judge_transactions, judge_written_back
from histories.columns import Mark, Row, from_rows
from histories.generate import Shape, linearizable


def cas(client, old, new, at, status="ok"):
    return Row(client, "cas", "x", old, new, start=at, end=at + 1, status=status)


def write(client, value, at):
    return Row(client, "write", "x", value, start=at, end=at + 1)


def read(client, value, at):
    return Row(client, "read", "x", result=value, start=at, end=at + 1)


def txn(client, *steps, at, status="ok"):
    asked = tuple((f, key, Mark.NONE if f == "read" else value) for f, key, value in steps)
    return Row(
        client, "txn", Mark.NONE, asked, result=tuple(steps) if status == "ok" else Mark.NONE,
        start=at, end=None if status == "info" else at + 1, status=status,
    )  # fmt: skip


def test_two_updates_from_one_value_are_found():
    found = judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), cas(2, 1, 3, 4)]))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (1, 2)


def test_an_update_that_failed_or_a_value_that_came_twice_proves_nothing():
    assert isinstance(judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), cas(2, 1, 3, 4, "fail")])), Valid)
    assert isinstance(judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), write(0, 1, 4), cas(2, 1, 3, 6)])), Valid)
    assert isinstance(judge(from_rows([write(0, 1, 0), cas(1, 1, 2, 2), cas(2, 1, 3, 6)]), initial=1), Valid)


def test_two_updates_from_the_initial_value_are_found():
    rows = [read(0, Mark.NIL, 0), read(1, Mark.NIL, 1), write(0, 1, 2), write(1, 2, 3)]
    assert isinstance(judge_written_back(from_rows(rows)), Invalid)
    assert isinstance(judge(from_rows(rows)), Valid)
    assert isinstance(judge(from_rows([cas(1, 7, 2, 0), cas(2, 7, 3, 2)]), initial=7), Invalid)


def test_of_all_lost_updates_the_one_is_told_that_the_fewest_operations_show():
    rows = [
        read(0, 1, 0),
        read(1, 1, 1),
        write(0, 2, 2),
        write(1, 3, 3),
        cas(2, 2, 4, 4),
        read(3, 2, 5),
        write(3, 5, 6),
    ]
    assert judge_written_back(from_rows(rows), 1).counterexample.operations == (4, 5, 6)
    assert judge_written_back(from_rows([*rows, cas(4, 2, 6, 8)]), 1).counterexample.operations == (4, 7)
    assert judge_written_back(from_rows(rows[:4]), 1).counterexample.operations == (0, 1, 2, 3)


def test_what_is_told_is_a_lost_update_by_itself_and_no_part_of_it_is():
    chance = random.Random(8)
    lengths = set()
    for _ in range(1_000):
        rows = []
        for at in range(8):
            client, value = chance.randrange(4), chance.randrange(3)
            one = chance.choice([cas(client, value, at + 3, at), write(client, at + 3, at), read(client, value, at)])
            rows.append(one._replace(start=2 * at, end=2 * at + 1))
        found = judge_written_back(from_rows(rows), 0)
        if isinstance(found, Invalid):
            told = [rows[at] for at in found.counterexample.operations]
            assert isinstance(judge_written_back(from_rows(told), 0), Invalid)
            for gone in told:
                rest = [row for row in told if row is not gone]
                assert isinstance(judge_written_back(from_rows(rest), 0), Valid), told
            lengths.add(len(told))
    assert lengths == {2, 3, 4}


def test_reading_again_before_writing_loses_nothing():
    rows = [read(0, 5, 0), write(0, 1, 2), read(1, 5, 3), read(1, 1, 4), write(1, 2, 5)]
    assert isinstance(judge_written_back(from_rows(rows), initial=5), Valid)


def test_what_a_client_read_before_an_unknown_outcome_is_not_its_basis():
    lost = Row(0, "write", "x", 9, start=2, end=None, status="info")
    rows = [read(0, 5, 0), read(1, 5, 1), lost, write(0, 1, 4), write(1, 2, 6)]
    assert isinstance(judge_written_back(from_rows(rows), initial=5), Valid)
    unknown = [read(0, 5, 0), read(1, 5, 1), read(0, Mark.UNKNOWN, 2), write(0, 1, 4), write(1, 2, 6)]
    assert isinstance(judge_written_back(from_rows(unknown), initial=5), Invalid), "it had read 5 before"


def test_two_transactions_that_read_one_value_and_replaced_it_are_found():
    first = txn(0, ("read", "x", 0), ("write", "x", 1), at=0)
    second = txn(1, ("read", "x", 0), ("write", "x", 2), ("read", "y", 0), at=0)
    found = judge_transactions(from_rows([first, second]), {"x": 0})
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 1)
    assert isinstance(judge_transactions(from_rows([first, second])), Invalid), "nobody wrote 0, so it was there first"
    apart = txn(1, ("read", "x", 0), ("write", "y", 2), at=0)
    assert isinstance(judge_transactions(from_rows([first, apart]), {"x": 0}), Valid)
    own = txn(1, ("write", "x", 5), ("read", "x", 5), ("write", "x", 6), at=2)
    assert isinstance(judge_transactions(from_rows([first, own]), {"x": 0}), Valid), "what it wrote itself is no basis"
    again = txn(2, ("write", "x", 0), at=2)
    assert isinstance(judge_transactions(from_rows([first, second, again]), {"x": 0}), Valid)
    silent = Row(2, "txn", Mark.NONE, Mark.NIL, start=0, end=1)
    assert isinstance(judge_transactions(from_rows([first, silent]), {"x": 0}), Valid), "it says nothing"
    pending = txn(1, ("read", "x", 0), ("write", "x", 2), at=0, status="info")
    assert isinstance(judge_transactions(from_rows([first, pending]), {"x": 0}), Valid)


@pytest.mark.parametrize("seed", range(40))
def test_linearizable_histories_lose_no_update(seed):
    known = linearizable(seed, Shape("cas-register", 60, 5, 2))
    assert isinstance(judge(known.columns), Valid)
    pair = linearizable(seed, Shape("multi-register", 40, 4, 2))
    assert isinstance(judge_transactions(pair.columns), Valid)


def naive(rows, initial):
    """Two updates of one key from one value that was written, or initial, exactly once."""
    wrote = Counter((row.key, row.value2 if row.f == "cas" else row.value) for row in rows if row.status != "fail")
    bases = [(row.key, row.value) for row in rows if row.f == "cas" and row.status == "ok"]
    return any(count > 1 and wrote[basis] + (basis[1] == initial) <= 1 for basis, count in Counter(bases).items())


def test_brute_force_agrees_and_what_is_found_is_not_linearizable():
    chance = random.Random(3)
    answers = []
    for _ in range(2_000):
        rows = []
        for client in range(5):
            start, key, status = chance.randrange(20), chance.choice("xy"), chance.choice(["ok", "ok", "info", "fail"])
            end = None if status == "info" else start + chance.randrange(1, 8)
            old, new = chance.randrange(5), chance.randrange(5)
            if chance.random() < 0.6:
                rows.append(Row(client, "cas", key, old, new, start=start, end=end, status=status))
            else:
                rows.append(Row(client, "write", key, new, start=start, end=end, status=status))
        history = from_rows(rows)
        answers.append(isinstance(judge(history, 0), Invalid))
        assert answers[-1] == naive(rows, 0), rows
        if answers[-1]:
            assert isinstance(check(history, "kv", 0, explain=False), Invalid), rows
    assert 100 < sum(answers) < 1_900
