"""The request ids that a node remembers, so that none is executed twice, within bounds.

The rule that this module keeps: **an id that was executed, or whose client was told that it never will be, is not
forgotten while a copy of the request can come** (`StoreConfig.request_memory_us`). A put that finds the memory full is
refused; nothing is dropped for it. Gets have no effect, so their answers are forgotten first. A refusal is a promise
as well: the late copy of a refused put must not find room and be executed. Refused ids are remembered apart, without
their requests; where even they are too many, the client is told that the outcome is unknown.
"""

from collections import deque
from typing import TYPE_CHECKING

from dynamo.core.messages import GET, Request
from dynamo.core.weight import request_bytes, response_bytes

if TYPE_CHECKING:
    from dynamo.core.host import Host
    from dynamo.core.requests import Taken


class RequestMemory:
    """The requests of one node: under way, answered, and refused."""

    def __init__(self, host: "Host") -> None:
        self.host = host
        self.taken: dict[str, Taken] = {}
        self.open = 0
        """Requests under way: not answered yet."""
        self.bytes = 0
        """Of the requests under way and the answers that are remembered."""
        self.refused: dict[str, int] = {}
        """id -> until when it is remembered; the oldest first."""
        self._puts: deque[tuple[int, str]] = deque()
        self._gets: deque[tuple[int, str]] = deque()
        """Gets that are answered."""

    def take(self, taken: "Taken") -> None:
        """A request is under way."""
        request = taken.request
        self.taken[request.id] = taken
        self.open += 1
        taken.bytes = request_bytes(request)
        self.bytes += taken.bytes
        if request.kind != GET:
            self._puts.append((self._until_us(), request.id))

    def answered(self, taken: "Taken") -> None:
        """It is answered: its value is needed no more, its answer is."""
        assert taken.response is not None
        self.open -= 1
        request = taken.request
        taken.request = Request(request.id, request.kind, request.key)
        left = taken.bytes - len(request.value) - len(request.context) + response_bytes(taken.response)
        self.bytes += left - taken.bytes
        taken.bytes = left
        if request.kind == GET:
            self._gets.append((self._until_us(), request.id))

    def puts(self) -> int:
        """Puts and deletes that are remembered."""
        return len(self._puts)

    def forget_old(self) -> None:
        """Forget what no copy can ask for any more."""
        now_us = self.host.now_us
        while self._gets and self._gets[0][0] <= now_us:
            self._drop(self._gets.popleft()[1])
        while self._puts and self._puts[0][0] <= now_us:
            _, old = self._puts.popleft()
            taken = self.taken.get(old)
            if taken is not None and taken.response is None:  # after a long pause: its deadline has not been told yet
                self._puts.append((self._until_us(), old))
            else:
                self._drop(old)
        while self.refused:
            oldest = next(iter(self.refused))
            if self.refused[oldest] > now_us:
                break
            del self.refused[oldest]

    def forget_gets(self, requests: int, count: int) -> None:
        """Forget answered gets, the oldest first, until there is room for `count` bytes more and for one of
        `requests` requests, or none is left."""
        most = self.host.config.max_queued_bytes - count
        while self._gets and (self.bytes > most or len(self.taken) >= requests):
            self.host.mark("answer to a get forgotten early")
            self._drop(self._gets.popleft()[1])

    def refuse(self, request_id: str) -> bool:
        """Never execute this id; False where that cannot be remembered."""
        if len(self.refused) >= self.host.config.max_refusals:
            return False
        self.refused[request_id] = self._until_us()
        return True

    def _drop(self, request_id: str) -> None:
        taken = self.taken.pop(request_id, None)
        if taken is not None:
            self.bytes -= taken.bytes

    def _until_us(self) -> int:
        return self.host.now_us + self.host.config.request_memory_us
