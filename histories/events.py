"""A history as its file tells it: invocations and completions in the order of the rows, on arrays.

`EventLog` grows row by row and ends as `Events`; `histories.pairing` makes operations of them.
"""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.columns import ACROSS, FUNCTIONS, NIL, Ints
from histories.errors import Malformed
from histories.interning import Interned

TYPES = ("invoke", "ok", "fail", "info")
"""What a row may be. A completion's number less one is its status in `histories.columns.STATUSES`."""
INVOKE = 0

SYNONYMS = {"get": "read", "put": "write", "r": "read", "w": "write", "set": "write", "compare-and-set": "cas"}
"""Other names of functions, as recorders use them."""
MAX_FUNCTIONS = 100
"""Distinct functions in one history; more are no functions but data in the wrong field."""
MAX_TIME = (1 << 62) - 1
"""The largest time: differences and sums of two fit 64 bits."""


class Events(NamedTuple):
    """Rows of one history; arrays of one length."""

    process: Ints
    kind: NDArray[np.int8]
    """Index into `TYPES`."""
    f: NDArray[np.int8]
    key: NDArray[np.int32]
    """Index into `keys`, or `ACROSS`."""
    value: Ints
    """Index into `values`, or `NIL` where the row says nil or nothing."""
    time: Ints | None
    """In the file's own unit; None where rows tell no times."""
    line: NDArray[np.int32]
    keys: Sequence[Any]
    values: Sequence[Any]
    functions: tuple[str, ...]
    processes: tuple[Any, ...] = ()
    """Names of the clients where these are not whole numbers."""


class EventLog:
    """Takes rows one by one."""

    def __init__(self) -> None:
        self._process, self._kind, self._f, self._key = array("q"), array("b"), array("b"), array("i")
        self._value, self._time, self._line = array("q"), array("q"), array("i")
        self._keys, self._values = Interned(), Interned()
        self._names = Interned()
        self._functions = {name: code for code, name in enumerate(FUNCTIONS)}
        self._timed = True
        self._numbered = True

    def add(self, process: Any, kind: int, f: str, key: Any, value: Any, time: int | None, line: int) -> None:
        """One row; `kind` is an index into `TYPES`. A `value` of None is nil. Raises `Malformed`."""
        name = SYNONYMS.get(f, f)
        code = self._functions.get(name)
        if code is None:
            code = self._functions[name] = self._new_function(name)
        if time is None:
            self._timed = False
            time = 0
        elif not -MAX_TIME <= time <= MAX_TIME:
            raise Malformed(f"time {time}", "times below 2**62")
        client = self._client(process)  # this may make a new array
        self._process.append(client)
        self._kind.append(kind)
        self._f.append(code)
        self._key.append(ACROSS if name == "txn" and key is None else self._keys.code(key))
        self._value.append(NIL if value is None else self._values.code(value))
        self._time.append(time)
        self._line.append(line)

    def _client(self, process: Any) -> int:
        if self._numbered:
            if type(process) is int and -MAX_TIME <= process <= MAX_TIME:
                return process
            self._numbered = False
            self._process = array("q", [self._names.code(number) for number in self._process])
        return self._names.code(process)

    def _new_function(self, name: str) -> int:
        if len(self._functions) >= MAX_FUNCTIONS:
            raise Malformed(f"function {name!r} after {MAX_FUNCTIONS} others", f"at most {MAX_FUNCTIONS} functions")
        return len(self._functions)

    def __len__(self) -> int:
        return len(self._kind)

    def finish(self) -> Events:
        """Everything that was added."""
        return Events(
            np.array(self._process, np.int64),
            np.array(self._kind, np.int8),
            np.array(self._f, np.int8),
            np.array(self._key, np.int32),
            np.array(self._value, np.int64),
            np.array(self._time, np.int64) if self._timed and self._kind else None,
            np.array(self._line, np.int32),
            self._keys.table,
            self._values.table,
            tuple(self._functions),
            tuple(self._names.table),
        )
