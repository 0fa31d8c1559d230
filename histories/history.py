"""A history: the operations of all clients, paired up from the invocation and completion rows of history.jsonl."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from histories.errors import Malformed
from histories.header import HistoryHeader, parse_header
from histories.operation import KINDS, NOTHING_SEEN, Dot, Operation, Vector
from histories.rows import Row, Rows, array, dot, integer, string, vector, wrong
from histories.text import from_json

NO_DOTS: Mapping[str, Dot] = {}


class History(NamedTuple):
    """What the clients saw."""

    header: HistoryHeader
    operations: tuple[Operation, ...]
    """In the order of their invocations: `operations[i].index == i`."""
    truncated: bool
    """Whether the file ended in the middle of a line, so that rows after its last whole one are missing."""


def history_of(rows: Rows, minted: Mapping[str, Dot] = NO_DOTS) -> History:
    """Read a history. `minted` gives the dot of each request that a trace names. Raises `HistoryError`."""
    source = iter(rows)
    try:
        first = next(source, None)
        if first is None:
            raise rows.no_header("history")
        header = parse_header(HistoryHeader, first)
        pairing = _Pairing(minted)
        take = pairing.take
        for row in source:
            take(row)
    except Malformed as bad:
        raise rows.error(bad.found, bad.accepted) from None
    return History(header, tuple(pairing.operations), rows.truncated)


class _Pairing:
    """Pairs each completion with its process's open invocation."""

    def __init__(self, minted: Mapping[str, Dot]) -> None:
        self.operations: list[Operation] = []
        self._open: dict[int, Operation] = {}
        self._requests: set[str] = set()
        self._minted = minted
        self._now_us = 0

    def take(self, row: Row) -> None:
        time_us = integer(row, "time_us")
        if time_us < self._now_us:
            raise Malformed(f'"time_us": {time_us} after {self._now_us}', "times that never run backwards")
        self._now_us = time_us
        what = row.get("type")
        if what == "invoke":
            self._invoke(row, time_us)
        elif what in ("ok", "fail", "info"):
            self._complete(row, time_us, what)
        else:
            raise wrong(row, "type", "invoke, ok, fail or info")

    def _invoke(self, row: Row, time_us: int) -> None:
        process = integer(row, "process")
        if process in self._open:
            raise Malformed(
                f"process {process} invoking {row.get('request')!r} while its {self._open[process].request!r} is open",
                "one open operation per process",
            )
        kind = row.get("f")
        if kind not in KINDS:
            raise wrong(row, "f", "get, put or delete")
        request = string(row, "request")
        if request in self._requests:
            raise Malformed(f"request {request!r} a second time", "requests that are unique")
        self._requests.add(request)
        operation = Operation(
            len(self.operations),
            process,
            kind,
            from_json(row.get("key"), "key"),
            from_json(row.get("value"), "value") if kind == "put" else None,
            vector(row, "context"),
            request,
            time_us,
            minted=self._minted.get(request),
        )
        self._open[process] = operation
        self.operations.append(operation)

    def _complete(self, row: Row, time_us: int, what: Any) -> None:
        process = integer(row, "process")
        request = string(row, "request")
        begun = self._open.get(process)
        if begun is None or begun.request != request:
            if request not in self._requests:
                raise Malformed(f"{what} of unknown request {request!r}", "a request that was invoked before")
            raise Malformed(
                f"{what} of request {request!r}, which process {process} has not open", "one completion an invocation"
            )
        if row.get("f") != begun.kind:
            raise wrong(row, "f", f"{begun.kind}, as it was invoked")
        if from_json(row.get("key"), "key") != begun.key:
            raise wrong(row, "key", f"{begun.key!r}, as it was invoked")
        del self._open[process]
        self.operations[begun.index] = _completed(begun, row, time_us, what)


def _completed(begun: Operation, row: Row, time_us: int, what: Any) -> Operation:
    index, process, kind, key, value, context, request, start_us = begun[:8]
    reason, name, values, dots, seen = "", None, (), (), NOTHING_SEEN
    if what != "ok":
        if "reason" in row:
            reason = string(row, "reason")
    elif kind == "put":
        name, seen = dot(row.get("dot"), "dot"), vector(row, "context")
    elif kind == "get":
        values, dots, seen = _siblings(row)
    elif "context" in row:
        seen = vector(row, "context")
    return Operation(
        index, process, kind, key, value, context, request, start_us,
        time_us, what, reason, name, values, dots, seen, begun.minted,
    )  # fmt: skip


def _siblings(row: Row) -> tuple[Any, Any, Vector]:
    values, dots = array(row, "values"), array(row, "dots")
    if len(values) != len(dots):
        raise Malformed(f"{len(values)} values and {len(dots)} dots", 'as many "dots" as "values"')
    return (
        tuple([from_json(value, "values") for value in values]),
        tuple([dot(name, "dots") for name in dots]),
        vector(row, "context"),
    )
