"""Is this history linearizable? Chooses the method for each key, decides, and only then explains.

| model | method |
|---|---|
| register, cas-register, kv; a key with unique values | zones and blocks of zones, O(n log n) |
| the same, where values repeat; mutex | frontier search, compiled: beam, windows, complete search |
| set without deletes | stages, O(n log n) |
| everything else, and small histories | frontier search in Python |

A small history never waits for a compiler or for arrays: below `SMALL` operations everything is plain Python.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from checkers.linearizability import beam, frontier, zones
from checkers.linearizability.calls import every, intervals
from checkers.linearizability.operations import Interval, peak
from checkers.linearizability.stages import set_conflict
from checkers.linearizability.story import key_name, place, tell
from checkers.linearizability.transitions import Transitions, grouped, mutex_transitions, register_transitions
from checkers.linearizability.zones_plain import NotUnique, conflict
from checkers.verdict import Unknown, Valid, Verdict
from checkers.wording import plural
from histories.columns import NIL, Columns
from histories.interning import identity
from model.specifications.catalogue import REGISTERS, model
from model.specifications.register import Register
from model.specifications.sets import GrowingSet
from model.specifications.specification import Specification

SMALL = 20_000
"""Operations below which plain Python has decided before numba is loaded (0.3 s)."""
COMPILED_ZONES = 200_000
"""Operations from which loading numba pays for zones."""


class Bounds(NamedTuple):
    """What a decision may cost."""

    steps: int = 2_000_000_000
    """Of the compiled search: some 100 ns each."""
    plain_steps: int = 20_000_000
    """Of the search in Python: some microseconds each."""
    memory_bytes: int = 512 << 20
    explain_steps: int = 4_000_000
    """Of all searches that make a counterexample smaller."""
    compiled: bool | None = None
    """Whether compiled code is used; None: where it is installed and pays."""
    progress: Callable[[int, int], None] | None = None
    """Told now and then which key is searched (-1: all are one object), and the row that it has come to."""


USUAL = Bounds()


class Refuted(NamedTuple):
    """One key is not linearizable."""

    key: int
    operations: tuple[Interval, ...]
    """Enough of them to see it, where the decision tells; else none."""
    until: int | None
    """The time of the end that nothing explains, where a search decided."""


class Undecided(NamedTuple):
    """One key could not be decided."""

    key: int
    reached: str
    at: int
    """The row at whose end it stopped."""
    in_flight: int


class Decision(NamedTuple):
    """What was found before anything is explained."""

    refuted: Refuted | None
    undecided: tuple[Undecided, ...]
    keys: int
    by_zones: int
    operations: int


def check(
    history: Columns,
    against: str | Specification,
    initial: Any = ...,
    bounds: Bounds = USUAL,
    explain: bool = True,
    mismatches: bool = False,
) -> Verdict:
    """Whether `history` is linearizable with respect to a model by name, or to a specification of the caller's own.

    `initial` is the value before the first operation, of every key; left out, the model's own. With `mismatches` a
    failed compare-and-set is taken for the observation that the expected value was not there. Raises `UnknownModel`,
    and ValueError where the history holds an operation that the model does not have.
    """
    if not isinstance(against, str):
        decision = _searched(history, against, by_key=True, bounds=bounds)
        return _verdict(history, against, decision, bounds, explain)
    chosen = model(against)
    start = chosen.initial if initial is ... else initial
    if against in REGISTERS:
        code = state_code(history, start)
        decision = _transitions(register_transitions(history, code, mismatches), len(history.keys), bounds)
        return _verdict(history, Register(code), decision, bounds, explain, coded=True)
    if against == "mutex":
        decision = _transitions(mutex_transitions(history), len(history.keys), bounds, unique=False)
        return _verdict(history, Register(0), decision, bounds, explain, coded=True)
    specification = chosen.make(start)
    if isinstance(specification, GrowingSet) and "delete" not in _used(history):
        decision = _staged(history, specification)
    else:
        decision = _searched(history, specification, chosen.by_key, bounds)
    return _verdict(history, specification, decision, bounds, explain)


def state_code(history: Columns, value: Any) -> int:
    """The code of an initial value: its place among the history's values, or one that no operation has."""
    if value is None:
        return NIL
    wanted = identity(value)
    if isinstance(history.values, range) and type(value) is int:
        return history.values.index(value) if value in history.values else len(history.values)
    return next((code for code, one in enumerate(history.values) if identity(one) == wanted), len(history.values))


