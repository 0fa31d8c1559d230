"""The columnar history: one row an operation, in the order of invocations, as numpy arrays of one length.

A million operations take some 80 MB here; as Python objects they take gigabytes before any check starts. Keys and
values are interned (`histories.interning`): a column holds numbers, the tables `keys` and `values` tell what they are.

What a column holds instead of a value:

* `NONE`: there is no value (a read has no argument, a write no result);
* `NIL`: the read returned that nothing is there (or nil was written, which deletes);
* `UNKNOWN`: the read returned something that was not recorded.

Whether nil in a file means `NIL` or `UNKNOWN` is said by whoever reads it (`--nil`), never guessed here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from histories.interning import Interned

FUNCTIONS = ("read", "write", "cas", "append", "add", "delete", "acquire", "release", "txn")
"""What an operation may do; a history may know more names, after these."""
READ, WRITE, CAS, APPEND, ADD, DELETE, ACQUIRE, RELEASE, TXN = range(len(FUNCTIONS))

STATUSES = ("ok", "fail", "info")
"""``ok``: it took effect; ``fail``: it had none and never will; ``info``: it may take effect now, later or never."""
OK, FAIL, INFO = range(len(STATUSES))

NONE, NIL, UNKNOWN = -1, -2, -3
NEVER = int(np.iinfo(np.int64).max)
"""The end of an operation that was never heard of again."""
ACROSS = -1
"""The key of an operation on several keys (a transaction)."""

Ints = NDArray[np.int64]


class Mark(Enum):
    """What stands in a `Row` where a column holds no value: told apart from every value, None included."""

    NONE = NONE
    NIL = NIL
    UNKNOWN = UNKNOWN


MARKS = {mark.value: mark for mark in Mark}


class Siblings(NamedTuple):
    """The result of a read that returned several concurrent values at once, in the order of the file."""

    values: tuple[Any, ...]


class Row(NamedTuple):
    """One operation spelled out."""

    process: Any
    f: str
    key: Any = None
    """None where the history has one object only; `Mark.NONE` for an operation across keys."""
    value: Any = Mark.NONE
    value2: Any = Mark.NONE
    """The new value of a compare-and-set from `value`."""
    result: Any = Mark.NONE
    start: int = 0
    end: int | None = None
    """None exactly where the status is ``info``."""
    status: str = "ok"
    line: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """One history. The arrays are parallel and must not be written to."""

    process: Ints
    """The client; where its name is no number, an index into `processes`."""
    f: NDArray[np.int8]
    """Index into `functions`: the constants `READ`, `WRITE`, ... of this module, or a name of this history's own."""
    key: NDArray[np.int32]
    """Index into `keys`, or `ACROSS`."""
    value: Ints
    """The argument: index into `values`, or `NONE` or `NIL`."""
    value2: Ints
    """The new value of a compare-and-set; `NONE` for everything else."""
    result: Ints
    """What an ok operation returned: index into `values`, or `NIL`, `UNKNOWN`; `NONE` where nothing is returned."""
    start: Ints
    """Time of the invocation, in the file's own unit; its place in the file where the file tells no times."""
    end: Ints
    """Time of the completion; `NEVER` exactly where the status is `INFO`, also if somebody wrote down a timeout."""
    status: NDArray[np.int8]
    """`OK`, `FAIL` or `INFO`."""
    line: NDArray[np.int32]
    """The line of the invocation in its file, from 1; 0 where there is none (Parquet, generated histories)."""
    keys: Sequence[Any]
    values: Sequence[Any]
    functions: tuple[str, ...] = FUNCTIONS
    processes: tuple[Any, ...] = ()
    """Names of the clients where these are not whole numbers."""
    began: Ints | None = None
    """Place of the invocation among all events of the file; None where the file tells only times."""
    ended: Ints | None = None
    """Place of the completion among all events; `NEVER` where there is none. None exactly where `began` is."""

    def __post_init__(self) -> None:
        assert len({len(column) for column in self._columns().values()}) == 1, "columns of different lengths"
        assert (self.began is None) == (self.ended is None)
        assert np.array_equal(self.end == NEVER, self.status == INFO), "exactly the unknown operations never end"

    def __len__(self) -> int:
        return len(self.f)

    def precedence(self) -> tuple[Ints, Ints]:
        """`(start, end)` such that operation a precedes b in real time exactly if `end[a] < start[b]`.

        The order of events in the file where there is one: it tells apart what one clock tick holds, and stands where
        recorded times run backwards. Otherwise the times; what happens at one time is concurrent.
        """
        if self.began is None or self.ended is None:
            return self.start, self.end
        return self.began, self.ended

    def take(self, rows: Any) -> "Columns":
        """The operations at `rows` (indices or a mask), in that order; the tables stay."""
        return replace(self, **{name: column[rows] for name, column in self._columns().items()})

    def of_keys(self) -> "ByKey":
        """The rows grouped by key."""
        order = np.argsort(self.key, kind="stable")
        grouped = self.key[order]
        firsts = np.flatnonzero(np.diff(grouped, prepend=grouped[:1] - 1))
        return ByKey(order, np.append(firsts, len(grouped)), grouped[firsts])

    def value_of(self, code: int) -> Any:
        """The value that a column's number stands for, or its `Mark`."""
        return self.values[code] if code >= 0 else MARKS[code]

    def row(self, index: int) -> Row:
        """One operation spelled out."""
        process, key, end = int(self.process[index]), int(self.key[index]), int(self.end[index])
        return Row(
            self.processes[process] if self.processes else process,
            self.functions[self.f[index]],
            self.keys[key] if key != ACROSS else Mark.NONE,
            self.value_of(int(self.value[index])),
            self.value_of(int(self.value2[index])),
            self.value_of(int(self.result[index])),
            int(self.start[index]),
            None if end == NEVER else end,
            STATUSES[self.status[index]],
            int(self.line[index]),
        )

    def rows(self) -> Iterator[Row]:
        """Every operation spelled out, in order."""
        return (self.row(index) for index in range(len(self)))

    def _columns(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in ARRAYS}
        return {name: column for name, column in found.items() if column is not None}


