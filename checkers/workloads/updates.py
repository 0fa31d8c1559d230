"""Lost updates: two updates that took effect and began from the same value; one of them overwrote the other.

An update is a compare-and-set that succeeded, or, where clients read and then write back (`read_modify_write`), an
acknowledged write, from the value that its client last read of the key since its own last write to it. A value that may
have been there more than once (written twice, or initial and written) proves nothing and is left out.
"""

from collections import Counter
from typing import NamedTuple

from checkers.ladder.telling import observed
from checkers.linearizability.check import state_code
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import CAS, DELETE, FAIL, NIL, OK, READ, WRITE, Columns

CLAIM = "lost-updates"


class _Update(NamedTuple):
    row: int
    key: int
    basis: int


def judge(history: Columns, initial: object = None, read_modify_write: bool = False) -> Verdict:
    """Whether no two updates that took effect began from one value that was there once."""
    updates = _updates(history, read_modify_write)
    once = _written(history, state_code(history, initial))
    first: dict[tuple[int, int], int] = {}
    for row, key, basis in updates:
        if once[key, basis] > 1:
            continue
        other = first.setdefault((key, basis), row)
        if other != row:
            facts = (observed(history, other), observed(history, row))
            told = "; ".join(fact.sentence() for fact in facts)
            return Invalid(Counterexample(CLAIM, f"Two updates began from one value: {told}.", (other, row), facts))
    return Valid(f"{plural(len(updates), 'update')}, none from the same value as another")


def _updates(history: Columns, read_modify_write: bool) -> list[_Update]:
    found = []
    basis: dict[tuple[int, int], int] = {}
    for row in range(len(history)):
        f, key, client = int(history.f[row]), int(history.key[row]), int(history.process[row])
        if history.status[row] != OK:
            basis.pop((client, key), None)
        elif f == CAS:
            found.append(_Update(row, key, int(history.value[row])))
            basis.pop((client, key), None)
        elif f == READ and read_modify_write:
            basis[client, key] = int(history.result[row])
        elif f in (WRITE, DELETE):
            at = basis.pop((client, key), None)
            if at is not None:
                found.append(_Update(row, key, at))
    return found


def _written(history: Columns, initial: int) -> Counter[tuple[int, int]]:
    """How often each value may have come to be held by each key."""
    found: Counter[tuple[int, int]] = Counter()
    for key in range(-1, len(history.keys)):
        found[key, initial] += 1
    for row in range(len(history)):
        if history.status[row] == FAIL:
            continue
        key, f = int(history.key[row]), int(history.f[row])
        if f in (WRITE, CAS):
            found[key, int(history.value[row] if f == WRITE else history.value2[row])] += 1
        elif f == DELETE:
            found[key, NIL] += 1
    return found
