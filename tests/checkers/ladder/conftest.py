"""Random small histories in sessions, and what the oracle says of each level, made once."""

import random

import numpy as np
import pytest

from benchmarks.random_registers import small
from checkers.ladder import exhaustive
from checkers.ladder.acyclic import direct
from checkers.verdict import Invalid, Unknown, Valid
from histories.columns import NIL, Mark, Row, from_rows

COUNT = 2_000
ACCESSES = 5


@pytest.fixture(scope="session")
def given():
    """`given(unique)`: the histories."""
    known = {}

    def of(unique):
        if unique not in known:
            chance = random.Random(11)
            known[unique] = [small(chance, unique, ACCESSES) for _ in range(COUNT)]
        return known[unique]

    return of


@pytest.fixture(scope="session")
def oracle(given):
    """`oracle(level, unique)`: whether each of the histories satisfies the level, by definition."""
    known = {}

    def of(level, unique):
        if (level, unique) not in known:
            known[level, unique] = [exhaustive.satisfies(level, one, NIL) for one in given(unique)]
        return known[level, unique]

    return of


@pytest.fixture(scope="session")
def agrees():
    """Every verdict is the oracle's; at least `decided` of them are no Unknown, and each answer comes up."""

    def compare(judge, histories, right, decided=1.0):
        verdicts = [judge(one) for one in histories]
        answers = [None if isinstance(one, Unknown) else isinstance(one, Valid) for one in verdicts]
        wrong = [at for at, answer in enumerate(answers) if answer is not None and answer != right[at]]
        assert wrong == []
        assert sum(answer is not None for answer in answers) >= decided * len(answers)
        assert {True, False} <= set(answers)
        for verdict in verdicts:
            if isinstance(verdict, Invalid):
                assert verdict.counterexample.operations

    return compare


@pytest.fixture(scope="session")
def history():
    """`history("a: w x 1, r y nil", ...)`: one text a client; clients take turns, so that no two operations overlap.
    `w? x 1` is a write whose outcome is unknown."""

    def of(*clients):
        lanes = [[step.split() for step in text.partition(":")[2].split(",")] for text in clients]
        rows, now = [], 0
        for turn in range(max(len(lane) for lane in lanes)):
            for client, lane in enumerate(lanes):
                if turn < len(lane):
                    f, key, value = lane[turn]
                    told = Mark.NIL if value == "nil" else int(value)
                    now += 2
                    if f == "r":
                        rows.append(Row(client, "read", key, result=told, start=now, end=now + 1))
                    else:
                        pending = f == "w?"
                        end, status = (None, "info") if pending else (now + 1, "ok")
                        rows.append(Row(client, "write", key, told, start=now, end=end, status=status))
        return from_rows(rows)

    return of


@pytest.fixture(scope="session")
def closure():
    """`closure(accesses)[a, b]`: access a is a cause of access b."""

    def of(accesses):
        """`before[a, b]`: access a is a cause of access b."""
        count = len(accesses.kind)
        before = np.zeros((count, count), dtype=bool)
        before[direct(accesses)] = True
        for middle in range(count):
            before |= np.outer(before[:, middle], before[middle])
        return before

    return of
