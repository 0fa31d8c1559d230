"""One function, run as Python or compiled: what the checkers of causality do with arrays, access by access.

A kernel is a plain function on arrays and numbers that numba can compile. Small work is done in plain Python, because
loading numba takes longer than the work; so is all work where numba is not installed.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

COMPILED_STEPS = 300_000
"""Steps from which loading compiled code pays."""


def kernel(function: F, steps: int, compiled: bool | None = None) -> F:
    """`function` as it runs fastest for `steps` steps; `compiled` forces one way. Raises ImportError where compiled
    code is forced and numba is not installed."""
    if compiled is False or (compiled is None and steps < COMPILED_STEPS):
        return function
    try:
        return cast(F, _compiled(function))
    except ImportError:
        if compiled:
            raise
        return function


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    from checkers.linearizability.compiled import jit  # noqa: PLC0415 - importing numba takes time

    return jit(function)
