"""Lost updates: two updates that took effect and began from the same value; one of them overwrote the other.

An update is one of these:

* a compare-and-set that succeeded (`judge`);
* an acknowledged write of a client that had read the key since its own last write to it (`judge_written_back`); whether
  a client computes what it writes from what it read is the client's to know, so this must be asked for;
* a transaction that took effect, read a register and then wrote it (`judge_transactions`; Adya's P4).

A value that may have been there more than once (written twice, or initial and written) proves nothing and is left out.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.telling import observed
from checkers.linearizability.check import state_code
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import CAS, DELETE, FAIL, NIL, OK, READ, TXN, UNKNOWN, WRITE, Columns, Mark
from histories.interning import identity

CLAIM = "lost-updates"

Ints = NDArray[np.int64]

ITSELF = -1


class _Updates(NamedTuple):
    """Parallel arrays, in the order of the history."""

    row: Ints
    key: Ints
    basis: Ints
    """The value that each began from."""
    read: Ints
    """The read that shows it, where it is an operation of its own; else `ITSELF`."""


def judge(history: Columns, initial: object = None) -> Verdict:
    """Whether no two compare-and-sets that succeeded began from one value that was there once."""
    rows = np.flatnonzero((history.f == CAS) & (history.status == OK))
    itself = np.full(len(rows), ITSELF, dtype=np.int64)
    return _compared(history, _Updates(rows, history.key[rows].astype(np.int64), history.value[rows], itself), initial)


def judge_written_back(history: Columns, initial: object = None) -> Verdict:
    """The same, where every write is computed from what its client read last."""
    return _compared(history, _written_back(history), initial)


def judge_transactions(history: Columns, initial: Mapping[Any, Any] | None = None) -> Verdict:
    """The same of transactions, each on several registers; `initial` by register, None where it is not in it."""
    first = {identity(register): identity(value) for register, value in (initial or {}).items()}
    nothing = identity(None)
    times: Counter[tuple[Hashable, Hashable]] = Counter()
    found: list[tuple[int, tuple[Hashable, Hashable]]] = []
    for row in np.flatnonzero((history.f == TXN) & (history.status != FAIL)).tolist():
        sure = history.status[row] == OK
        steps = history.value_of(int((history.result if sure else history.value)[row]))
        if isinstance(steps, Mark):
            steps = history.value_of(int(history.value[row]))
        if isinstance(steps, Mark):  # it says nothing of what it did
            continue
        read, written = _steps(steps)
        times.update((register, value) for register, values in written.items() for value in values)
        found += [(row, (register, read[register])) for register in written if sure and register in read]
    seen: dict[tuple[Hashable, Hashable], int] = {}
    for row, update in found:
        register, basis = update
        if times[update] + (first.get(register, nothing) == basis) > 1:
            continue
        if update in seen:
            return _refuted(history, (seen[update], row))
        seen[update] = row
    return _held(len(found))


def _steps(steps: Iterable[tuple[str, Any, Any]]) -> tuple[dict[Hashable, Hashable], dict[Hashable, list[Hashable]]]:
    """What a transaction read of each register before it wrote it, and what it wrote."""
    read: dict[Hashable, Hashable] = {}
    written: dict[Hashable, list[Hashable]] = {}
    for f, register, value in steps:
        name = identity(register)
        known = value not in (Mark.UNKNOWN, Mark.NONE)
        plain = identity(None if value is Mark.NIL else value)
        if f == "write":
            written.setdefault(name, []).append(plain)
        elif known and name not in written:
            read.setdefault(name, plain)
    return read, written


def _written_back(history: Columns) -> _Updates:
    basis: dict[tuple[int, int], tuple[int, int]] = {}
    found: list[tuple[int, int, int, int]] = []
    columns = (history.f, history.status, history.key, history.process, history.value, history.result)
    for row, (f, status, key, client, value, result) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        if status != OK:
            basis.pop((client, key), None)
        elif f == CAS:
            found.append((row, key, value, ITSELF))
            basis.pop((client, key), None)
        elif f == READ and result != UNKNOWN:
            basis[client, key] = result, row
        elif f in (WRITE, DELETE):
            at = basis.pop((client, key), None)
            if at is not None:
                found.append((row, key, *at))
    return _Updates(*np.array(found, dtype=np.int64).reshape(len(found), 4).T)


def _compared(history: Columns, updates: _Updates, initial: object) -> Verdict:
    """Two updates from one value, if there are: those that the fewest operations show, and of these the first."""
    width = len(history.values) + 8  # marks stand below the values, and an initial value above them
    code = updates.key * width + updates.basis + 4
    once = np.flatnonzero(~_there_twice(history, code, state_code(history, initial), width))
    shown_by = 1 + (updates.read != ITSELF)
    order = once[np.lexsort((updates.row[once], shown_by[once], code[once]))]
    again = np.flatnonzero(code[order[1:]] == code[order[:-1]]) + 1
    if not len(again):
        return _held(len(updates.row))
    one, other = order[again - 1], order[again]
    pair = np.lexsort((updates.row[other], shown_by[one] + shown_by[other]))[0]
    both = [one[pair], other[pair]]
    rows = {*updates.row[both].tolist(), *updates.read[both].tolist()} - {ITSELF}
    return _refuted(history, tuple(sorted(rows)))


def _there_twice(history: Columns, code: Ints, initial: int, width: int) -> NDArray[np.bool_]:
    """Of each key and value whether the key may have come to hold the value more than once."""
    f = history.f
    wrote = np.flatnonzero((history.status != FAIL) & ((f == WRITE) | (f == CAS) | (f == DELETE)))
    left = np.where(f[wrote] == CAS, history.value2[wrote], np.where(f[wrote] == DELETE, NIL, history.value[wrote]))
    written = np.sort(history.key[wrote].astype(np.int64) * width + left + 4)
    times = np.searchsorted(written, code, "right") - np.searchsorted(written, code, "left")
    return np.asarray(times + (code % width == initial + 4) > 1)


def _held(count: int) -> Valid:
    return Valid(f"{plural(count, 'update')}, none from the same value as another")


def _refuted(history: Columns, rows: tuple[int, ...]) -> Invalid:
    facts = tuple(observed(history, row) for row in rows)
    told = "; ".join(fact.sentence() for fact in facts)
    return Invalid(Counterexample(CLAIM, f"Two updates began from one value: {told}.", rows, facts))
