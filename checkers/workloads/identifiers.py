"""Unique identifiers: no two answers are the same."""

import numpy as np

from checkers.ladder.telling import observed
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import NIL, OK, Columns

CLAIM = "unique-ids"


def judge(history: Columns) -> Verdict:
    """Whether all identifiers that operations returned differ, whatever the operations are called. An operation that
    failed, or whose outcome is unknown, handed out none. Keys are name spaces of their own."""
    rows = np.flatnonzero((history.status == OK) & ((history.result >= 0) | (history.result == NIL)))
    names = np.stack([history.key[rows].astype(np.int64), history.result[rows]])
    table, place = np.unique(names, axis=1, return_inverse=True)
    times = np.bincount(place, minlength=table.shape[1])
    twice = np.flatnonzero(times > 1)
    if not len(twice):
        return Valid(f"{plural(len(rows), 'identifier')}, all different")
    shown = rows[place == twice[0]][:2]
    facts = tuple(observed(history, int(row)) for row in shown)
    rest = f" ({len(twice):,} identifiers were given more than once)" if len(twice) > 1 else ""
    told = "; ".join(fact.sentence() for fact in facts)
    return Invalid(
        Counterexample(CLAIM, f"One identifier was given twice{rest}: {told}.", tuple(shown.tolist()), facts)
    )
