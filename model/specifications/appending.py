"""One key of a store of strings that grow: get, put, append (Porcupine's ``kv``)."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from model.specifications.specification import DEAD, REFUSED, Call, Foresight, State, unheard_of


class AppendRegister(NamedTuple):
    """Holds one string; `append` adds to its end."""

    init: State = ""

    def step(self, state: State, call: Call) -> State:
        match call.f:
            case "append":
                return state if state is DEAD else f"{state}{call.argument}"
            case "write":
                return call.argument  # type: ignore[no-any-return]
            case "read":
                return state if not call.known or (call.result or "") == state else REFUSED
        raise unheard_of("kv-append", call, "read, write, append")

    def describe(self, state: State, call: Call) -> str:
        if call.f == "read":
            return f"get {call.result!r}" if call.known else "get ?"
        return f"{'put' if call.f == 'write' else call.f} {call.argument!r}"

    def pure(self, call: Call) -> bool:
        return call.f == "read"

    def total(self, call: Call) -> bool:
        return call.f in ("append", "write") or not call.known

    def blind(self, call: Call) -> bool:
        return call.f == "write"

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight:
        """A string that is no beginning of anything still to be read is as good as any other such string."""
        ends: dict[str, int] = {}
        for call, end in calls:
            if call.f == "read" and call.known:
                text = call.result or ""
                ends[text] = max(ends.get(text, end), end)
        texts = sorted(ends)

        def alive(state: State, now: int) -> State:
            beginning = str(state)
            for text in texts[bisect_left(texts, beginning) :]:
                if not text.startswith(beginning):
                    break
                if ends[text] >= now:
                    return state
            return DEAD

        return alive
