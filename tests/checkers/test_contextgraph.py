"""The graph around a violation in this store's own history: contexts are edges, and clocks of the future are cycles."""

from itertools import pairwise

import pytest

from checkers import clocks, contexts, multivalue
from checkers.contextgraph import around
from checkers.verdict import Counterexample
from checkers.witness import CONTEXT, READS_FROM, REAL_TIME, SESSION, TRANSITIVELY


def edges(found):
    return {(edge.first, edge.second): edge.label for edge in found.edges}


def test_a_context_is_an_edge_and_what_is_shown_is_read_from(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1})
    run = story.get(5, 6, [(("b", 1), "two")], {"b": 1}).end()
    found = around(run, clocks.check(run).counterexample)
    assert edges(found) == {(1, 2): READS_FROM}
    whole = around(run, Counterexample("true-clocks", "", (0, 1, 2), ()))
    assert edges(whole) == {(0, 1): CONTEXT, (1, 2): READS_FROM}
    assert [node.label for node in whole.nodes][1] == 'put "k"="two" by client 2, named b/1'


def test_what_comes_before_through_others_is_drawn_as_that(story):
    story.put(0, 1, "one", ("a", 1)).put(2, 3, "two", ("b", 1), {"a": 1})
    run = story.get(5, 6, [(("b", 1), "two")], {"b": 1}).end()
    found = around(run, Counterexample("true-clocks", "", (0, 2), ()))
    assert edges(found) == {(0, 2): REAL_TIME}
    overlapping = run.operations[0]._replace(end_us=None, outcome="info", dot=None)
    changed = run._replace(history=run.history._replace(operations=(overlapping, *run.operations[1:])))
    assert edges(around(changed, Counterexample("true-clocks", "", (0, 2), ()))) == {(0, 2): TRANSITIVELY}


def test_a_clock_that_knows_the_future_is_a_cycle(story):
    run = story.get(0, 1, [], {"a": 1}).put(5, 6, "one", ("a", 1)).end()
    found = around(run, clocks.check(run).counterexample)
    assert edges(found) == {(0, 1): REAL_TIME, (1, 0): CONTEXT}
    assert len(found.cycle) == 2


def test_what_one_client_did_is_a_session(perfect):
    run = perfect(1)
    mine = tuple(op.index for op in run.operations if op.process == 0)[:4]
    found = edges(around(run, Counterexample("true-clocks", "", mine, ())))
    for first, second in pairwise(mine):
        assert found[first, second] in (SESSION, CONTEXT, READS_FROM)


@pytest.mark.parametrize("judge", [contexts.check, multivalue.check])
def test_every_operation_of_a_counterexample_is_drawn(story, judge):
    run = story.put(0, 1, "one", ("a", 1)).get(5, 6, [], {"a": 1}).end()
    found = around(run, judge(run).counterexample)
    assert [node.row for node in found.nodes] == [0, 1]
    assert edges(found) == {(0, 1): CONTEXT}
