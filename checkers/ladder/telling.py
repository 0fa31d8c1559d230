"""What is wrong, in words: the pattern found, and the operations that show it."""

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.accesses import PENDING, READS, Accesses
from checkers.ladder.cycles import shortest_cycle
from checkers.linearizability.story import Observed, key_name, place
from checkers.verdict import Counterexample, Invalid
from checkers.wording import quote
from histories.columns import FUNCTIONS, NEVER, Columns, Mark, Row
from histories.values import Set

Ints = NDArray[np.int64]
TOLD = 12
"""Operations that a sentence names; the facts name all."""

PATTERNS = {
    "thin-air": "a read returned a value that no write that may have taken effect wrote",
    "overwritten": "a read returned what another of its causes had replaced",
    "initial": "a read returned the initial value after a write that is among its causes",
    "cyclic-causes": "operations are their own causes",
    "cyclic-conflicts": "no order of the writes explains all reads: each must precede the next",
    "client": "no order of the writes explains what one client read",
    "own-write": "a read returned something older than its client's own write",
    "older-read": "a read returned something older than its client had read before",
    "older-write": "a client had read a write, and then something older than its writer had written before",
    "older-cause": "a client had read a write, and then something older than its writer had read before",
    "stale": "a read returned what had been replaced before it began",
    "future": "a read ended before its value was written",
    "diverged": "reads that began after the last write of a key had ended returned different values",
    "unordered": "no order of all operations explains them",
    "not-atomic": "no order explains the operations",
}


class Pattern(NamedTuple):
    """Something wrong, and the rows that show it, in the order in which they are told."""

    kind: str
    rows: tuple[int, ...]
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """The pattern by name."""

    kind: str
    key: str
    choices: int

    def sentence(self) -> str:
        on = f"on {self.key} " if self.key else ""
        tried = f" (whichever of {self.choices:,} ways the reads are matched to writes)" if self.choices > 1 else ""
        return f"{on}{PATTERNS[self.kind]}{tried}"


def refuted(claim: str, history: Columns, pattern: Pattern, choices: int = 1) -> Invalid:
    """The counterexample that `pattern` is."""
    key = "" if pattern.key is None else key_name(history, pattern.key)
    return _told(claim, history, Broken(pattern.kind, key, choices), tuple(dict.fromkeys(pattern.rows)))


def retold(claim: str, history: Columns, found: Counterexample, rows: list[int]) -> Invalid:
    """A counterexample that was found in the part of `history` that consists of `rows`, as one of the whole history:
    what its pattern rests on, then what its pattern names."""
    head = found.facts[0]
    assert isinstance(head, Broken), "a rung of the ladder told it"
    named = [rows[fact.row] for fact in found.facts if isinstance(fact, Observed)]
    rest = [row for row in rows if row not in named]
    return _told(claim, history, head, (*rest, *named))


def _told(claim: str, history: Columns, head: Broken, rows: tuple[int, ...]) -> Invalid:
    facts = [observed(history, row) for row in rows]
    told = "; ".join(fact.sentence() for fact in facts[:TOLD])
    rest = f"; and {len(facts) - TOLD} more" if len(facts) > TOLD else ""
    sentence = f"{head.sentence()}: {told}{rest}."
    return Invalid(Counterexample(claim, sentence[0].upper() + sentence[1:], tuple(sorted(rows)), (head, *facts)))


def observed(history: Columns, row: int) -> Observed:
    """One operation as its client saw it."""
    one = history.row(row)
    start, end = history.precedence()
    ended = None if int(end[row]) == NEVER else int(end[row])
    return Observed(row, what(one), str(one.process), place(history, row), int(start[row]), ended)


def what(row: Row) -> str:
    """An operation in a few words: ``write "x"=1``."""
    key = "" if row.key is None or isinstance(row.key, Mark) else f" {_value(row.key)}"
    told = [_value(one) for one in (row.value, row.value2) if one is not Mark.NONE]
    if row.f == "cas":
        return f"cas{key} {' to '.join(told)}"
    echoed = row.f not in FUNCTIONS and row.result == row.value  # some files repeat what they cannot place
    result = [] if row.result is Mark.NONE or echoed else [_value(row.result)]
    return " ".join([f"{row.f}{key}", *told, *result])


def _value(value: Any) -> str:
    if isinstance(value, Mark):
        return "nil" if value is Mark.NIL else "?"
    if isinstance(value, Set):
        return "{" + ", ".join(_value(one) for one in value.items[:TOLD]) + (", ...}" if value.items[TOLD:] else "}")
    return quote(value) if isinstance(value, str) else quote(repr(value))[1:-1]


def overwritten(accesses: Accesses, read: int, by: int) -> Pattern:
    """A read, what it read, the write that it should have seen, and how that became its cause."""
    source = int(accesses.write[read])
    later = int(accesses.access[by])
    path = causal_path(accesses, later, read)
    if source >= 0:
        path = [*causal_path(accesses, int(accesses.access[source]), later), *path]
    kind = "initial" if source < 0 else "overwritten"
    return Pattern(kind, tuple(_row(accesses, at) for at in path), int(accesses.key[read]))


def client(accesses: Accesses, session: int) -> Pattern:
    """What one client did and what it read."""
    mine = np.arange(accesses.bounds[session], accesses.bounds[session + 1])
    sources = accesses.write[mine]
    others = accesses.access[sources[sources >= 0]]
    rows = np.unique(accesses.row[np.concatenate([mine, others])])
    return Pattern("client", tuple(rows.tolist()))


def _row(accesses: Accesses, access: int) -> int:
    return int(accesses.row[access])


def causes_of(accesses: Accesses, access: int) -> list[tuple[int, str]]:
    """The direct causes of an access, and why."""
    found = []
    if accesses.kind[access] == READS and accesses.write[access] >= 0:
        found.append((int(accesses.access[accesses.write[access]]), "reads-from"))
    first = int(accesses.bounds[accesses.session[access]])
    previous = access - 1
    while previous >= first and accesses.kind[previous] == PENDING:
        previous -= 1
    if previous >= first:
        found.append((previous, "session"))
    return found


def causal_path(accesses: Accesses, first: int, last: int) -> list[int]:
    """A shortest way from `first` to `last` by direct causes; both where there is none."""
    follower = {last: last}
    waiting = deque([last])
    while waiting:
        access = waiting.popleft()
        if access == first:
            path = [first]
            while path[-1] != last:
                path.append(follower[path[-1]])
            return path
        for cause, _ in causes_of(accesses, access):
            if cause not in follower:
                follower[cause] = access
                waiting.append(cause)
    return [first, last]


def cycle(accesses: Accesses, before: Ints, after: Ints, kind: str, because: Ints | None = None) -> Pattern:
    """A shortest cycle through one of the accesses that lie on cycles. `because` are the reads that demand an edge; -1
    for causality."""
    rows = []
    for edge in shortest_cycle(before, after, len(accesses.kind)):
        first = int(before[edge])
        why = -1 if because is None else int(because[edge])
        rows.append(_row(accesses, first))
        if why >= 0:
            rows += [_row(accesses, at) for at in causal_path(accesses, first, why)]
    return Pattern(kind, tuple(dict.fromkeys(rows)))
