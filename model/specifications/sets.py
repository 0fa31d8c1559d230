"""A set: add, delete, read of everything in it."""

from collections.abc import Iterable
from typing import NamedTuple

from model.specifications.specification import REFUSED, Call, Foresight, State, unheard_of


class GrowingSet(NamedTuple):
    """Holds a frozenset. The result of a read is any collection of its elements."""

    init: State = frozenset()

    def step(self, state: State, call: Call) -> State:
        assert isinstance(state, frozenset)
        match call.f:
            case "add":
                return state | {call.argument}
            case "delete":
                return state - {call.argument}
            case "read":
                return state if not call.known or frozenset(call.result or ()) == state else REFUSED
        raise unheard_of("set", call, "add, delete, read")

    def describe(self, state: State, call: Call) -> str:
        if call.f == "read":
            return f"read {sorted(call.result or (), key=repr)!r}" if call.known else "read ?"
        return f"{call.f} {call.argument!r}"

    def pure(self, call: Call) -> bool:
        return call.f == "read"

    def total(self, call: Call) -> bool:
        return call.f != "read" or not call.known

    def blind(self, call: Call) -> bool:
        return False

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight | None:
        return None
