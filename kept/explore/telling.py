"""Steps in words."""

from dynamo.core import messages as m
from dynamo.core.messages import Request
from kept.explore.interning import Copy
from kept.explore.locals import Locals
from kept.explore.settling import HANDOFF, Interval
from kept.scenario import wording


def said(interval: Interval) -> str:
    """An interval of a cluster that is left to itself."""
    if interval.timer == HANDOFF:
        return "a handoff interval passes"
    return f"compares Merkle trees with {interval.peer}" if interval.peer else "asks whom it holds to be down"


class Telling:
    """What is said of the messages and requests of one exploration."""

    def __init__(self, locals_: Locals) -> None:
        self._messages = locals_.messages
        self._said: dict[int, str] = {}

    def message(self, number: int) -> str:
        """A message, with whom it comes from."""
        said = self._said.get(number)
        if said is None:
            message = self._messages.all[number]
            if isinstance(message.content, Copy):
                said = f"the request of {message.sender} comes once more"
            else:
                said = f"{wording.message(message.content, '')} from {message.sender}"
            self._said[number] = said
        return said

    def asked(self, client: int, request: Request, keys: tuple[bytes, ...]) -> str:
        """A client's request, with the key where there are several."""
        at = f" at {request.key.decode()}" if len(keys) > 1 else ""
        if request.kind == m.GET:
            return f"c{client} asks for {request.key.decode() if at else 'it'}"
        if request.kind == m.DELETE:
            return f"c{client} deletes what it has seen{at}"
        seen = "with what it has seen" if request.context else "blind"
        return f"c{client} puts {request.value.decode()}{at} {seen}"
