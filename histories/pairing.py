"""From rows to operations: each completion belongs to the open invocation of its process.

Everything is done on whole columns. A stable sort by process puts each completion right behind its invocation; what
stands elsewhere is an error, and of all errors the one that comes first in the file is told.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.arguments import Misfit, fill, rewritten
from histories.columns import ACROSS, INFO, NEVER, NIL, OK, READ, UNKNOWN, WRITE, Columns, Ints
from histories.errors import HistoryError
from histories.events import INVOKE, TYPES, Events
from histories.notice import Doubt, Notice

Nil = Literal["absent", "unknown"]
"""What a completed read of nil means: that nothing is there, or that what is there was not recorded."""
NIL_CODES = {"absent": NIL, "unknown": UNKNOWN}


class Paired(NamedTuple):
    columns: Columns
    notices: tuple[Notice, ...]


def pair(events: Events, file: str, nil: Nil = "absent", ordered: bool = False) -> Paired:
    """The operations of `events`. `ordered`: the file promises times that never run backwards.

    Raises `HistoryError` at the first row that does not fit.
    """
    return _Pairing(events, file, ordered).operations(nil)


class _Pairing:
    def __init__(self, events: Events, file: str, ordered: bool) -> None:
        self.events, self.file = events, file
        self.notices: list[Notice] = []
        count = len(events.kind)
        by_process = np.argsort(narrow(events.process), kind="stable")
        client = events.process[by_process]
        opens = events.kind[by_process] == INVOKE
        after_open = np.zeros(count, bool)
        after_open[1:] = (client[1:] == client[:-1]) & opens[:-1]
        places = np.flatnonzero(after_open & ~opens)
        completion = np.full(count, -1, np.int64)
        completion[by_process[places - 1]] = by_process[places]
        self.invoked = np.flatnonzero(events.kind == INVOKE)
        self.completed = completion[self.invoked]
        self.found = self.completed >= 0
        status = np.full(len(self.invoked), INFO, np.int8)
        status[self.found] = events.kind[self.completed[self.found]] - 1
        self.status = status
        self.told = np.where(self.found, events.value[self.completed], NIL) if count else events.value
        self._check(by_process[after_open & opens], by_process[~opens & ~after_open], ordered)

    def _check(self, twice: Ints, orphans: Ints, ordered: bool) -> None:
        """Raise the error of the row that comes first."""
        events, invoked, completed = self.events, self.invoked[self.found], self.completed[self.found]
        wrong: list[tuple[int, Callable[[int], tuple[str, str]]]] = []

        def note(rows: Ints, tell: Callable[[int], tuple[str, str]]) -> None:
            if len(rows):
                wrong.append((int(rows.min()), tell))

        note(twice, self._second)
        note(orphans, self._orphan)
        note(completed[events.f[invoked] != events.f[completed]], self._other("function", events.f, events.functions))
        note(completed[events.key[invoked] != events.key[completed]], self._other("key", events.key, events.keys))
        changed = rewritten(events.f[self.invoked], events.value[self.invoked], self.told, self.status)
        note(self.completed[changed], self._other("value", events.value, events.values))
        if ordered and events.time is not None:
            note(_backwards(events.time), self._earlier)
        if wrong:
            row, tell = min(wrong, key=lambda entry: entry[0])
            raise self._error(row, *tell(row))

    def operations(self, nil: Nil) -> Paired:
        """The columns. Raises `HistoryError` for an argument that its function cannot have."""
        events, invoked, status, told = self.events, self.invoked, self.status, self.told
        f, given = events.f[invoked], events.value[invoked]
        self._notice_info(given)
        late = (given == NIL) & (status == OK) & (f != READ)
        given = np.where(late, told, given)  # some recorders tell what was written only in the ok
        lost = np.flatnonzero((f == READ) & (status == OK) & (told == NIL))
        if nil == "unknown":
            self._notice(Doubt.NIL_UNKNOWN, self.completed[lost], "reads of nil are taken as not recorded")
        try:
            value, value2, result, values = fill(f, given, told, status, events.values, NIL_CODES[nil])
        except Misfit as bad:
            raise self._error(int(invoked[bad.index]), bad.bad.found, bad.bad.accepted) from None
        ended = np.where(status == INFO, NEVER, self.completed)
        start, end = self._times(ended)
        columns = Columns(
            events.process[invoked], f, events.key[invoked], value, value2, result, start, end, status,
            events.line[invoked], events.keys, values, events.functions, events.processes, invoked, ended,
        )  # fmt: skip
        return Paired(columns, tuple(self.notices))

    def _times(self, ended: Ints) -> tuple[Ints, Ints]:
        time = self.events.time
        if time is None:
            return self.invoked, ended
        back = _backwards(time)
        if len(back):
            text = f"time {time[back[0]]} after {time[back[0] - 1]}: the order of the rows counts instead"
            self._notice(Doubt.TIME_BACKWARDS, back, text)
            return self.invoked, ended
        return time[self.invoked], np.where(self.status == INFO, NEVER, time[self.completed])

    def _notice_info(self, given: Ints) -> None:
        odd = np.flatnonzero(self.found & (self.status == INFO) & (self.told != NIL) & (self.told != given))
        if len(odd):
            row = int(self.completed[odd[0]])
            found, begun = _shown(self.events.values, int(self.told[odd[0]])), int(given[odd[0]])
            if begun == NIL and self.events.f[self.invoked[odd[0]]] != WRITE:
                begun_text = "nothing"
            else:
                begun_text = _shown(self.events.values, begun)
            text = f"info with the value {found}, invoked with {begun_text}: the invocation's counts"
            self.notices.append(Notice(Doubt.INFO_VALUE, len(odd), int(self.events.line[row]), text))

    def _notice(self, doubt: Doubt, rows: Ints, text: str) -> None:
        if len(rows):
            self.notices.append(Notice(doubt, len(rows), int(self.events.line[rows[0]]), text))

    # What is wrong with a row: what was found, what is accepted

    def _second(self, row: int) -> tuple[str, str]:
        events = self.events
        before = np.flatnonzero((events.process[:row] == events.process[row]) & (events.kind[:row] == INVOKE))[-1]
        return (
            f"{self._client(row)} invoking {events.functions[events.f[row]]} while its"
            f" {events.functions[events.f[before]]} of line {events.line[before]} is open",
            "one open operation per process",
        )

    def _orphan(self, row: int) -> tuple[str, str]:
        kind = TYPES[self.events.kind[row]]
        return f"{kind} of {self._client(row)}, which has nothing open", "a completion after its invocation"

    def _earlier(self, row: int) -> tuple[str, str]:
        assert self.events.time is not None
        return f"time {self.events.time[row]} after {self.events.time[row - 1]}", "times that never run backwards"

    def _other(self, what: str, column: Any, table: Sequence[Any]) -> Callable[[int], tuple[str, str]]:
        def tell(row: int) -> tuple[str, str]:
            begun = int(self.invoked[self.completed == row][0])
            kind = TYPES[self.events.kind[row]]
            return (
                f"{kind} with the {what} {_shown(table, int(column[row]))}",
                f"{what} {_shown(table, int(column[begun]))}, as invoked in line {self.events.line[begun]}",
            )

        return tell

    def _client(self, row: int) -> str:
        process = int(self.events.process[row])
        return f"process {self.events.processes[process]!r}" if self.events.processes else f"process {process}"

    def _error(self, row: int, found: str, accepted: str) -> HistoryError:
        return HistoryError(self.file, int(self.events.line[row]), found, accepted)


def _backwards(time: Ints) -> Ints:
    return np.flatnonzero(time[1:] < time[:-1]) + 1


def narrow(process: Ints) -> NDArray[Any]:
    """The same order in fewer bits: numpy sorts 16 bits by radix, four times as fast."""
    if len(process) and process.min() >= 0 and process.max() < 1 << 16:
        return process.astype(np.uint16)
    return process


def _shown(table: Sequence[Any], code: int) -> str:
    """A value in a message: short, whatever its size."""
    if code in {NIL, ACROSS}:
        return "nil"
    value = table[code]
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:60] + "..."
