"""One history from several files: each client, or each machine, recorded its own part, and one clock timed them all."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from histories.columns import FUNCTIONS, Columns, Ints
from histories.errors import HistoryError
from histories.events import MAX_FUNCTIONS
from histories.interning import Interned
from histories.load import Loaded


def interleaved(parts: Sequence[Loaded]) -> Columns:
    """The operations of all `parts` by their times; a process is the pair (number of its file from 1, process).

    What happens at one time is concurrent. Lines stay those of each file. Raises `HistoryError` for a part without
    times: the order of rows in one file says nothing about those of another.
    """
    for part in parts:
        if not timed(part.columns):
            raise HistoryError(part.name, 0, "rows without times, or times that run backwards", "times on one clock")
    keys, values, names, functions = Interned(), Interned(), Interned(), list(FUNCTIONS)
    pieces = []
    for number, part in enumerate(parts, 1):
        columns = part.columns
        functions += [name for name in columns.functions if name not in functions]
        if len(functions) > MAX_FUNCTIONS:
            raise HistoryError(part.name, 0, f"{len(functions)} functions in all", f"at most {MAX_FUNCTIONS} functions")
        clients, inverse = np.unique(columns.process, return_inverse=True)
        labels = [columns.processes[client] if columns.processes else int(client) for client in clients]
        value = _renumbered(columns.values, values, columns.value, columns.value2, columns.result)
        (key,) = _renumbered(columns.keys, keys, columns.key)
        f = np.array([functions.index(name) for name in columns.functions])[columns.f]
        process = np.array([names.code((number, label)) for label in labels], np.int64)[inverse]
        pieces.append((process, f, key, *value, columns.start, columns.end, columns.status, columns.line))
    joined = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    order = np.argsort(joined[6], kind="stable")
    process, f, key, first, second, result, start, end, status, line = [column[order] for column in joined]
    return Columns(
        process, f.astype(np.int8), key.astype(np.int32), first, second, result, start, end, status, line,
        keys.table, values.table, tuple(functions), tuple(names.table),
    )  # fmt: skip


def timed(columns: Columns) -> bool:
    """Whether `start` and `end` are times, not places in the file."""
    return columns.began is None or columns.start is not columns.began


def _renumbered(table: Sequence[Any], into: Interned, *columns: Any) -> list[Ints]:
    """`columns`, which index `table`, as indices into the table of `into`; what is below zero stays."""
    used = np.unique(np.concatenate(columns))
    numbers = {int(code): into.code(table[code]) for code in used if code >= 0}
    new = np.array([numbers.get(int(code), int(code)) for code in used], np.int64)
    return [new[np.searchsorted(used, column)] if len(used) else column.astype(np.int64) for column in columns]
