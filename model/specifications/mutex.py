"""A lock: acquire, release. Nobody owns it, as in Knossos: what is judged is that holding excludes holding."""

from typing import NamedTuple

from model.specifications.specification import REFUSED, Call, State, unheard_of


class Mutex(NamedTuple):
    """Free (False) or held (True)."""

    init: State = False

    def step(self, state: State, call: Call) -> State:
        match call.f:
            case "acquire":
                return REFUSED if state else True
            case "release":
                return False if state else REFUSED
        raise unheard_of("mutex", call, "acquire, release")

    def describe(self, state: State, call: Call) -> str:
        return call.f
