"""Transactions in one form: a tuple of `(function, key, value)`, as multi-register histories hold them.

Jepsen writes ``[[:r :x nil] [:append :y 3]]``; recorders differ in the names of functions, and whether names are
keywords or text. A read that returned nothing holds `Mark.NIL` or `Mark.UNKNOWN`; one not yet answered `Mark.NONE`.
"""

from typing import Any

from histories.columns import Mark
from histories.errors import Malformed
from histories.values import Keyword

STEPS = {"r": "read", "read": "read", "get": "read", "w": "write", "write": "write", "put": "write", "append": "append"}
ACCEPTED = "a transaction such as [[:read :x nil] [:write :y 2]]"


def transaction(value: Any, nothing: Mark) -> tuple[tuple[str, Any, Any], ...]:
    """The normal form of a transaction's value; a read of nil holds `nothing`. Raises `Malformed`."""
    if type(value) is not tuple:
        raise Malformed(f"{value!r}", ACCEPTED)
    return tuple([_step(step, nothing) for step in value])


def _step(step: Any, nothing: Mark) -> tuple[str, Any, Any]:
    if type(step) is not tuple or len(step) != 3:
        raise Malformed(f"the step {step!r}", ACCEPTED)
    name, key, value = step
    text = name.name if isinstance(name, Keyword) else name
    if not isinstance(text, str):
        raise Malformed(f"the function {name!r} in a transaction", f"one of {', '.join(sorted(STEPS))}")
    function = STEPS.get(text, text)
    if value is None:
        value = nothing if function == "read" else Mark.NIL
    return (function, key, value)
