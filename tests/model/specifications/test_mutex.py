"""Holding excludes holding."""

import pytest

from model.specifications.mutex import Mutex
from model.specifications.specification import REFUSED, Call


def test_a_lock_is_acquired_free_and_released_held():
    mutex = Mutex()
    assert mutex.step(False, Call("acquire")) is True
    assert mutex.step(True, Call("acquire")) is REFUSED
    assert mutex.step(True, Call("release")) is False
    assert mutex.step(False, Call("release")) is REFUSED
    assert mutex.describe(False, Call("acquire")) == "acquire"


def test_an_unknown_operation_is_the_history_s_fault():
    with pytest.raises(ValueError, match="a mutex has no operation 'read'; accepted: acquire, release"):
        Mutex().step(False, Call("read"))