ARRAYS = ("process", "f", "key", "value", "value2", "result", "start", "end", "status", "line", "began", "ended")


class ByKey(NamedTuple):
    """Rows grouped by key, each group in the order of invocations: `order[bounds[i]:bounds[i + 1]]` has `key[i]`."""

    order: NDArray[np.int64]
    bounds: NDArray[np.int64]
    key: NDArray[np.int32]

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int64]]]:  # type: ignore[override]
        """`(key, rows)` of each group, keys ascending."""
        for at, key in enumerate(self.key):
            yield int(key), self.order[self.bounds[at] : self.bounds[at + 1]]


def from_rows(rows: Iterable[Row]) -> Columns:
    """The columns of `rows`, which are sorted by start (stable). Process names may be any values."""
    found = sorted(rows, key=lambda row: row.start)
    keys, values, names, functions = Interned(), Interned(), Interned(), list(FUNCTIONS)

    def coded(value: Any) -> int:
        return value.value if isinstance(value, Mark) else values.code(value)

    numbered = all(type(row.process) is int for row in found)
    table: list[tuple[int, ...]] = []
    for row in found:
        if row.f not in functions:
            functions.append(row.f)
        table.append(
            (
                row.process if numbered else names.code(row.process),
                functions.index(row.f),
                ACROSS if row.key is Mark.NONE else keys.code(row.key),
                coded(row.value),
                coded(row.value2),
                coded(row.result),
                row.start,
                NEVER if row.end is None else row.end,
                STATUSES.index(row.status),
                row.line,
            )
        )
    columns = np.array(table, dtype=np.int64).reshape(len(table), 10).T
    process, f, key, value, value2, result, start, end, status, line = columns
    return Columns(
        process, f.astype(np.int8), key.astype(np.int32), value, value2, result, start, end,
        status.astype(np.int8), line.astype(np.int32),
        keys.table, values.table, tuple(functions), tuple(names.table),
    )  # fmt: skip
