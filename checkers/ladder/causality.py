"""The order around a violation of a rung: what the operations of a counterexample show, and what the rung demands.

The order that a rung starts from is causality (sessions and reads-from, transitively), or real time for the rungs that
know it. Reads demand more (the bad patterns of Bouajjani et al. 2017, table 2, drawn as edges):

* a read of w comes before every other write of its key that w comes before, or it had been overwritten; a read of the
  initial value comes before every write of its key;
* a write that comes before a read of w comes before w, for the read knew both and returned w. On the rungs where one
  order explains everything that a client (causal memory, PRAM) or everybody (sequential, linearizable) read, what is
  demanded so is part of the order and demands more.

What these rungs forbid is a cycle of all that. Sequential consistency and linearizability forbid more than cycles, and
convergence something else, so there a witness may be without one; so may one of values that were written twice. What
comes before what through operations that the counterexample does without is drawn as well, but nothing follows from it.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import INITIAL, NOWHERE, READS, Accesses, Readings, readings
from checkers.ladder.parts import only
from checkers.ladder.telling import causes_of, observed
from checkers.verdict import Counterexample
from checkers.witness import MUST_PRECEDE, READS_FROM, REAL_TIME, SESSION, TRANSITIVELY, Edge, Node, Witness, witness
from checkers.wording import quote
from histories.columns import NEVER, Columns

IN_TIME = ("linearizable", "regular", "k-atomic", "delta-atomic", "convergence")
"""Rungs that know real time."""
ARBITRATED = ("causal-convergence", "causal-memory", "pram", "sequential", "linearizable")
"""Rungs on which a read orders the writes that it knows."""
SATURATED = ("causal-memory", "pram", "sequential", "linearizable")
"""Rungs on which what is ordered so orders more."""
BY_CLIENT = ("causal-memory", "pram")
"""Rungs of one order for each client."""
MOST = 300
"""Operations of a counterexample of which all that is demanded is drawn."""
VISITS = 20_000
"""Operations looked at behind each operation of a counterexample."""

Order = NDArray[np.bool_]
"""`order[a, b]`: access a comes before access b."""


class _Drawn(NamedTuple):
    """One edge between accesses."""

    first: int
    second: int
    label: str


def around(history: Columns, found: Counterexample, initial: Any = None) -> Witness:
    """The graph of a counterexample of `history`; of a history of other objects than registers only real time."""
    rows = list(found.operations)
    part = only(history, rows) if (history.key >= 0).all() else history.take(rows)
    try:
        given = readings(part, initial)
    except ValueError:
        return _witness(history, rows, (), _in_time(part))
    accesses = next(given.some(1))
    drawn = _drawn(found.claim, history, rows, given, accesses, initial)
    real = _in_time(part) if found.claim in IN_TIME else []
    nowhere = accesses.row[(accesses.kind == READS) & (accesses.write == NOWHERE)].tolist()
    edges = [_Drawn(int(accesses.row[one.first]), int(accesses.row[one.second]), one.label) for one in drawn]
    return _witness(history, rows, nowhere, [*edges, *real])


def _witness(history: Columns, rows: list[int], nowhere: Any, drawn: list[_Drawn]) -> Witness:
    """`drawn` between places in `rows`."""
    nodes = []
    for place, row in enumerate(rows):
        seen = observed(history, row)
        nobodys = " (nobody wrote that)" if place in nowhere else ""
        nodes.append(Node(row, f"{seen.what} by client {quote(seen.client)[1:-1]} ({seen.where}){nobodys}"))
    return witness(nodes, [Edge(rows[one.first], rows[one.second], one.label) for one in drawn])


def _in_time(part: Columns) -> list[_Drawn]:
    """What had ended before what began, without what follows from the rest."""
    start, end = part.precedence()
    found = []
    for second in range(len(start)):
        before = np.flatnonzero(end < start[second])
        latest = start[before].max(initial=-NEVER)
        found += [_Drawn(int(one), second, REAL_TIME) for one in before if end[one] >= latest]
    return found


def _drawn(
    level: str, history: Columns, rows: list[int], given: Readings, accesses: Accesses, initial: Any
) -> list[_Drawn]:
    read = list(_reads_from(given, accesses))
    if level in IN_TIME:
        start, end = history.precedence()
        at = np.array(rows)[accesses.row]
        order = np.less.outer(end[at], start[at])
        base = read
    else:
        order = np.zeros((len(accesses.kind), len(accesses.kind)), dtype=np.bool_)
        base = [*read, *_sessions(accesses)]
    if len(accesses.kind) > MOST:
        return base
    if level not in BY_CLIENT:
        for one in base:
            order[one.first, one.second] = True
        if level == "convergence":
            return base
        behind = [] if level in IN_TIME else list(_behind(history, rows, accesses, _closed(order), initial))
        return [*base, *_demanded(level, accesses, order, range(len(accesses.kind))), *behind]
    best: list[_Drawn] = []
    for client in range(len(accesses.bounds) - 1):
        mine = range(int(accesses.bounds[client]), int(accesses.bounds[client + 1]))
        known = [one for one in base if level != "pram" or one.label == SESSION or one.second in mine]
        own = order.copy()
        for one in known:
            own[one.first, one.second] = True
        demanded = _demanded(level, accesses, own, mine)
        best = best or [*known, *demanded]
        if _closed(own).diagonal().any():
            return [*known, *demanded]
    return best


def _reads_from(given: Readings, accesses: Accesses) -> Iterator[_Drawn]:
    """A read and its write; where several writes wrote the value, the one that it likely read."""
    unsure = {int(given.row[read]) for read, _ in given.choices}
    for read in np.flatnonzero((accesses.kind == READS) & (accesses.write > INITIAL)).tolist():
        likely = " (or from another write of that value)" if int(accesses.row[read]) in unsure else ""
        yield _Drawn(int(accesses.access[accesses.write[read]]), read, READS_FROM + likely)


def _sessions(accesses: Accesses) -> Iterator[_Drawn]:
    for access in range(len(accesses.kind)):
        for cause, why in causes_of(accesses, access):
            if why == SESSION:
                yield _Drawn(cause, access, SESSION)


def _closed(order: Order) -> Order:
    """The transitive closure (Warshall 1962)."""
    found = order.copy()
    for middle in range(len(found)):
        found |= np.outer(found[:, middle], found[middle])
    return found


def _behind(history: Columns, rows: list[int], accesses: Accesses, order: Order, initial: Any) -> Iterator[_Drawn]:
    """What comes before what through operations that the counterexample does without."""
    whole = next(readings(history, initial).some(1))
    place = {row: at for at, row in enumerate(rows)}
    here: dict[int, int] = {}
    for access, row in enumerate(accesses.row.tolist()):
        here.setdefault(rows[row], access)
    for access in np.flatnonzero(np.isin(whole.row, rows)).tolist():
        second = here[int(whole.row[access])]
        seen, waiting = {access}, deque([access])
        while waiting and len(seen) < VISITS:
            for cause, _ in causes_of(whole, waiting.popleft()):
                if cause in seen:
                    continue
                seen.add(cause)
                row = int(whole.row[cause])
                if row not in place:
                    waiting.append(cause)
                elif here[row] != second and not order[here[row], second]:
                    yield _Drawn(here[row], second, TRANSITIVELY)


def _demanded(level: str, accesses: Accesses, order: Order, readers: range) -> list[_Drawn]:
    """What the reads of `readers` demand. Enters it into `order` where it demands more."""
    found: dict[tuple[int, int], _Drawn] = {}
    while True:
        closed = _closed(order)
        new = [
            one
            for read in readers
            if accesses.kind[read] == READS and accesses.write[read] != NOWHERE
            for one in _demands(level, accesses, closed, read)
            if (one.first, one.second) not in found
        ]
        found.update({(one.first, one.second): one for one in new})
        if not new or level not in SATURATED:
            return list(found.values())
        for one in new:
            order[one.first, one.second] = True


def _demands(level: str, accesses: Accesses, closed: Order, read: int) -> Iterator[_Drawn]:
    source = int(accesses.write[read])
    write = INITIAL if source == INITIAL else int(accesses.access[source])
    others = np.flatnonzero((accesses.kind != READS) & (accesses.key == accesses.key[read]))
    for other in others.tolist():
        if other == write or accesses.row[other] == accesses.row[read]:
            continue
        if write == INITIAL or closed[write, other]:
            why = "reads what was there first" if write == INITIAL else "reads what the second replaced"
            yield _Drawn(read, other, f"{MUST_PRECEDE}: it {why}")
        if level in ARBITRATED and write != INITIAL and closed[other, read]:
            yield _Drawn(other, write, f"{MUST_PRECEDE}: a read knew both and returned the second")
