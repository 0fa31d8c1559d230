"""What a run writes down: every operation as its client saw it, every event of the cluster, every name that was given.

The name (dot) of an acknowledged put stands in its own row. The trace gets the names of all others, so that a checker
knows of every version that could exist; a put that the trace does not name never became one.
"""

from functools import lru_cache
from typing import Any

from dynamo.core import messages as m
from dynamo.core.context import decode_context
from dynamo.core.effects import Minted
from dynamo.core.messages import Request, Response
from histories.recorder import Recorder

readable = lru_cache(maxsize=8_192)(decode_context)
"""The same context passes many times: with the reply, with the next put, with that put's retry."""


class RunLog:
    """Feeds one recorder. It is the world's `Observer` and the clients' `Log`."""

    def __init__(self, recorder: Recorder) -> None:
        readable.cache_clear()  # the contexts of the last run are of no use, and large ones would add up
        self.recorder = recorder
        self.clock: Any = None
        """The world, for the time."""
        self.outcomes = {m.OK: 0, m.FAIL: 0, m.INFO: 0}
        self._open: dict[str, Minted | None] = {}
        """Requests without a completion, and the name that each was given so far."""

    def event(self, time_us: int, name: str, **fields: Any) -> None:
        self.recorder.event(time_us, name, **fields)

    def minted(self, time_us: int, node: str, minted: Minted) -> None:
        if minted.request in self._open and self._open[minted.request] is None:
            self._open[minted.request] = minted
        else:  # nobody is waiting for it any more, or it is the second name of one request
            self._write(time_us, minted)

    def _write(self, time_us: int, minted: Minted) -> None:
        self.recorder.minted(time_us, minted.request, minted.key, minted.dot)

    def invoke(self, process: int, request: Request) -> None:
        self._open[request.id] = None
        value = request.value if request.kind == m.PUT else None
        self.recorder.invoke(
            self.clock.now_us,
            process,
            request.kind,  # type: ignore[arg-type]  # the store's kinds are the histories' kinds
            request.key,
            value,
            readable(request.context),
            request.id,
        )

    def complete(self, process: int, request: Request, response: Response) -> None:
        now_us = self.clock.now_us
        record = self.recorder
        minted = self._open.pop(request.id)
        self.outcomes[response.status] += 1
        kind: Any = request.kind
        if response.status == m.OK:
            context = readable(response.context)
            if kind == m.GET:
                record.ok_get(now_us, process, request.key, request.id, response.values, response.dots, context)
            elif kind == m.PUT:
                assert response.dot is not None
                record.ok_put(now_us, process, request.key, request.id, response.dot, context)
                if minted is not None and minted.dot == response.dot:
                    return
            else:
                record.ok_delete(now_us, process, request.key, request.id, context)
        elif response.status == m.FAIL:
            record.fail(now_us, process, kind, request.key, request.id, response.reason)
        else:
            record.info(now_us, process, kind, request.key, request.id, response.reason)
        if minted is not None:
            self._write(now_us, minted)

    def close(self) -> None:
        """Name what is still under way, and close the files."""
        for minted in self._open.values():
            if minted is not None:
                self._write(self.clock.now_us, minted)
        self._open.clear()
        self.recorder.close()
