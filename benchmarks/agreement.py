"""`python3 dev.py bench agreement [COUNT] [PART...]`: every checker against its definition on random small histories.

The definitions try everything that is unknown (`checkers.ladder.exhaustive`, `checkers.linearizability.exhaustive`,
`benchmarks.own_histories`) and share nothing with the checkers. Parts: levels, models, own; all where none is named. A
single level is a part, too.
"""

import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import own_histories
from benchmarks.random_registers import rich, small
from checkers import clocks, multivalue
from checkers.ladder import causal, exhaustive, sequential, sessions
from checkers.ladder.converging import convergent
from checkers.ladder.delta import delta_atomic
from checkers.ladder.katomic import k_atomic
from checkers.ladder.regular import regular
from checkers.linearizability.check import check
from checkers.verdict import Unknown, Valid, Verdict
from histories.columns import NIL, Columns
from histories.run import RecordedRun

HISTORIES = 100_000
"""Of each level and each model."""
ACCESSES = 5

JUDGES: dict[str, Callable[..., Verdict]] = {
    "linearizable": lambda history: check(history, "kv", None),
    "sequential": sequential.sequential,
    "regular": regular,
    "causal-memory": causal.causal_memory,
    "causal-convergence": causal.causal_convergence,
    "causal-consistency": causal.causal_consistency,
    "pram": causal.pram,
    "read-your-writes": sessions.read_your_writes,
    "monotonic-reads": sessions.monotonic_reads,
    "monotonic-writes": sessions.monotonic_writes,
    "writes-follow-reads": sessions.writes_follow_reads,
    "k-atomic": k_atomic,
    "delta-atomic": delta_atomic,
    "convergence": convergent,
}

KINDS: dict[str, Callable[[random.Random], Columns]] = {
    "reads and writes, unique values": lambda chance: small(chance, True, ACCESSES),
    "reads and writes, repeated values": lambda chance: small(chance, False, ACCESSES),
    "all operations, unique values": lambda chance: rich(chance, True, ACCESSES),
    "all operations, repeated values": lambda chance: rich(chance, False, ACCESSES),
}
"""All with operations that failed and operations of unknown outcome."""

OWN: dict[str, tuple[Callable[[RecordedRun], Verdict], Callable[[RecordedRun], bool]]] = {
    multivalue.CLAIM: (multivalue.check, own_histories.maximal_siblings),
    clocks.CLAIM: (clocks.check, own_histories.true_clocks),
}


class _Count:
    """How verdicts and the definition's answers compare."""

    def __init__(self) -> None:
        self.held = self.decided = self.differ = self.all = 0

    def enter(self, verdict: Verdict, right: bool) -> None:
        self.all += 1
        self.held += right
        if not isinstance(verdict, Unknown):
            self.decided += 1
            self.differ += isinstance(verdict, Valid) != right

    def __str__(self) -> str:
        return f"{self.all:,} histories, {self.held:,} hold, {self.decided:,} decided, {self.differ} differ"


def levels(count: int = HISTORIES) -> int:
    """Every rung of the ladder; how many verdicts differed."""
    return sum(level(name, count) for name in JUDGES)


def level(name: str, count: int = HISTORIES) -> int:
    """One rung, a quarter of `count` of each kind of history; how many verdicts differed."""
    wrong = 0
    for kind, make in KINDS.items():
        chance, found = random.Random(f"{name} {kind}"), _Count()
        for _ in range(count // len(KINDS)):
            given = make(chance)
            found.enter(JUDGES[name](given), exhaustive.satisfies(name, given, NIL))
        wrong += found.differ
        print(f"  {name}, {kind}: {found}", flush=True)
    return wrong


def own(count: int = HISTORIES) -> int:
    """The two levels of this store's own histories; how many verdicts differed."""
    wrong = 0
    for name, (judge, definition) in OWN.items():
        chance, found = random.Random(name), _Count()
        for _ in range(count):
            run = own_histories.small(chance)
            found.enter(judge(run), definition(run))
        wrong += found.differ
        print(f"  {name}: {found}", flush=True)
    return wrong


def models(count: int = HISTORIES) -> int:
    """Linearizability of every model, by every method; how many verdicts differed."""
    from benchmarks.linearizability import agreement  # noqa: PLC0415 - it measures as well

    return agreement(count)


PARTS: dict[str, Callable[[int], int]] = {"levels": levels, "own": own, "models": models}
ASKED: dict[str, Callable[[int], int]] = {**PARTS, **{name: partial(level, name) for name in JUDGES}}


def main(arguments: list[str], machine: Callable[[], Any]) -> int:
    """Compare; 70 where anything differs, 64 for arguments that are wrong."""
    count, parts = HISTORIES, arguments
    if arguments and arguments[0].isdecimal():
        count, parts = int(arguments[0]), arguments[1:]
    for part in parts:
        if part not in ASKED:
            accepted = f"a number of histories, then {', '.join(ASKED)}"
            print(f"bench agreement: {part!r} is unknown; accepted: {accepted}", file=sys.stderr)
            return 64
    machine()
    wrong = 0
    for part in parts or PARTS:
        print(f"{part}, against the definition", flush=True)
        wrong += ASKED[part](count)
    print(f"{wrong} differ")
    return 70 if wrong else 0
