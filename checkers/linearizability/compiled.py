"""How kernels are compiled: once, and kept beside the module (`cache=True`), so that later runs only load them."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])

jit = cast(Callable[[F], F], numba.njit(cache=True, error_model="numpy"))
"""For what is called from Python, or seldom."""
inlined = cast(Callable[[F], F], numba.njit(cache=True, error_model="numpy", forceinline=True))
"""For inner loops: to pass a dozen arrays costs more than what is done with them."""
