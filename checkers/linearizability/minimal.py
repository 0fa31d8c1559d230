"""The fewest operations that still cannot be explained: cut out of a history that is already known to be wrong.

A part of a history is evidence only if its violation implies that of the whole. Two cuts keep that:

* *A beginning is dropped* if the rest has no explanation from any state in which the object may have been at the cut.
  What was in flight there may have taken effect before it, so it stays as an operation that may take effect or not.
* *Operations are dropped from within* if some order that explains the whole, without them, explains the rest. For any
  object these are those that never change it. For a register it may be writes as well, as long as reads of their value
  go with them, and a compare-and-set that expects it is taken for a mere write (which allows more): what is left still
  finds the value that it asks for.

Every cut is checked by a search; the result is checked again by another algorithm (`classical.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from checkers.linearizability import classical, frontier
from checkers.linearizability.operations import NEVER, Interval
from model.specifications.register import Register
from model.specifications.specification import Call, Plain, Specification, State, hints

FIRST_WINDOW = 8
ALL_PARTS_OF = 10
"""So many operations are few enough to try every part of them."""
RECHECKED = 100_000


class Example(NamedTuple):
    """Operations without an explanation."""

    operations: tuple[Interval, ...]
    """By start. Those that had not ended when the violation was complete are pending."""
    before: tuple[State, ...] | None
    """The states that the object may have been in before them; None: any state at all."""
    smallest: bool
    """Whether no part of them would do (as far as parts can be evidence)."""


class _Budget:
    def __init__(self, steps: int) -> None:
        self.left = steps


def minimal(
    specification: Specification,
    operations: Sequence[Interval],
    until: int | None,
    known: Sequence[Interval],
    steps: int,
) -> Example | None:
    """The smallest example that was found within `steps`; None where not even a first one was.

    `until` is the time of an end that has no explanation, `known` are operations that suffice, where either is told.
    """
    budget = _Budget(steps)
    start: tuple[State, ...] | None = (specification.init,)
    found: Sequence[Interval] | None
    if known:
        closed = _dropped_of_register(operations)(known, ()) or () if isinstance(specification, Register) else known
        found = closed if _violates(specification, closed, start, budget) else None
    elif isinstance(specification, Register):
        found, start = _window(specification, _until(operations, until), budget)
    else:
        found, start = _since_calm(specification, _until(operations, until), budget)
    if found is None:
        return None
    drop: Callable[[Sequence[Interval], Iterable[int]], list[Interval] | None]
    if isinstance(specification, Register):
        drop = _dropped_of_register(operations if known else found)
    else:
        drop = _dropped_if_pure(specification)
    left = _greedy(specification, list(found), start, drop, budget)
    left, smallest = _fewest(specification, left, start, drop, budget)
    assert start is None or len(start) != 1 or _rechecked(specification, left, start[0])
    return Example(tuple(left), start, smallest)


def _until(operations: Sequence[Interval], until: int | None) -> list[Interval]:
    """What had begun by then; what had not ended is pending, and pure operations that are pending say nothing."""
    if until is None:
        return list(operations)
    begun = (op for op in operations if op.start <= until)
    return [op if op.end <= until else op._replace(end=NEVER, required=False) for op in begun]


def _violates(
    specification: Specification, operations: Sequence[Interval], start: Iterable[State] | None, budget: _Budget
) -> bool:
    """Whether there is no explanation, as far as the budget tells."""
    if budget.left <= 0:
        return False
    limited = _Counted(specification)
    states = _any_state(operations) if start is None else start
    outcome = frontier.search(limited, operations, budget.left, initial=states)
    budget.left -= limited.steps
    return isinstance(outcome, frontier.Stuck)


class _Counted:
    """A specification that counts its steps."""

    def __init__(self, inner: Specification, foresight: bool = True) -> None:
        self.steps = 0
        self.inner = inner
        self.init = inner.init
        told = hints(inner)
        self.pure, self.total, self.blind = told.pure, told.total, told.blind
        self.foresee = told.foresee if foresight else Plain().foresee

    def step(self, state: State, call: object) -> State:
        self.steps += 1
        return self.inner.step(state, call)  # type: ignore[arg-type]

    def describe(self, state: State, call: object) -> str:
        return self.inner.describe(state, call)  # type: ignore[arg-type]


def _rechecked(specification: Specification, operations: Sequence[Interval], start: State) -> bool:
    """Whether the reference algorithm finds no order either."""
    told = type(specification)(start) if isinstance(specification, Register) else None
    if told is None and start != specification.init:
        return True
    found = classical.linearize(told or specification, operations, RECHECKED)
    return found is None or isinstance(found, classical.Exhausted)


# A beginning is dropped


def _any_state(operations: Iterable[Interval]) -> list[State]:
    """Every value that these operations can tell from others, and one that they cannot."""
    told: dict[State, None] = {ELSEWHERE: None}
    for op in operations:
        if op.call.f == "read":
            told[op.call.result] = None
        elif op.call.f == "cas":
            told.update(dict.fromkeys(op.call.argument))
        elif op.call.f != "delete":
            told[op.call.argument] = None
    told[None] = None
    return list(told)


ELSEWHERE: State = ("a value that nobody here asks for",)


def _window(
    register: Register, operations: Sequence[Interval], budget: _Budget
) -> tuple[list[Interval] | None, tuple[State, ...] | None]:
    """The last operations, as few as have no explanation whatever the register held before them."""
    by_start = sorted(operations, key=lambda op: op.start)
    length = FIRST_WINDOW
    while length < len(by_start):
        cut = by_start[-length].start
        window = []
        for op in by_start:
            if op.start >= cut:
                window.append(op)
            elif op.end >= cut and not register.pure(op.call):
                window.append(op._replace(end=NEVER, required=False))
        if _violates(register, window, None, budget):
            return window, None
        length *= 2
    return (by_start, (register.init,)) if _violates(register, by_start, (register.init,), budget) else (None, None)


def _since_calm(
    specification: Specification, operations: Sequence[Interval], budget: _Budget
) -> tuple[list[Interval] | None, tuple[State, ...] | None]:
    """What began after the last moment when nothing was in flight, from where the object may have been then."""
    by_start = sorted(operations, key=lambda op: op.start)
    # Without foresight the states are told as they are; where that is too much, with it.
    outcome = frontier.search(_Counted(specification, foresight=False), by_start, budget.left // 4)
    if not isinstance(outcome, frontier.Stuck):
        outcome = frontier.search(specification, by_start, budget.left)
    if not isinstance(outcome, frontier.Stuck):
        return None, None
    since = [op for op in by_start if op.start > outcome.calm or not op.required]
    if len(since) < len(by_start) and _violates(specification, since, outcome.calm_states, budget):
        return since, outcome.calm_states
    return by_start, (specification.init,)


# Operations are dropped from within


def _dropped_if_pure(
    specification: Specification,
) -> Callable[[Sequence[Interval], Iterable[int]], list[Interval] | None]:
    told = hints(specification)

    def drop(operations: Sequence[Interval], places: Iterable[int]) -> list[Interval] | None:
        gone = {place for place in places if told.pure(operations[place].call)}
        return [op for place, op in enumerate(operations) if place not in gone] if gone else None

    return drop


def _dropped_of_register(
    everything: Sequence[Interval],
) -> Callable[[Sequence[Interval], Iterable[int]], list[Interval] | None]:
    """Drops operations, and then makes right whoever asks for a value of which a write is missing."""
    writes: dict[State, list[Interval]] = {}
    for op in everything:
        if op.call.f not in ("read", "mismatch"):
            writes.setdefault(_left(op), []).append(op)

    def drop(operations: Sequence[Interval], places: Iterable[int]) -> list[Interval] | None:
        without = set(places)
        kept = [op for place, op in enumerate(operations) if place not in without]
        while True:
            there = {op.row for op in kept}
            missing = {value for value, group in writes.items() if any(op.row not in there for op in group)}
            unsure = {op.row for op in kept if _asks(op, missing, writes, there)}
            if not unsure:
                return kept
            kept = [
                _relaxed(op) if op.row in unsure else op for op in kept if op.row not in unsure or op.call.f == "cas"
            ]

    return drop


def _relaxed(op: Interval) -> Interval:
    """A compare-and-set that always succeeds."""
    return op._replace(call=Call("write", op.call.argument[1]))


def _asks(op: Interval, missing: set[State], writes: dict[State, list[Interval]], there: set[int]) -> bool:
    """Whether the operation may rest on a write that is not there."""
    if op.call.f == "mismatch":
        return bool(missing)
    if op.call.f not in ("read", "cas"):
        return False
    value = op.call.result if op.call.f == "read" else op.call.argument[0]
    return value in missing and any(write.row not in there and write.start <= op.end for write in writes[value])


def _left(op: Interval) -> State:
    match op.call.f:
        case "cas":
            return op.call.argument[1]  # type: ignore[no-any-return]
        case "delete":
            return None
    return op.call.argument  # type: ignore[no-any-return]


def _greedy(
    specification: Specification,
    operations: list[Interval],
    start: tuple[State, ...] | None,
    drop: Callable[[Sequence[Interval], Iterable[int]], list[Interval] | None],
    budget: _Budget,
) -> list[Interval]:
    """Drop ever smaller pieces while the rest has no explanation (Zeller and Hildebrandt 2002, delta debugging)."""
    size = max(1, len(operations) // 2)
    while True:
        before = len(operations)
        place = 0
        while place < len(operations):
            smaller = drop(operations, range(place, min(place + size, len(operations))))
            fewer = smaller is not None and len(smaller) < len(operations)
            if smaller is not None and fewer and _violates(specification, smaller, start, budget):
                operations = smaller
            else:
                place += size
        if size == 1 and len(operations) == before:
            return operations
        size = max(1, size // 2)


def _fewest(
    specification: Specification,
    operations: list[Interval],
    start: tuple[State, ...] | None,
    drop: Callable[[Sequence[Interval], Iterable[int]], list[Interval] | None],
    budget: _Budget,
) -> tuple[list[Interval], bool]:
    """The smallest part of few operations, by trying all; whether it certainly is."""
    if len(operations) > ALL_PARTS_OF:
        return operations, False
    for size in range(1, len(operations)):
        for chosen in combinations(range(len(operations)), size):
            part = drop(operations, [place for place in range(len(operations)) if place not in chosen])
            if part is not None and len(part) == size and _violates(specification, part, start, budget):
                return part, budget.left > 0
    return operations, budget.left > 0
