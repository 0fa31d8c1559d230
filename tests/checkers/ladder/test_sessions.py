"""The session guarantees: the oracle's answers, and one history for each that violates it alone."""

import pytest

from checkers.ladder import sessions
from checkers.verdict import Invalid, Valid

JUDGES = {
    "read-your-writes": sessions.read_your_writes,
    "monotonic-reads": sessions.monotonic_reads,
    "monotonic-writes": sessions.monotonic_writes,
    "writes-follow-reads": sessions.writes_follow_reads,
}


@pytest.mark.parametrize("level", JUDGES)
def test_it_agrees_with_the_definition_where_values_are_unique(given, oracle, agrees, level):
    agrees(JUDGES[level], given(True), oracle(level, True))


@pytest.mark.parametrize("level", JUDGES)
def test_it_agrees_with_the_definition_where_values_repeat(given, oracle, agrees, level):
    agrees(JUDGES[level], given(False), oracle(level, False))


@pytest.mark.parametrize("level", JUDGES)
def test_compiled_code_gives_the_same_verdicts(given, level):
    pytest.importorskip("numba")
    for one in given(True)[:300]:
        assert JUDGES[level](one, compiled=True) == JUDGES[level](one, compiled=False)


ALONE = {
    "read-your-writes": ("a: w x 1, r x nil",),
    "monotonic-reads": ("a: w x 1", "b: r x 1, r x nil"),
    "monotonic-writes": ("a: w x 1, w y 2", "b: r y 2, r x nil"),
    "writes-follow-reads": ("a: w x 1", "b: r x 1, w y 2", "c: r y 2, r x nil"),
}


@pytest.mark.parametrize("level", ALONE)
def test_each_guarantee_is_violated_by_a_history_that_keeps_the_others(history, level):
    one = history(*ALONE[level])
    found = {name: isinstance(judge(one), Valid) for name, judge in JUDGES.items()}
    assert found == {name: name != level for name in JUDGES}


@pytest.mark.parametrize("level", ALONE)
def test_the_counterexample_names_the_read_and_what_it_should_have_seen(history, level):
    one = history(*ALONE[level])
    found = JUDGES[level](one)
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == tuple(range(len(one)))


def test_a_write_that_was_seen_is_told_with_a_later_one_of_its_writer(history):
    found = sessions.monotonic_writes(history("a: w x 1, w x 2, w y 3", "b: r x 2, r y 3, r x 1"))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (0, 2, 3, 4, 5), "and without the read of the first one itself"
