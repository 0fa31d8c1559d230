"""The graph around a violation has a cycle exactly where the rung is violated, and its edges are true."""

import random

import pytest

from benchmarks.random_registers import small
from checkers.ladder.accesses import NOWHERE, READS, readings
from checkers.ladder.causality import around
from checkers.ladder.climb import climb
from checkers.ladder.exhaustive import satisfies
from checkers.verdict import Counterexample, Invalid
from histories.columns import NIL, Mark, Row, from_rows

BY_CYCLES = ("causal-consistency", "causal-convergence", "causal-memory", "pram")
"""Rungs that a history of unique values violates exactly if there is a cycle, or a value that nobody wrote."""
SESSIONS = ("read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads")


@pytest.mark.parametrize("level", BY_CYCLES)
def test_there_is_a_cycle_exactly_where_the_definition_is_not_satisfied(level):
    chance = random.Random(f"graph of {level}")
    found = set()
    for _ in range(150):
        one = small(chance, True, 6)
        accesses = next(readings(one).some(1))
        if ((accesses.kind == READS) & (accesses.write == NOWHERE)).any():
            continue
        whole = around(one, Counterexample(level, "", tuple(range(len(one))), ()))
        right = satisfies(level, one, NIL)
        assert bool(whole.cycle) != right, list(one.rows())
        found.add(right)
    assert found == {True, False}


@pytest.mark.parametrize("level", [*BY_CYCLES, *SESSIONS, "regular"])
def test_the_graph_of_a_minimal_counterexample_has_a_cycle_or_a_value_that_nobody_wrote(level):
    chance = random.Random(f"witness of {level}")
    drawn = 0
    for _ in range(120):
        one = small(chance, True, 7)
        verdict = climb(one, [level]).verdicts[level]
        if not isinstance(verdict, Invalid):
            continue
        found = around(one, verdict.counterexample)
        assert {node.row for node in found.nodes} == set(verdict.counterexample.operations)
        assert found.cycle or any("nobody wrote that" in node.label for node in found.nodes)
        drawn += 1
        for edge in found.edges:
            true_of(one, edge)
    assert drawn > 0


def true_of(history, edge):
    """What the label of an edge says is so."""
    first, second = history.row(edge.first), history.row(edge.second)
    if edge.label == "session":
        assert first.process == second.process
        assert edge.first < edge.second
    elif edge.label == "reads-from":
        assert (first.f, second.f, first.key) == ("write", "read", second.key)
        assert first.value == second.result
    elif edge.label == "real time":
        assert first.end < second.start
    elif edge.label == "transitively":
        assert edge.first != edge.second
        assert not edge.cycle
    else:
        assert edge.label.startswith("must precede: ")
        assert first.key == second.key
        assert second.f == "write"


def test_what_comes_before_through_others_is_drawn_as_that(history):
    one = history("a: w x 1, w y 2", "b: r y 2, w z 3", "c: r z 3, r x nil")
    rows = (0, 5)  # the write of x, and the read that lost it
    found = around(one, Counterexample("causal-consistency", "", rows, ()))
    assert ("transitively", 0, 5) in [(edge.label, edge.first, edge.second) for edge in found.edges]
    assert found.cycle == ()  # that is no counterexample by itself


def test_objects_that_are_no_registers_have_real_time_alone():
    rows = [Row(0, "acquire", None, start=0, end=1), Row(1, "acquire", None, start=2, end=3)]
    rows.append(Row(2, "acquire", None, start=4, end=5))
    found = around(from_rows(rows), Counterexample("linearizable", "", (0, 1, 2), ()))
    assert [(edge.first, edge.second, edge.label) for edge in found.edges] == [(0, 1, "real time"), (1, 2, "real time")]
    assert found.cycle == ()


def test_a_read_of_one_of_several_writes_says_so():
    rows = [Row(0, "write", "x", 1, start=0, end=1), Row(1, "write", "x", 1, start=2, end=3)]
    rows += [Row(2, "read", "x", result=1, start=4, end=5), Row(2, "read", "x", result=Mark.NIL, start=6, end=7)]
    one = from_rows(rows)
    found = around(one, climb(one, ["monotonic-reads"]).verdicts["monotonic-reads"].counterexample)
    assert any("or from another write of that value" in edge.label for edge in found.edges)
