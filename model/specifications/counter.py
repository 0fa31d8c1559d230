"""A counter: add any amount, read the sum."""

from collections.abc import Iterable
from typing import NamedTuple

from model.specifications.specification import REFUSED, Call, Foresight, State, unheard_of


class Counter(NamedTuple):
    """Holds a number. An ``add`` without argument adds one."""

    init: State = 0

    def step(self, state: State, call: Call) -> State:
        assert isinstance(state, int | float)
        match call.f:
            case "add":
                return state + (1 if call.argument is None else call.argument)
            case "read":
                return state if not call.known or call.result == state else REFUSED
        raise unheard_of("counter", call, "add, read")

    def describe(self, state: State, call: Call) -> str:
        if call.f == "read":
            return f"read {call.result!r}" if call.known else "read ?"
        return f"add {1 if call.argument is None else call.argument!r}"

    def pure(self, call: Call) -> bool:
        return call.f == "read"

    def total(self, call: Call) -> bool:
        return call.f == "add" or not call.known

    def blind(self, call: Call) -> bool:
        return False

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight | None:
        return None
