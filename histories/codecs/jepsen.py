"""Operations as Jepsen writes them, whatever the notation: maps with `process`, `type`, `f`, `value`, maybe `time`.

Jepsen's keyed workloads (`jepsen.independent`) write every value as a pair ``[key value]``, which nothing in the file
tells from a value that is a pair. Recognised are files in which every value of the first rows is a pair, and every
compare-and-set a pair in a pair. `keyed` overrides that; a later row that does not fit is an error, not a guess.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

from histories.errors import Malformed
from histories.events import INVOKE, TYPES, EventLog
from histories.notice import Doubt, Notice
from histories.pairing import Nil, Paired, pair
from histories.source import Source
from histories.values import Keyword

SAMPLE_ROWS = 1000
"""How many rows are looked at to tell whether values are keyed."""
NEMESIS = "nemesis"
OK_ROW = TYPES.index("ok")
KINDS = {name: code for code, name in enumerate(TYPES)}
PAIR = "a pair [key value], as in the rows before (or say that the file is not keyed)"


class Written(NamedTuple):
    """One row: its line and its fields by name; values are immutable."""

    line: int
    fields: Mapping[str, Any]


class Options(NamedTuple):
    """What a file does not tell about itself."""

    nil: Nil = "absent"
    keyed: bool | None = None
    """Whether values are pairs ``[key value]``; None: look."""


AS_IT_IS = Options()


def history_of(rows: Iterable[Written], source: Source, options: Options) -> Paired:
    """The history in `rows`. Raises `HistoryError`."""
    log, others = EventLog(), _Others()
    clients = _clients(rows, others, source)
    sample = list(islice(clients, SAMPLE_ROWS))
    keyed = _looks_keyed(sample) if options.keyed is None else options.keyed
    adding = _Adding(log, keyed)
    for line, fields in chain(sample, clients):
        try:
            adding.add(line, fields)
        except Malformed as bad:
            raise source.error(line, bad.found, bad.accepted) from None
    columns, notices = pair(log.finish(), source.name, options.nil)
    return Paired(columns, (*others.notices(), *notices))


class _Others:
    """Rows that no client wrote."""

    def __init__(self) -> None:
        self.rows, self.line = 0, 0

    def notices(self) -> tuple[Notice, ...]:
        return (Notice(Doubt.NEMESIS, self.rows, self.line, "rows of the nemesis left out"),) if self.rows else ()


def _clients(rows: Iterable[Written], others: _Others, source: Source) -> Iterator[Written]:
    for row in rows:
        process = row.fields.get("process")
        if _name(process) == NEMESIS:
            others.rows += 1
            others.line = others.line or row.line
        elif process is None:
            raise source.error(row.line, "no process", "an operation with process, type, f and value")
        else:
            yield row


def _looks_keyed(sample: list[Written]) -> bool:
    invocations = [row.fields for row in sample if _name(row.fields.get("type")) == "invoke"]
    return bool(invocations) and all(_keyed(fields) for fields in invocations)


def _keyed(fields: Mapping[str, Any]) -> bool:
    value, f = fields.get("value"), _name(fields.get("f"))
    if type(value) is not tuple or len(value) != 2 or "key" in fields:
        return False
    if f in {"cas", "txn"}:
        return type(value[1]) is tuple and type(value[0]) is not tuple
    return True


class _Adding:
    """Adds rows to a log; a completion that does not repeat its key has that of its invocation."""

    def __init__(self, log: EventLog, keyed: bool) -> None:
        self.log, self.keyed = log, keyed
        self.open: dict[int | str, Any] = {}

    def add(self, line: int, fields: Mapping[str, Any]) -> None:
        kind = KINDS.get(_name(fields.get("type")) or "")
        if kind is None:
            raise Malformed(f"the type {fields.get('type')!r}", f"one of {', '.join(TYPES)}")
        f = _name(fields.get("f"))
        if not f:
            raise Malformed(f"the function {fields.get('f')!r}", "a name such as read, write or cas")
        time = fields.get("time")
        if time is not None and type(time) is not int:
            raise Malformed(f"the time {time!r}", "a whole number")
        process = _client(fields["process"])
        key, value = self._key_and_value(fields, kind, process)
        self.log.add(process, kind, f, key, value, time, line)

    def _key_and_value(self, fields: Mapping[str, Any], kind: int, process: int | str) -> tuple[Any, Any]:
        key, value = fields.get("key"), fields.get("value")
        if self.keyed:
            if type(value) is tuple and len(value) == 2:
                key, value = value
            elif kind in {INVOKE, OK_ROW}:
                raise Malformed(f"the value {value!r}", PAIR)
            else:
                key = self.open.get(process)  # a failure may hold its reason instead
        elif kind != INVOKE and "key" not in fields:
            key = self.open.get(process)
        if kind == INVOKE and key is not None:
            self.open[process] = key
        return key, value


def _client(found: Any) -> int | str:
    name = _name(found)
    if name is None and type(found) is not int:
        raise Malformed(f"the process {found!r}", "a number or a name")
    return found if name is None else name


def _name(found: Any) -> str | None:
    """The text of a keyword, or of text; JSON made from EDN may keep the colon."""
    if isinstance(found, Keyword):
        return found.name
    return found.removeprefix(":") if isinstance(found, str) else None
