"""Kernels run as Python where the work is small."""

import pytest

from checkers.ladder.acyclic import taken
from checkers.ladder.kernels import COMPILED_STEPS, kernel


def test_small_work_is_done_in_python():
    assert kernel(taken, COMPILED_STEPS - 1) is taken


def test_compiled_code_is_made_once_and_only_where_it_pays():
    pytest.importorskip("numba")
    assert kernel(taken, COMPILED_STEPS) is not taken
    assert kernel(taken, 0, compiled=True) is kernel(taken, COMPILED_STEPS)
    assert kernel(taken, COMPILED_STEPS, compiled=False) is taken


def test_where_nothing_compiles_python_does_the_work_unless_that_was_forbidden(monkeypatch):
    def broken(_):
        raise ImportError("no numba")

    monkeypatch.setattr("checkers.ladder.kernels._compiled", broken)
    assert kernel(taken, COMPILED_STEPS) is taken
    with pytest.raises(ImportError):
        kernel(taken, 0, compiled=True)
