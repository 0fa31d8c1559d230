"""Unique identifiers: each given once."""

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
