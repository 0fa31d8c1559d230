"""What people read of a violation: golden sentences."""

import pytest

from checkers.ladder import causal, sessions
from checkers.ladder.regular import regular

TOLD = [
    (
        causal.causal_consistency,
        ("a: w x 1, w y 2", "b: r y 2, r x nil"),
        'On key "x" a read returned the initial value after a write that is among its causes: write "x" 1 by client 0 '
        '(row 0) from 2 to 3; write "y" 2 by client 0 (row 2) from 6 to 7; read "y" 2 by client 1 (row 1) from 4 to 5; '
        'read "x" nil by client 1 (row 3) from 8 to 9.',
    ),
    (
        causal.causal_consistency,
        ("a: w x 1, w x 2", "b: r x 2, r x 1"),
        'On key "x" a read returned what another of its causes had replaced: write "x" 1 by client 0 (row 0) from 2 to '
        '3; write "x" 2 by client 0 (row 2) from 6 to 7; read "x" 2 by client 1 (row 1) from 4 to 5; read "x" 1 by '
        "client 1 (row 3) from 8 to 9.",
    ),
    (
        causal.causal_convergence,
        ("a: w x 1, r x 2", "b: w x 2, r x 1"),
        "No order of the writes explains all reads: each must precede the next: "
        'write "x" 1 by client 0 (row 0) from 2 to 3; read "x" 2 by client 0 (row 2) from 6 to 7; '
        'write "x" 2 by client 1 (row 1) from 4 to 5; read "x" 1 by client 1 (row 3) from 8 to 9.',
    ),
    (
        sessions.read_your_writes,
        ("a: w x 1, r x nil",),
        'On key "x" a read returned something older than its client\'s own write: write "x" 1 by client 0 (row 0) from '
        '2 to 3; read "x" nil by client 0 (row 1) from 4 to 5.',
    ),
    (
        regular,
        ("a: w x 1, w x 2, r x 1",),
        'On key "x" a read returned what had been replaced before it began: write "x" 1 by client 0 (row 0) from 2 to '
        '3; write "x" 2 by client 0 (row 1) from 4 to 5; read "x" 1 by client 0 (row 2) from 6 to 7.',
    ),
]


@pytest.mark.parametrize(("judge", "clients", "sentence"), TOLD)
def test_a_violation_is_told_in_one_sentence_with_its_operations(history, judge, clients, sentence):
    assert judge(history(*clients)).counterexample.sentence == sentence


def test_a_long_counterexample_is_cut_in_the_sentence_and_whole_in_the_facts(history):
    steps = ", ".join(f"w y {number}" for number in range(10, 30))
    found = causal.causal_consistency(history(f"a: w x 1, {steps}, w z 2", "b: r z 2, r x nil")).counterexample
    assert "and 12 more" in found.sentence
    assert len(found.facts) == 25


def test_repeated_values_say_how_many_ways_were_tried(history):
    found = causal.causal_consistency(history("a: w x 1, w x 1, w y 2", "b: r y 2, r x 1, r x nil")).counterexample
    assert "whichever of 2 ways" in found.sentence
