"""Transactions over several registers take effect at once."""

import pytest

from histories.columns import Mark
from model.specifications.multiregister import MultiRegister
from model.specifications.specification import REFUSED, Call

START = MultiRegister((("x", 0), ("y", 0)))


def txn(*steps, known=True):
    return Call("txn", steps, steps, known)


def test_a_transaction_reads_what_it_wrote_itself_and_leaves_its_writes():
    after = START.step(START.init, txn(("write", "x", 2), ("read", "x", 2), ("read", "y", 0)))
    assert after == (("x", 2), ("y", 0))
    assert START.step(after, txn(("read", "x", 0))) is REFUSED


def test_a_read_of_nothing_is_a_register_that_nobody_wrote_and_one_not_recorded_is_anything():
    assert START.step(START.init, txn(("read", "z", Mark.NIL))) == START.init
    assert START.step(START.init, txn(("read", "x", Mark.NIL))) is REFUSED
    assert START.step(START.init, txn(("read", "x", Mark.UNKNOWN))) == START.init
    assert START.step(START.init, txn(("read", "x", 7), known=False)) == START.init


def test_only_reads_are_pure_and_only_writes_are_never_refused():
    assert START.pure(txn(("read", "x", 1)))
    assert not START.pure(txn(("read", "x", 1), ("write", "x", 1)))
    assert START.total(txn(("write", "x", 1)))
    assert not START.total(txn(("read", "x", 1), ("write", "x", 1)))
    assert not START.blind(txn(("write", "x", 1)))
    assert START.foresee([]) is None


def test_the_order_in_which_registers_were_written_does_not_show_in_the_state():
    one = START.step((), txn(("write", "b", 1), ("write", "a", 2)))
    assert one == START.step((), txn(("write", "a", 2), ("write", "b", 1)))


@pytest.mark.parametrize("call", [Call("read"), txn(("append", "x", 1))])
def test_an_unknown_operation_is_the_history_s_fault(call):
    with pytest.raises(ValueError, match="a multi-register has no operation"):
        START.step((), call)


def test_a_transaction_is_described_step_by_step():
    assert START.describe((), txn(("write", "x", 1), ("read", "y", 0))) == "txn write x 1, read y 0"
