"""Unique identifiers: each given once."""

import random
from collections import Counter

from checkers.verdict import Invalid, Valid
from checkers.workloads.identifiers import judge
from histories.columns import Row, from_rows


def given(*values, key=None):
    return [Row(0, "generate", key, result=value, start=2 * at, end=2 * at + 1) for at, value in enumerate(values)]


def test_different_identifiers_hold():
    assert judge(from_rows(given(1, 2, "1", 1.0, True))) == Valid("5 identifiers, all different")


def test_an_identifier_given_twice_is_found_with_both_answers():
    found = judge(from_rows(given(1, 2, 3, 2, 1)))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations in ((0, 4), (1, 3))
    assert "2 identifiers were given more than once" in found.counterexample.sentence


def test_keys_are_name_spaces_and_failures_hand_out_nothing():
    rows = given(1, key="a") + given(1, key="b") + [Row(1, "generate", "a", start=9, end=10, status="fail")]
    assert isinstance(judge(from_rows(rows)), Valid)


def test_brute_force_agrees_on_random_histories():
    chance = random.Random(2)
    answers = []
    for _ in range(1_000):
        rows = [
            Row(
                client, "generate", chance.choice("ab"), result=chance.choice([1, 1.0, "1", True, *range(20)]),
                start=client, end=client + 1, status=chance.choice(["ok", "ok", "ok", "fail"]),
            )
            for client in range(6)
        ]  # fmt: skip
        given = Counter((row.key, type(row.result), row.result) for row in rows if row.status == "ok")
        found = judge(from_rows(rows))
        answers.append(isinstance(found, Invalid))
        assert answers[-1] == any(count > 1 for count in given.values())
        if isinstance(found, Invalid):
            told = [rows[at] for at in found.counterexample.operations]
            first, second = told
            assert (first.key, first.result) == (second.key, second.result)
            assert isinstance(judge(from_rows(told)), Invalid)
    assert 100 < sum(answers) < 900
