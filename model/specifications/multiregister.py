"""Several registers read and written by transactions that take effect at once."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from histories.columns import Mark
from model.specifications.specification import REFUSED, Call, Foresight, State, unheard_of

READS, WRITES = ("read", "r"), ("write", "w")
UNTOLD = (Mark.UNKNOWN, Mark.NONE)


class MultiRegister(NamedTuple):
    """The state is a sorted tuple of `(register, value)`; a register that is not in it holds None.

    The argument of a ``txn`` is a sequence of ``(f, register, value)``; its result is the same with what was read:
    `Mark.NIL` for nothing, `Mark.UNKNOWN` where that was not recorded.
    """

    init: State = ()

    def step(self, state: State, call: Call) -> State:
        held: dict[Any, Any] = dict(state)  # type: ignore[call-overload]
        changed = False
        for f, register, value in _steps(call):
            if f in WRITES:
                held[register] = _plain(value)
                changed = True
            elif f in READS:
                if call.known and value not in UNTOLD and held.get(register) != _plain(value):
                    return REFUSED
            else:
                raise unheard_of("multi-register", Call(str(f)), "txn of read and write")
        return tuple(sorted(held.items(), key=lambda item: str(item[0]))) if changed else state

    def describe(self, state: State, call: Call) -> str:
        return "txn " + ", ".join(f"{f} {register} {value!r}" for f, register, value in _steps(call))

    def pure(self, call: Call) -> bool:
        return all(f in READS for f, _, _ in _steps(call))

    def total(self, call: Call) -> bool:
        return all(f in WRITES for f, _, _ in _steps(call))

    def blind(self, call: Call) -> bool:
        return False

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight | None:
        return None


def _plain(value: Any) -> Any:
    return None if value is Mark.NIL else value


def _steps(call: Call) -> Any:
    if call.f != "txn":
        raise unheard_of("multi-register", call, "txn")
    return call.result if call.known and call.result is not None else call.argument
