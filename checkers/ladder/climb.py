"""The whole ladder at once: every rung judged or implied, and the strongest that hold.

A rung that is decided spares others: what holds makes all weaker rungs hold, what is violated rules all stronger ones
out (`levels.py`). Cheap rungs are judged first, so that the dear ones are seldom judged at all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from checkers.ladder import causal, sequential, sessions
from checkers.ladder.converging import convergent
from checkers.ladder.delta import delta_atomic, smallest_delta
from checkers.ladder.katomic import Staleness, k_atomic, smallest_k
from checkers.ladder.levels import LEVELS, chosen, stronger, weaker
from checkers.ladder.minimal import smallest
from checkers.ladder.regular import regular
from checkers.ladder.telling import Pattern, refuted
from checkers.linearizability.check import check
from checkers.verdict import Invalid, Unknown, Valid, Verdict
from histories.columns import Columns


class LadderReport(NamedTuple):
    """What one history satisfies."""

    verdicts: Mapping[str, Verdict]
    """By level, in the order of `levels.LEVELS`. An implied one repeats why."""
    implied: Mapping[str, str]
    """Levels that were not judged themselves: the level that decided them, where that is told too."""
    strongest: tuple[str, ...]
    """The levels that hold and that no other level that holds implies."""
    smallest_k: int | None
    """How many of the last writes a read may have to choose from (1: atomic); None where it is not known."""
    smallest_delta: int | None
    """How old, in the file's unit of time, a value that a read returned was at most; None where it is not known."""


MEASURES = ("k-atomic", "delta-atomic")
"""Rungs that are measured rather than implied."""
EXPLAIN_STEPS = 100_000
"""Of each search that judges a part of the history again."""
REAL_TIME = ("linearizable", "regular")
"""Rungs that know real time. They imply what is asked of sessions only where clients do one thing after the other."""
Judge = Callable[[Columns, Any, int], Verdict]

JUDGES: Mapping[str, Judge] = {
    "linearizable": lambda history, initial, _budget: check(history, "kv", initial),
    "read-your-writes": sessions.read_your_writes,
    "monotonic-reads": sessions.monotonic_reads,
    "monotonic-writes": sessions.monotonic_writes,
    "writes-follow-reads": sessions.writes_follow_reads,
    "causal-consistency": causal.causal_consistency,
    "causal-convergence": causal.causal_convergence,
    "pram": causal.pram,
    "causal-memory": causal.causal_memory,
    "sequential": sequential.ordered,
    "regular": regular,
    "convergence": convergent,
}
"""In the order in which they are judged: what decides most at least cost first."""


def climb(
    columns: Columns,
    levels: Iterable[str] | None = None,
    initial: Any = None,
    budget: int = causal.BUDGET,
    explain: bool = True,
) -> LadderReport:
    """Judge `columns` by `levels` (all where None). Raises `UnknownLevel`, and ValueError for operations that a
    register does not have. `budget` bounds the steps of each search. With `explain` every violation is told with the
    fewest operations that were found to violate the level itself, whichever level decided it."""
    wanted = chosen(levels)
    found: dict[str, Verdict] = {}
    implied: dict[str, str] = {}
    in_turn = sequential.in_turn(columns)
    for name, judge in JUDGES.items():
        if name not in found and _needed(name, wanted, found):
            _imply(name, judge(columns, initial, budget), found, implied, in_turn)
    k = delta = None
    for name in MEASURES:
        if name in wanted:
            measured: Staleness | int | Pattern | Unknown
            if name == "delta-atomic":
                measured = smallest_delta(columns, initial)
            elif isinstance(found.get("linearizable"), Valid):
                measured = Staleness(1, 1)
            else:
                measured = smallest_k(columns, initial, budget)
            found[name] = _measured(name, columns, measured)
            implied.pop(name, None)
            if isinstance(measured, Staleness) and measured.low == measured.high:
                k = measured.low
            elif isinstance(measured, int):
                delta = measured
    if explain:
        for name in reversed(tuple(LEVELS)):
            if name in found:
                found[name] = _fewest(name, columns, found, initial)
    verdicts = {name: found[name] for name in LEVELS if name in wanted}
    holding = [name for name, verdict in verdicts.items() if isinstance(verdict, Valid)]
    strongest = tuple(name for name in holding if not any(name in weaker(other) for other in holding))
    told = {name: by for name, by in implied.items() if {name, by} <= verdicts.keys()}
    return LadderReport(verdicts, told, strongest, k, delta)


def _fewest(name: str, columns: Columns, found: Mapping[str, Verdict], initial: Any) -> Verdict:
    """The verdict of `name`; a violation with as few operations as are needed. What shows that a weaker level is
    violated shows that this one is, so the shortest of all that is made shorter."""
    verdict = found[name]
    if not isinstance(verdict, Invalid) or name == "linearizable":
        return verdict  # linearizability has looked for the fewest itself
    judge = JUDGES[name] if name in JUDGES else {"k-atomic": k_atomic, "delta-atomic": delta_atomic}[name]
    told = [verdict, *(found[other] for other in weaker(name) if other in found)]
    shortest = min(
        (one for one in told if isinstance(one, Invalid)), key=lambda one: len(one.counterexample.operations)
    )
    return smallest(name, lambda part: judge(part, initial, EXPLAIN_STEPS), columns, [verdict, shortest]).verdict


def _needed(name: str, wanted: tuple[str, ...], found: Mapping[str, Verdict]) -> bool:
    """Whether to judge a level: it was asked for, or the search for sequential consistency needs it ruled out."""
    needs = ("causal-convergence", "causal-memory", "pram")
    return name in wanted or (name in needs and "sequential" in wanted and "sequential" not in found)


def _imply(name: str, verdict: Verdict, found: dict[str, Verdict], implied: dict[str, str], in_turn: bool) -> None:
    """Enter a verdict and what follows from it."""
    found[name] = verdict
    if isinstance(verdict, Valid):
        others = weaker(name)
    elif isinstance(verdict, Invalid):
        others = stronger(name)
    else:
        return
    for other in others:
        crosses = (name in REAL_TIME) != (other in REAL_TIME) and not in_turn
        if other in found or other in MEASURES or crosses:
            continue
        implied[other] = name
        if isinstance(verdict, Valid):
            found[other] = Valid(f"implied by {name}: {verdict.witness}")
        else:
            assert isinstance(verdict, Invalid)
            found[other] = Invalid(replace(verdict.counterexample, claim=other))


def _measured(name: str, columns: Columns, measured: Staleness | int | Pattern | Unknown) -> Verdict:
    if isinstance(measured, Pattern):
        return refuted(name, columns, measured)
    if isinstance(measured, Unknown):
        return measured
    if isinstance(measured, int):
        return Valid(f"smallest delta: {measured:,}")
    if measured.low == measured.high:
        return Valid(f"smallest k: {measured.low:,}")
    return Unknown(f"the smallest k is at least {measured.low:,} and at most {measured.high:,}; try a larger budget")
