"""One register: read, write, delete, compare-and-set. Also one key of a key-value store."""

from collections.abc import Iterable
from typing import NamedTuple

from model.specifications.specification import DEAD, REFUSED, Call, Foresight, State, unheard_of

NEVER = (1 << 63) - 1


class Register(NamedTuple):
    """Holds one value. `None` is the value of a register that nobody wrote, or that was deleted.

    A ``cas`` has the argument ``(expected, new)``. A ``mismatch`` is a compare-and-set that was answered "not the
    expected value": an observation.
    """

    init: State = None

    def step(self, state: State, call: Call) -> State:
        match call.f:
            case "write":
                return call.argument  # type: ignore[no-any-return]
            case "delete":
                return None
            case "read":
                return state if not call.known or call.result == state else REFUSED
            case "cas":
                expected, new = call.argument
                return new if expected == state else REFUSED
            case "mismatch":
                return state if call.argument != state else REFUSED
        raise unheard_of("register", call, "read, write, delete, cas")

    def describe(self, state: State, call: Call) -> str:
        match call.f:
            case "read":
                return f"read {call.result!r}" if call.known else "read ?"
            case "cas":
                return f"cas {call.argument[0]!r} to {call.argument[1]!r}"
            case "mismatch":
                return f"cas from {call.argument!r} refused"
            case "delete":
                return "delete"
        return f"write {call.argument!r}"

    def pure(self, call: Call) -> bool:
        return call.f in ("read", "mismatch")

    def total(self, call: Call) -> bool:
        return self.blind(call) or (call.f == "read" and not call.known)

    def blind(self, call: Call) -> bool:
        return call.f in ("write", "delete")

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight:
        """A value that no later call asks for is as good as any other such value."""
        last: dict[State, int] = {}
        for call, end in calls:
            if call.f == "read" and call.known:
                asked: State = call.result
            elif call.f == "cas":
                asked = call.argument[0]
            elif call.f == "mismatch":
                asked = call.argument
            else:
                continue
            last[asked] = max(last.get(asked, end), end)
        return lambda state, now: state if last.get(state, -1 - NEVER) >= now else DEAD
