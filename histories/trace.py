"""A trace: what happened inside the store and the world around it, as events with a time and a name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from histories.errors import Malformed
from histories.header import TraceHeader, parse_header
from histories.operation import Dot
from histories.rows import Rows, dot, integer, string
from histories.text import from_json

END = "end"
"""The event that a recorder writes last."""


class Minting(NamedTuple):
    """The store gave the put of `request` to `key` the name `dot`, whether or not its client ever heard of it."""

    time_us: int
    request: str
    key: str
    dot: Dot


class Trace(NamedTuple):
    """Everything that the trace file says."""

    header: TraceHeader
    events: tuple[Mapping[str, Any], ...]
    """Every row as it stands in the file, with its "time_us" and "event"."""
    mintings: tuple[Minting, ...]
    """The rows named "minted", typed."""
    truncated: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: its writer came to the end, and was not killed."""
        return not self.truncated and bool(self.events) and self.events[-1]["event"] == END

    def dots(self) -> dict[str, Dot]:
        """The first dot of each request."""
        first: dict[str, Dot] = {}
        for minting in self.mintings:
            first.setdefault(minting.request, minting.dot)
        return first


def trace_of(rows: Rows) -> Trace:
    """Read a trace. Raises `HistoryError`."""
    source = iter(rows)
    events: list[Mapping[str, Any]] = []
    mintings: list[Minting] = []
    now_us = 0
    try:
        first = next(source, None)
        if first is None:
            raise rows.no_header("trace")
        header = parse_header(TraceHeader, first)
        for row in source:
            time_us = integer(row, "time_us")
            if time_us < now_us:
                raise Malformed(f'"time_us": {time_us} after {now_us}', "times that never run backwards")
            now_us = time_us
            if string(row, "event") == "minted":
                key = from_json(row.get("key"), "key")
                mintings.append(Minting(time_us, string(row, "request"), key, dot(row.get("dot"), "dot")))
            events.append(row)
    except Malformed as bad:
        raise rows.error(bad.found, bad.accepted) from None
    return Trace(header, tuple(events), tuple(mintings), rows.truncated)
