"""Eventual convergence of final reads: once nobody writes a key any more, everybody reads the same of it.

*Final* are the reads of a key that began after its last write: after every acknowledged write had ended and every
pending one had begun. All of them must return the same value. A pending write may still take effect between two of
them; so where what they return differs only by values of pending writes, it is not known.
"""

from typing import Any

import numpy as np

from checkers.ladder.regular import timed
from checkers.ladder.telling import Pattern, refuted
from checkers.linearizability.check import state_code
from checkers.linearizability.operations import NEVER
from checkers.linearizability.transitions import register_transitions
from checkers.verdict import Unknown, Valid, Verdict
from checkers.wording import plural
from histories.columns import Columns

CLAIM = "convergence"


def convergent(history: Columns, initial: Any = None, budget: int = 0) -> Verdict:
    """Whether the final reads of each key agree. `budget` is not needed. O(n log n)."""
    reads, writes = timed(register_transitions(history, state_code(history, initial)))
    keys = max(len(history.keys), 1)
    quiet = np.full(keys, -NEVER, dtype=np.int64)
    np.maximum.at(quiet, writes.key, np.where(writes.end == NEVER, writes.start, writes.end))
    final = np.flatnonzero(reads.start > quiet[reads.key])
    pairs, firsts = np.unique(np.stack([reads.key[final], reads.value[final]]), axis=1, return_index=True)
    several = np.flatnonzero(np.bincount(pairs[0], minlength=keys) > 1) if len(final) else np.zeros(0, np.int64)
    open_keys = 0
    for key in several.tolist():
        of_key = np.flatnonzero(pairs[0] == key)
        pending = writes.value[(writes.key == key) & (writes.end == NEVER)]
        sure = of_key[~np.isin(pairs[1][of_key], pending)]
        if len(sure) > 1:
            rows = reads.row[final[firsts[sure]]]
            return refuted(CLAIM, history, Pattern("diverged", tuple(rows[:2].tolist()), key))
        open_keys += 1
    if open_keys:
        return Unknown(
            f"final reads of {plural(open_keys, 'key')} differ, but only by writes whose outcome is unknown; read "
            "again when these have had their time"
        )
    return Valid(f"{plural(len(final), 'final read')} of {plural(len(np.unique(reads.key[final])), 'key')}")
