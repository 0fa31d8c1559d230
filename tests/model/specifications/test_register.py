"""A register does what its calls say, and foresees what can still be asked."""

import pytest

from model.specifications.register import Register
from model.specifications.specification import DEAD, REFUSED, Call


@pytest.mark.parametrize(
    ("state", "call", "after"),
    [
        (0, Call("write", 3), 3),
        (3, Call("read", None, 3), 3),
        (3, Call("read", None, 4), REFUSED),
        (3, Call("read", None, None, known=False), 3),
        (3, Call("delete"), None),
        (None, Call("read", None, None), None),
        (3, Call("cas", (3, 5)), 5),
        (4, Call("cas", (3, 5)), REFUSED),
        (3, Call("mismatch", 3), REFUSED),
        (4, Call("mismatch", 3), 4),
        (DEAD, Call("mismatch", 3), DEAD),
        (DEAD, Call("read", None, 3), REFUSED),
    ],
)
def test_each_call_leaves_the_state_it_should(state, call, after):
    assert Register(0).step(state, call) == after


def test_an_unknown_operation_is_the_history_s_fault_and_names_those_that_are_known():
    with pytest.raises(ValueError, match="a register has no operation 'push'; accepted: read, write, delete, cas"):
        Register(0).step(0, Call("push"))


def test_a_value_is_dead_once_the_last_call_that_asks_for_it_has_ended():
    foresight = Register(0).foresee([(Call("read", None, 1), 10), (Call("cas", (1, 2)), 20), (Call("write", 3), 50)])
    assert foresight(1, 20) == 1
    assert foresight(1, 21) is DEAD
    assert foresight(3, 0) is DEAD


def test_what_is_pure_never_changes_a_state_and_what_is_blind_forgets_it():
    register = Register(0)
    calls = [Call("read", None, 1), Call("write", 2), Call("delete"), Call("cas", (1, 2)), Call("mismatch", 1)]
    for call in calls:
        afters = [register.step(state, call) for state in (0, 1, 2, None)]
        if register.pure(call):
            assert all(after in (REFUSED, state) for after, state in zip(afters, (0, 1, 2, None), strict=True))
        if register.blind(call):
            assert len(set(afters)) == 1
        if register.total(call):
            assert REFUSED not in afters


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("read", None, 3), "read 3"),
        (Call("read", None, None, known=False), "read ?"),
        (Call("cas", (1, 2)), "cas 1 to 2"),
        (Call("mismatch", 1), "cas from 1 refused"),
        (Call("delete"), "delete"),
        (Call("write", "x"), "write 'x'"),
    ],
)
def test_a_call_is_described_in_a_few_words(call, words):
    assert Register(0).describe(0, call) == words
