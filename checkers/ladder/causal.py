"""Causal consistency, causal convergence, causal memory and PRAM: polynomial where it is known what each read read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from checkers.ladder import telling
from checkers.ladder.accesses import NOWHERE, READS, Accesses, readings
from checkers.ladder.acyclic import direct, left_over
from checkers.ladder.clocks import Causes, causes
from checkers.ladder.serial import unserial
from checkers.ladder.visible import conflicting, looked
from checkers.verdict import Invalid, Unknown, Valid, Verdict
from checkers.wording import plural
from histories.columns import Columns

MOST_STEPS, MOST_CLOCKS = 1 << 34, 1 << 29
"""Accesses times columns that are walked (a minute), and entries of clocks (2 GiB): no more is begun."""
BUDGET = 2_000_000
"""Operations looked at in all, where values repeat and several choices must be tried."""


class Case(NamedTuple):
    """One choice of what each read read, and what all causal rungs ask of it."""

    history: Columns
    accesses: Accesses
    compiled: bool | None
    initial: Any = None

    @property
    def keys(self) -> int:
        return max(len(self.history.keys), 1)


Judge = Callable[[Case], telling.Pattern | None]


def causal_consistency(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether every read is explained by some order of its causes. O(n k) where values are unique."""
    return decided("causal-consistency", history, initial, budget, _consistent, compiled)


def causal_convergence(
    history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None
) -> Verdict:
    """Whether one order of all writes explains every read from its causes. O(n k) where values are unique."""
    return decided("causal-convergence", history, initial, budget, _convergent, compiled)


def causal_memory(history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None) -> Verdict:
    """Whether each client's causes have an order that explains its reads. Where values repeat, no is only said where
    causal consistency or PRAM, which it implies, do not hold."""
    found = decided("causal-memory", history, initial, budget, _memory, compiled, refutes=False)
    for weaker in (causal_consistency, pram) if isinstance(found, Unknown) else ():
        ruled_out = weaker(history, initial, budget, compiled)
        if isinstance(ruled_out, Invalid):
            return Invalid(replace(ruled_out.counterexample, claim="causal-memory"))
    return found


def pram(history: Columns, initial: Any = None, budget: int = BUDGET, compiled: bool | None = None) -> Verdict:
    """Whether all writes have, for each client, an order that keeps sessions and explains its reads."""
    return decided("pram", history, initial, budget, _pipelined, compiled)


def decided(
    claim: str,
    history: Columns,
    initial: Any,
    budget: int,
    judge: Judge,
    compiled: bool | None = None,
    refutes: bool = True,
    wide: bool = True,
) -> Verdict:
    """Try the choices of what reads read until `judge` finds nothing wrong with one. `refutes`: whether a history is
    refuted once all choices are; `wide`: whether `judge` looks at every column for every access."""
    given = readings(history, initial)
    most = max(1, budget // (len(given.kind) + 1))
    first: telling.Pattern | None = None
    tried = 0
    for accesses in given.some(most):
        tried += 1
        case = Case(history, accesses, compiled, initial)
        if wide and too_wide(accesses):
            clients, pending = len(accesses.bounds) - 1, accesses.width - len(accesses.bounds) + 1
            return Unknown(
                f"{plural(clients, 'client')} and {plural(pending, 'unknown write')} that were read are too many for "
                f"{plural(len(accesses.kind), 'operation')}: each is looked at for each; judge a part of them"
            )
        pattern = thin_air(case) or judge(case)
        if pattern is None:
            reads = int((accesses.kind == READS).sum())
            how = f", by one of {given.ways:,} choices of what they read" if given.ways > 1 else ""
            return Valid(f"{plural(reads, 'read')} and {plural(len(accesses.access), 'write')} explained{how}")
        first = first or pattern
        if pattern.kind == "thin-air":
            return telling.refuted(claim, history, pattern)
    assert first is not None, "there is at least one choice"
    if tried == given.ways and (refutes or tried == 1):
        return telling.refuted(claim, history, first, given.ways)
    reads = len(given.choices)
    return Unknown(
        f"values repeat: {plural(reads, 'read')} may have read one of several writes, "
        + (
            "and each client may see them differently"
            if tried == given.ways
            else f"and {tried:,} of {_count(given.ways)} choices were tried without success; try a larger budget"
        )
    )


def too_wide(accesses: Accesses) -> bool:
    """Whether looking at every column for every access would take too long, or too much memory."""
    over = len(accesses.kind) * accesses.width > MOST_STEPS
    return over or len(accesses.access) * accesses.width > MOST_CLOCKS


def _count(count: int) -> str:
    return f"{count:,}" if count < 10**9 else f"more than {10**9:,}"


def thin_air(case: Case) -> telling.Pattern | None:
    """A read of a value that nobody wrote."""
    wrong = np.flatnonzero((case.accesses.kind == READS) & (case.accesses.write == NOWHERE))
    if not len(wrong):
        return None
    return telling.Pattern("thin-air", tuple(case.accesses.row[wrong[:1]].tolist()))


def _ordered(case: Case) -> Causes | telling.Pattern:
    """The causal order, or the cycle that it has."""
    found = causes(case.history, case.accesses, case.compiled)
    if not found.cyclic:
        return found
    return telling.cycle(case.accesses, *direct(case.accesses), "cyclic-causes")


def _consistent(case: Case) -> telling.Pattern | None:
    found = _ordered(case)
    if isinstance(found, telling.Pattern):
        return found
    overwritten = looked(case.accesses, found, case.keys, case.compiled).overwritten
    return overwritten and telling.overwritten(case.accesses, overwritten.read, overwritten.by)


def _convergent(case: Case) -> telling.Pattern | None:
    found = _ordered(case)
    if isinstance(found, telling.Pattern):
        return found
    sight = looked(case.accesses, found, case.keys, case.compiled)
    if sight.overwritten:
        return telling.overwritten(case.accesses, sight.overwritten.read, sight.overwritten.by)
    if not sight.backward:
        return None
    conflicts = conflicting(case.accesses, found, case.keys, sight, case.compiled)
    access = case.accesses.access
    before, after = direct(case.accesses)
    before = np.concatenate([before, access[conflicts.before]])
    after = np.concatenate([after, access[conflicts.after]])
    if not len(left_over(before, after, len(case.accesses.kind), case.compiled)):
        return None
    because = np.concatenate([np.full(len(before) - len(conflicts.because), -1), conflicts.because])
    return telling.cycle(case.accesses, before, after, "cyclic-conflicts", because)


def _memory(case: Case) -> telling.Pattern | None:
    found = _ordered(case)
    if isinstance(found, telling.Pattern):
        return found
    wrong = unserial(case.accesses, found, case.keys, causal=True, compiled=case.compiled)
    return None if wrong is None else telling.client(case.accesses, wrong)


def _pipelined(case: Case) -> telling.Pattern | None:
    found = causes(case.history, case.accesses, case.compiled)
    wrong = unserial(case.accesses, found, case.keys, causal=False, compiled=case.compiled)
    return None if wrong is None else telling.client(case.accesses, wrong)
