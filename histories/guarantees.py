"""Histories whose place on the ladder of consistency is known, made without any checker.

`satisfying` runs clients against a store that gives one guarantee and no more: what holds is how the store is built.
`breaking` puts a few operations that are known to violate one level (`VIOLATED`) into a history that satisfies all, on
keys and by clients of their own, which no level confuses with the rest. The levels are those of `checkers.ladder`.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from histories.columns import Columns, Mark, Row, from_rows
from histories.replicated import Atomic, Causal, Concurrent, Convergent, Fifo, Remembering, Store

STEP = 10
"""Time between the starts of two operations of a store."""


class Size(NamedTuple):
    """How much history to make."""

    operations: int = 20
    clients: int = 3
    keys: int = 2
    info: float = 0.05
    """Share of writes whose outcome the client never learns. It goes on under another name."""
    fail: float = 0.05
    """Share of writes that have no effect."""


def satisfying(level: str, seed: int, size: Size = Size()) -> Columns:  # noqa: B008 - immutable
    """A history that satisfies `level`, the same for the same `seed`; whether it satisfies more is left to chance."""
    chance = Random(f"{level}/{seed}")
    if level == "regular":
        return _regular(chance, size)
    rows = _run(chance, size, STORES[level](chance, size.clients))
    if level == "sequential":
        late = [chance.randrange(STEP * size.operations) for _ in range(size.clients)]
        rows = [_moved(row, late[row.process % size.clients]) for row in rows]
    if level == "convergence":
        rows += _final(chance, rows)
    return from_rows(rows)


STORES: Mapping[str, Callable[[Random, int], Store]] = {
    "linearizable": lambda chance, _clients: Atomic(chance),
    "sequential": lambda chance, _clients: Atomic(chance),
    "causal-memory": Causal,
    "causal-convergence": Convergent,
    "causal-consistency": Concurrent,
    "pram": Fifo,
    "read-your-writes": lambda chance, _clients: Remembering(chance, "read-your-writes"),
    "monotonic-reads": lambda chance, _clients: Remembering(chance, "monotonic-reads"),
    "monotonic-writes": lambda chance, _clients: Remembering(chance, "monotonic-writes"),
    "writes-follow-reads": lambda chance, _clients: Remembering(chance, "writes-follow-reads"),
    "k-atomic": lambda chance, _clients: Atomic(chance, lag=2),
    "delta-atomic": lambda chance, _clients: Atomic(chance, lag=4),
    "convergence": Fifo,
}
"""By level, a store that gives it."""
LEVELS = (*STORES, "regular")


def _run(chance: Random, size: Size, store: Store) -> list[Row]:
    """Clients take turns; each operation is done when the next one begins, unless its client is slow to hear of it."""
    rows, names = [], list(range(size.clients))
    for number in range(size.operations):
        client, key = chance.randrange(size.clients), f"k{chance.randrange(size.keys)}"
        start = STEP * number
        end = start + 1 + chance.randrange(STEP - 2)
        if chance.random() < 0.5:
            read = store.read(client, key, names[client])
            rows.append(Row(names[client], "read", key, result=read, start=start, end=end))
            continue
        drawn = chance.random()
        status = "info" if drawn < size.info else "fail" if drawn < size.info + size.fail else "ok"
        if status != "fail":
            store.write(client, key, number + 1, names[client], status == "info")
        end_or_never = None if status == "info" else end
        rows.append(Row(names[client], "write", key, number + 1, start=start, end=end_or_never, status=status))
        if status == "info":
            names[client] += size.clients
    return rows


def _moved(row: Row, by: int) -> Row:
    return row._replace(start=row.start + by, end=None if row.end is None else row.end + by)


def _final(chance: Random, rows: list[Row]) -> list[Row]:
    """After everything each key is written once more and read twice, with one answer: any acknowledged write."""
    after = STEP + max((max(row.start, row.end or 0) for row in rows), default=0)
    values = {key: [row.value for row in rows if row.key == key and row.f == "write" and row.status == "ok"]
              for key in dict.fromkeys(row.key for row in rows)}  # fmt: skip
    last = 1 + max((row.process for row in rows), default=0)
    found = []
    for at, (key, written) in enumerate(values.items()):
        value = len(rows) + 1 + at
        told = chance.choice([*written, value])
        start = after + 3 * STEP * at
        found.append(Row(last, "write", key, value, start=start, end=start + 1))
        for client in (1, 2):
            begun = start + client * STEP
            found.append(Row(last + client, "read", key, result=told, start=begun, end=begun + 1))
    return found


def _regular(chance: Random, size: Size) -> Columns:
    """Operations that overlap; each read returns any write that regularity lets it return."""
    free = [0] * size.clients
    rows: list[Row] = []
    for number in range(size.operations):
        client = min(range(size.clients), key=lambda one: (free[one], one))
        start = free[client] + 1 + chance.randrange(STEP)
        end = start + 1 + chance.randrange(3 * STEP)
        free[client] = end
        write, key = chance.random() < 0.5, f"k{chance.randrange(size.keys)}"
        row = Row(client, "write" if write else "read", key, start=start, end=end)
        rows.append(row._replace(value=number + 1) if write else row)
    return from_rows([_answered(chance, row, rows) for row in rows])


def _answered(chance: Random, row: Row, rows: list[Row]) -> Row:
    if row.f == "write":
        return row
    assert row.end is not None
    writes = [one for one in rows if one.f == "write" and one.key == row.key]
    ended = [one for one in writes if one.end is not None and one.end < row.start]
    latest = max((one.start for one in ended), default=-1)
    possible = [one.value for one in writes if one.start <= row.end and (one.end or 0) >= latest]
    return row._replace(result=chance.choice([*possible, *([] if ended else [Mark.NIL])]))


# Histories that violate a level


def _steps(*texts: str) -> tuple[Row, ...]:
    """``a: w x 1 [0 9]``, one operation a text; a read of 0 found nothing."""
    rows = []
    for text in texts:
        client, _, told = text.partition(": ")
        f, key, value, start, end = told.replace("[", "").replace("]", "").split()
        row = Row(client, "write" if f == "w" else "read", key, start=int(start), end=int(end))
        rows.append(row._replace(value=int(value)) if f == "w" else row._replace(result=int(value) or Mark.NIL))
    return tuple(rows)


BROKEN: Mapping[str, tuple[Row, ...]] = {
    "linearizable": _steps("a: w x 1 [0 90]", "b: r x 1 [10 20]", "c: r x 0 [30 40]"),
    "sequential": _steps(
        "a: w x 1 [0 90]", "b: w y 2 [0 90]",
        "c: r x 1 [5 10]", "c: r y 0 [11 20]", "d: r y 2 [5 10]", "d: r x 0 [11 20]",
    ),
    "regular": _steps("a: w x 1 [0 1]", "b: r x 0 [2 3]"),
    "causal-memory": _steps(
        "a: w z 1 [0 90]", "b: w x 2 [5 8]", "b: r z 0 [9 11]", "c: r z 1 [12 20]", "c: w x 3 [21 90]",
        "d: r x 3 [30 40]", "d: w y 4 [41 90]", "b: r y 4 [50 60]", "b: r x 2 [61 70]",
    ),
    "causal-convergence": _steps("a: w x 1 [0 10]", "b: w x 2 [0 5]", "b: r x 1 [6 9]", "a: r x 2 [11 15]"),
    "causal-consistency": _steps(
        "a: w x 1 [0 90]", "b: r x 1 [2 9]", "b: w y 2 [10 90]", "c: r y 2 [12 19]", "c: w z 3 [20 90]",
        "d: r z 3 [22 29]", "d: r x 0 [30 39]",
    ),
    "pram": _steps(
        "c: w x 2 [0 90]", "b: r x 2 [1 3]", "a: w z 1 [0 20]", "b: r z 0 [4 8]", "a: w x 3 [21 40]",
        "a: w y 4 [41 90]", "b: r y 4 [50 55]", "b: r x 2 [56 60]",
    ),
    "read-your-writes": _steps("a: w x 1 [0 1]", "a: r x 0 [2 3]"),
    "monotonic-reads": _steps("a: w x 1 [0 90]", "b: r x 1 [2 3]", "b: r x 0 [4 5]"),
    "monotonic-writes": _steps("a: w x 1 [0 1]", "a: w y 2 [2 90]", "b: r y 2 [3 4]", "b: r x 0 [5 6]"),
    "writes-follow-reads": _steps(
        "a: w x 1 [0 90]", "b: r x 1 [2 3]", "b: w y 2 [4 90]", "c: r y 2 [5 6]", "c: r x 0 [7 8]"
    ),
    "k-atomic": _steps("a: r x 3 [0 1]", "b: w x 3 [2 3]"),
    "delta-atomic": _steps("a: w x 1 [0 1]", "a: r x 3 [2 3]", "b: w x 3 [4 5]"),
    "convergence": _steps("a: w x 1 [0 9]", "b: w x 2 [0 9]", "c: r x 1 [20 21]", "d: r x 2 [30 31]"),
}  # fmt: skip
"""By level, the operations that violate it and as little else as can be."""

_STRONG = ("linearizable", "sequential", "causal-memory")
_CAUSAL = (*_STRONG, "causal-convergence", "causal-consistency")
VIOLATED: Mapping[str, tuple[str, ...]] = {
    "linearizable": ("linearizable",),
    "sequential": ("linearizable", "sequential"),
    "regular": ("linearizable", "regular"),
    "causal-memory": _STRONG,
    "causal-convergence": ("linearizable", "sequential", "causal-convergence"),
    "causal-consistency": _CAUSAL,
    "pram": (*_STRONG, "pram"),
    "read-your-writes": (*_CAUSAL, "pram", "regular", "read-your-writes"),
    "monotonic-reads": (*_CAUSAL, "pram", "monotonic-reads"),
    "monotonic-writes": (*_CAUSAL, "pram", "regular", "monotonic-writes"),
    "writes-follow-reads": (*_CAUSAL, "writes-follow-reads"),
    "k-atomic": ("linearizable", "regular", "k-atomic", "delta-atomic"),
    "delta-atomic": ("linearizable", "regular", "k-atomic", "delta-atomic"),
    "convergence": ("linearizable", "convergence"),
}
"""By level, all levels that `breaking` violates: the level, those that imply it, and where no history can violate it
alone what goes with it. A value that was read before it was written has neither a k nor a delta and is not regular;
where clients do one thing after the other, linearizable histories converge."""


class Broken(NamedTuple):
    """A history, and where it is broken."""

    columns: Columns
    violated: tuple[str, ...]
    """Every level that it violates."""
    rows: tuple[int, ...]
    """The operations that do it."""


def breaking(level: str, seed: int, size: Size = Size()) -> Broken:  # noqa: B008 - immutable
    """A history that violates `level`, and of the other levels only those in `VIOLATED`."""
    chance = Random(f"{level}!{seed}")
    sound = _run(chance, size._replace(info=0.0), Atomic(chance))
    clients = {row.process: None for row in BROKEN[level]}
    names = {client: 1 + size.clients + at for at, client in enumerate(clients)}
    begin, pace = chance.randrange(1 + STEP * size.operations), chance.randrange(1, 4)
    wrong = [
        row._replace(
            process=names[row.process],
            key=f"broken {row.key}",
            value=_shifted(row.value),
            result=_shifted(row.result),
            start=begin + pace * row.start,
            end=begin + pace * (row.end or 0),
        )
        for row in BROKEN[level]
    ]
    together = sorted([*sound, *wrong], key=lambda row: row.start)
    rows = tuple(at for at, row in enumerate(together) if str(row.key).startswith("broken"))
    return Broken(from_rows(together), VIOLATED[level], rows)


def _shifted(value: Any) -> Any:
    """Values that nobody else writes."""
    return value if isinstance(value, Mark) else value + (1 << 40)