def _used(history: Columns) -> list[str]:
    return [history.functions[code] for code in np.flatnonzero(np.bincount(history.f)).tolist()]


# Registers and locks


def _transitions(given: Transitions, keys: int, bounds: Bounds, unique: bool = True) -> Decision:
    count = len(given.start)
    if count < SMALL and not bounds.compiled:
        return _plain(given, bounds, unique)
    if unique:
        fast = bounds.compiled or (count >= COMPILED_ZONES and _may_compile(bounds))
        decided, bad = (zones.judged_compiled if fast else zones.judged)(given, keys)
    else:
        decided, bad = np.zeros(keys, np.bool_), np.zeros(keys, np.bool_)
    present = np.bincount(given.key, minlength=keys) > 0
    by_zones = int((decided & present).sum())
    wrong = np.flatnonzero(decided & bad & present)
    if len(wrong):
        return Decision(Refuted(int(wrong[0]), (), None), (), int(present.sum()), by_zones, count)
    left = np.flatnonzero(~decided & present)
    if not len(left):
        return Decision(None, (), int(present.sum()), by_zones, count)
    rest = given if len(left) == keys else given.take(np.flatnonzero(~decided[given.key]))
    found = _compiled(rest, bounds) if _may_compile(bounds) else _plain(rest, bounds, unique=False)
    return found._replace(keys=int(present.sum()), by_zones=by_zones, operations=count)


def _may_compile(bounds: Bounds) -> bool:
    if bounds.compiled is not None:
        return bounds.compiled
    try:
        from checkers.linearizability import compiled  # noqa: F401, PLC0415 - importing numba takes time
    except ImportError:
        return False
    return True


def _compiled(given: Transitions, bounds: Bounds) -> Decision:
    groups = grouped(given)
    outcomes = beam.decide(groups, beam.Bounds(bounds.steps, bounds.memory_bytes, bounds.progress))
    undecided: list[Undecided] = []
    for outcome in outcomes:
        key, row = int(groups.key[outcome.key]), int(groups.operations.row[outcome.operation])
        if outcome.result == beam.STUCK:
            refuted = Refuted(key, (), int(groups.operations.end[outcome.operation]))
            return Decision(refuted, (), len(groups.key), 0, len(given.start))
        undecided.append(Undecided(key, beam.REACHED[outcome.result], row, outcome.in_flight))
    return Decision(None, tuple(undecided), len(groups.key), 0, len(given.start))


def _plain(given: Transitions, bounds: Bounds, unique: bool) -> Decision:
    groups = grouped(given)
    undecided: list[Undecided] = []
    by_zones = 0
    for at, key in enumerate(groups.key.tolist()):
        operations = groups.of(at).intervals()
        if unique:
            try:
                found = conflict(operations, given.initial)
            except NotUnique:
                pass
            else:
                by_zones += 1
                if found is not None:
                    refuted = Refuted(key, found.operations, None)
                    return Decision(refuted, (), len(groups.key), by_zones, len(given.start))
                continue
        watched = _watched(bounds, key, operations)
        outcome = frontier.search(Register(given.initial), operations, bounds.plain_steps, progress=watched)
        if isinstance(outcome, frontier.Stuck):
            refuted = Refuted(key, (), operations[outcome.operation].end)
            return Decision(refuted, (), len(groups.key), by_zones, len(given.start))
        if isinstance(outcome, frontier.GaveUp):
            row = operations[outcome.operation].row
            undecided.append(Undecided(key, outcome.reached, row, outcome.in_flight))
    return Decision(None, tuple(undecided), len(groups.key), by_zones, len(given.start))


