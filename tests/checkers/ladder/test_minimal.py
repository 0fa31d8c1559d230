"""Counterexamples of every rung: a history of their own that violates the rung, with the fewest operations."""

import random
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.busy_histories import busy
from benchmarks.random_registers import rich, small
from checkers.ladder import causal
from checkers.ladder.climb import climb
from checkers.ladder.exhaustive import DEFINITIONS, satisfies
from checkers.ladder.minimal import FINAL, REAL_TIME, smallest
from checkers.ladder.parts import Whole, only
from checkers.ladder.regular import regular
from checkers.verdict import Invalid
from histories.columns import NIL, READ, WRITE
from tests.checkers.ladder.test_parts import parts

LEVELS = [level for level in DEFINITIONS if level != "linearizable"]


def samples():
    chance = random.Random(8)
    for number in range(60):
        make = small if number % 2 else rich
        yield make(chance, number % 4 < 2, 6)


@pytest.fixture(scope="module")
def climbed():
    return [(one, climb(one)) for one in samples()]


@pytest.mark.parametrize("level", LEVELS)
def test_no_counterexample_has_fewer_operations_by_the_definition(climbed, level):
    """The oracle is asked, which shares nothing with the checkers: the part violates, and no smaller part does."""
    sizes = set()
    for one, report in climbed:
        verdict = report.verdicts[level]
        if not isinstance(verdict, Invalid):
            continue
        found = verdict.counterexample
        whole = Whole(one, level in REAL_TIME, level in FINAL)
        assert found.claim == level
        assert whole.closed(found.operations) == list(found.operations)
        assert not satisfies(level, only(one, found.operations), NIL)
        assert {fact.row for fact in found.facts[1:]} == set(found.operations)
        for part in parts(whole):
            assert len(part) >= len(found.operations) or satisfies(level, only(one, part), NIL)
        sizes.add(len(found.operations))
    assert sizes


def test_without_means_the_verdict_is_kept_as_it_was_told(history):
    one = history("a: w x 1, w x 2, r x 1", "b: r x 2, r x 1")
    told = causal.causal_consistency(one)
    assert isinstance(told, Invalid)
    found = smallest("causal-consistency", causal.causal_consistency, one, [told], rows=0)
    assert (found.verdict, found.least) == (told, False)


SESSIONS = ("monotonic-writes", "writes-follow-reads")
"""A write, what came before it, the read of it, and a read of something older still."""


def stale(one, back):
    """The last read returns what it returned `back` writes of its key before."""
    reads = np.flatnonzero(one.f == READ)
    last = int(reads[-1])
    mine = reads[(one.key[reads] == one.key[last]) & (one.result[reads] != one.result[last]) & (one.result[reads] >= 0)]
    result = one.result.copy()
    result[last] = one.result[mine[-back]]
    broken = one.take(slice(None))
    object.__setattr__(broken, "result", result)
    return broken, last


def test_in_a_large_history_one_stale_read_is_shown_with_few_operations():
    one, last = stale(busy(4_000, 8, 2), 60)
    report = climb(one)
    wrong = {name: verdict for name, verdict in report.verdicts.items() if isinstance(verdict, Invalid)}
    assert {"linearizable", "regular", "pram", "causal-memory"} <= set(wrong)
    for name, verdict in wrong.items():
        rows = verdict.counterexample.operations
        assert last in rows, name
        assert len(rows) <= (4 if name not in SESSIONS else 6), name


def test_where_values_repeat_a_read_keeps_all_writes_that_it_may_have_read():
    one, last = stale(busy(4_000, 8, 2, values=40), 60)
    told = regular(one)
    assert isinstance(told, Invalid)
    rows = told.counterexample.operations
    found = smallest("regular", regular, one, [told]).verdict.counterexample.operations
    assert last in rows
    assert last in found
    before = (
        (one.f == WRITE) & (one.key == one.key[last]) & (one.value == one.result[last]) & (one.start < one.end[last])
    )
    assert len(found) == before.sum() + 2  # and one write that was between, and the read


def client_against_others():
    """Figure 3b of Bouajjani et al. (2017), behind 400 operations of other clients that hold."""
    return ("a: w z 1, w x 1, w y 1", "b: w x 2, r z nil, r y 1, r x 2")


def test_where_the_pattern_is_a_whole_client_the_part_is_cut_out_of_it(history):
    noise = ", ".join(f"w k {number}, r k {number}" for number in range(100, 200))
    one = history(*client_against_others(), f"c: {noise}")
    found = climb(one, ["causal-memory"]).verdicts["causal-memory"]
    assert isinstance(found, Invalid)
    assert len(found.counterexample.operations) == 7
    assert {one.row(row).key for row in found.counterexample.operations} == {"x", "y", "z"}


def test_a_reduced_counterexample_says_where_its_operations_stand_in_the_file(history):
    one = history("c: w k 8, r k 8, w k 9, r k 9", "a: w x 1, w x 2, r x 1", "b: r k nil, r x 2, r x 1")
    found = climb(one, ["pram"]).verdicts["pram"].counterexample
    assert found.operations == (1, 4, 7)
    assert found.sentence == (
        "No order of the writes explains what one client read: "
        'write "x" 1 by client 1 (row 1) from 4 to 5; write "x" 2 by client 1 (row 4) from 10 to 11; '
        'read "x" 1 by client 1 (row 7) from 16 to 17.'
    )


def test_where_what_was_told_is_no_violation_by_itself_the_history_is_searched_for_one(history):
    noise = ", ".join(f"w k {number}, r k {number}" for number in range(200))
    one = history(f"a: {noise}, w x 1, w x 2, r x 1")
    told = causal.causal_consistency(one)
    assert isinstance(told, Invalid)
    other = Invalid(replace(told.counterexample, operations=(0, 1)))
    found = smallest("causal-consistency", causal.causal_consistency, one, [other])
    assert (found.verdict.counterexample.operations, found.least) == ((400, 401, 402), True)
