"""Final reads agree, or differ by nothing but what may still happen."""

from checkers.ladder.converging import convergent
from checkers.verdict import Invalid, Unknown, Valid


def test_final_reads_that_agree_hold(history):
    found = convergent(history("a: w x 1, r x 1", "b: w x 2, r x 1"))
    assert found == Valid("2 final reads of 1 key")


def test_final_reads_that_differ_are_found_and_named(history):
    found = convergent(history("a: w x 1, r x 1", "b: w x 2, r x 2"))
    assert isinstance(found, Invalid)
    assert found.counterexample.operations == (2, 3)


def test_reads_before_the_last_write_ended_do_not_count(history):
    assert isinstance(convergent(history("a: w x 1, r x 1, w x 3", "b: r x nil, r x 1, r x 3")), Valid)


def test_a_pending_write_may_take_effect_between_two_final_reads(history):
    assert isinstance(convergent(history("a: w x 1, w? x 2, r x 1", "b: r y nil, r y nil, r x 2")), Unknown)


def test_a_pending_write_excuses_only_its_own_value(history):
    one = history("a: w x 1, w? x 2, r x 1", "b: r y nil, r y nil, r x nil")
    assert isinstance(convergent(one), Invalid)


def test_each_key_converges_alone(history):
    assert isinstance(convergent(history("a: w x 1, w y 2, r x 1", "b: r y nil, r x 1, r y 2")), Valid)