# Everything else


def _watched(bounds: Bounds, key: int, operations: list[Interval]) -> Callable[[int], None] | None:
    progress = bounds.progress
    return None if progress is None else lambda at: progress(key, operations[at].row)


def _objects(history: Columns, by_key: bool) -> Iterator[tuple[int, list[Interval]]]:
    if not by_key:
        yield -1, every(history)
        return
    for key, rows in history.of_keys():
        yield key, intervals(history, rows.tolist())


def _staged(history: Columns, specification: GrowingSet) -> Decision:
    keys = 0
    assert isinstance(specification.init, frozenset)
    for key, operations in _objects(history, True):
        keys += 1
        found = set_conflict(operations, specification.init)
        if found is not None:
            return Decision(Refuted(key, found.operations, None), (), keys, keys, len(history))
    return Decision(None, (), keys, keys, len(history))


def _searched(history: Columns, specification: Specification, by_key: bool, bounds: Bounds) -> Decision:
    undecided: list[Undecided] = []
    keys = 0
    for key, operations in _objects(history, by_key):
        keys += 1
        watched = _watched(bounds, key, operations)
        outcome = frontier.search(specification, operations, bounds.plain_steps, progress=watched)
        if isinstance(outcome, frontier.Stuck):
            refuted = Refuted(key, (), operations[outcome.operation].end)
            return Decision(refuted, (), keys, 0, len(history))
        if isinstance(outcome, frontier.GaveUp):
            undecided.append(Undecided(key, outcome.reached, operations[outcome.operation].row, outcome.in_flight))
    return Decision(None, tuple(undecided), keys, 0, len(history))


# Verdicts


def _verdict(
    history: Columns,
    specification: Specification,
    decision: Decision,
    bounds: Bounds,
    explain: bool,
    coded: bool = False,
) -> Verdict:
    if decision.refuted is not None:
        return tell(history, specification, decision.refuted, bounds.explain_steps if explain else 0, coded)
    if decision.undecided:
        return _unknown(history, decision.undecided, decision.keys)
    searched = decision.keys - decision.by_zones
    how = [f"{plural(decision.by_zones, 'key')} by order" if decision.by_zones else ""]
    how += [f"{plural(searched, 'key')} by search" if searched else ""]
    told = ", ".join(one for one in how if one) or "no key"
    return Valid(f"{plural(decision.operations, 'operation')}: {told}")


def _unknown(history: Columns, undecided: tuple[Undecided, ...], keys: int) -> Unknown:
    first = undecided[0]
    also = f"; so were {plural(len(undecided) - 1, 'other key')} of {keys}" if len(undecided) > 1 else ""
    told = stopped_at(history, first.key, first.at, first.reached, also, f" with {first.in_flight} in flight")
    return Unknown(f"{told}; try a larger budget, more memory, or fewer clients per key")


def stopped_at(history: Columns, key: int, at: int, reached: str, also: str = "", crowd: str = "") -> str:
    """Which key was not decided, how far the search had come (to the row `at`), and where most was in flight."""
    rows = np.flatnonzero(history.key == key) if key >= 0 else np.arange(len(history))
    operations = intervals(history, rows.tolist())
    done = sum(op.row <= at for op in operations)
    most, when = peak(operations)
    name = key_name(history, key)
    busiest = min((op for op in operations if op.start >= when), key=lambda op: op.start, default=operations[0])
    return (
        f"{name or 'the object'} was not decided{also}: {reached} was reached after "
        f"{done:,} of {plural(len(operations), 'operation')}, at {place(history, at)}{crowd}; "
        f"most in flight at once: {most}, at {place(history, busiest.row)}"
    )
