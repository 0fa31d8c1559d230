"""Are written values unique? Then a read tells which write it saw, and most questions have fast answers."""

import numpy as np

from histories.columns import ADD, APPEND, CAS, FAIL, WRITE, Columns
from histories.notice import Doubt, Notice

WRITERS = (WRITE, APPEND, ADD)


def repeated_value(columns: Columns) -> Notice | None:
    """The first value that was written to one key a second time, and how many such rows; failed writes do not count."""
    rows = np.flatnonzero((np.isin(columns.f, WRITERS) | (columns.f == CAS)) & (columns.status != FAIL))
    value = np.where(columns.f[rows] == CAS, columns.value2[rows], columns.value[rows])
    rows, value = rows[value >= 0], value[value >= 0]
    written = columns.key[rows].astype(np.int64) * max(len(columns.values), 1) + value
    order = np.argsort(written, kind="stable")
    again = np.flatnonzero(written[order][1:] == written[order][:-1]) + 1
    if not len(again):
        return None
    at = again[np.argmin(order[again])]
    second, first = columns.row(int(rows[order[at]])), columns.row(int(rows[order[at - 1]]))
    written_value = second.value2 if second.f == "cas" else second.value
    where = f" to key {_short(second.key)}" if second.key is not None else ""
    text = f"{_short(written_value)} written{where} again, after line {first.line}"
    return Notice(Doubt.REPEATED_VALUE, len(again), second.line, text)


def _short(value: object) -> str:
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:60] + "..."
