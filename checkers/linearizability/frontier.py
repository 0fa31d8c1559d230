"""A search that sweeps the history once and keeps only what the present can still tell apart.

After every event the *frontier* holds the configurations in which the object may be. A configuration is

* the state,
* the operations in flight that are **discharged**: their obligation to take effect is met,
* the operations in flight that are still **usable**: they may yet take effect.

An operation may be both: it *could* have taken effect unnoticed (a write just before another write, an operation that
changes nothing at the moment when it would), and nobody has to decide yet whether it did. Nothing is linearized before
it must be (Lowe's just-in-time linearization): when an operation ends, every configuration in which it is still usable
is grown by usable operations until it is not; those that have it discharged stay. A configuration that has less
discharged and less usable than another in the same state is *dominated*: whatever explains the rest from there explains
it from the other one too, so it is dropped. Of several usable operations that do the same, the one that ends first is
taken (exchange them).

Memory is the frontier, not the history. Sets are bit masks over the operations in flight.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from checkers.linearizability.operations import NEVER, Interval, events
from model.specifications.specification import DEAD, REFUSED, Call, Specification, State, hints

BUDGET = 2_000_000
CONFIGURATIONS = 200_000
NARROW = 64
"""Configurations kept in the first pass. What it finds is an explanation; only a complete pass can say that there is
none."""
BEFORE_TIME = -NEVER


class Configuration(NamedTuple):
    """Where the object may be. Masks are over the slots of the operations in flight."""

    state: State
    discharged: int
    usable: int


class Fits(NamedTuple):
    """Some order explains everything."""

    states: tuple[State, ...]
    """Where the object may be in the end."""
    widest: int
    """The most configurations there were at once."""


class Stuck(NamedTuple):
    """No order explains the operation that ended here together with what ended before."""

    operation: int
    """The first operation (its place) at whose end no explanation was left."""
    states: tuple[State, ...]
    """Where the object may have been just before that end."""
    calm: int
    """The time after which the last operation before began when nothing that ended was in flight."""
    calm_states: tuple[State, ...]
    """Where the object may have been then."""


class GaveUp(NamedTuple):
    """A bound was reached first."""

    operation: int
    """The operation at whose end it was reached."""
    reached: str
    in_flight: int


Outcome = Fits | Stuck | GaveUp


def search(
    specification: Specification,
    operations: Sequence[Interval],
    budget: int = BUDGET,
    most: int = CONFIGURATIONS,
    initial: Iterable[State] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Decide one object. `budget` bounds the calls of the specification, `most` the configurations kept at once.
    `progress` is told the place of every operation before its end is explained."""
    places = [specification.init] if initial is None else list(initial)
    for width in (NARROW, most):
        outcome, narrowed, spent = _swept(specification, operations, budget, most, width, places, progress)
        budget -= spent
        if isinstance(outcome, Fits) or not narrowed:
            break
    return outcome


def _swept(
    specification: Specification,
    operations: Sequence[Interval],
    budget: int,
    most: int,
    width: int,
    initial: list[State],
    progress: Callable[[int], None] | None,
) -> tuple[Outcome, bool, int]:
    """The outcome of one pass, whether configurations were left out for its narrowness, and the steps it took."""
    sweep = _Sweep(specification, operations, budget, most, initial)
    narrowed = False
    open_now, calm, calm_states = 0, BEFORE_TIME, tuple(initial)
    for event in events(operations):
        if not event.ends:
            sweep.begin(event.operation)
            open_now += operations[event.operation].required
            continue
        if progress is not None:
            progress(event.operation)
        before = sweep.frontier
        found = sweep.end(event.operation)
        if found:
            gave_up = GaveUp(event.operation, found, len(sweep.flight))
            return gave_up, narrowed, budget - sweep.budget
        if not sweep.frontier:
            stuck = Stuck(event.operation, _states(before), calm, calm_states)
            return stuck, narrowed, budget - sweep.budget
        open_now -= 1
        if not open_now:
            calm, calm_states = event.time, _states(sweep.frontier)
        if len(sweep.frontier) > width:
            narrowed = True
            sweep.frontier = _best(sweep.frontier, width)
    return Fits(_states(sweep.frontier), sweep.widest), narrowed, budget - sweep.budget


def _best(frontier: list[Configuration], width: int) -> list[Configuration]:
    """Those with most discharged (that counts twice) and usable; the best of every state before the second best."""
    ranked = sorted(frontier, key=lambda one: -2 * one.discharged.bit_count() - one.usable.bit_count())
    turns: dict[State, int] = {}
    places = []
    for place, one in enumerate(ranked):
        turns[one.state] = turns.get(one.state, 0) + 1
        places.append((turns[one.state], place))
    return [ranked[place] for _, place in sorted(places)[:width]]


def _states(frontier: Iterable[Configuration]) -> tuple[State, ...]:
    return tuple(dict.fromkeys(configuration.state for configuration in frontier))


class _Sweep:
    def __init__(
        self,
        specification: Specification,
        operations: Sequence[Interval],
        budget: int,
        most: int,
        initial: Iterable[State],
    ) -> None:
        self.step = specification.step
        self.hints = hints(specification)
        self.operations = operations
        self.budget, self.most = budget, most
        self.foresight = self.hints.foresee((op.call, op.end) for op in operations)
        self.flight: list[tuple[int, int, int]] = []
        """`(end, operation, bit)` of what is in flight, by end: the order in which equal operations are used."""
        self.free: list[int] = []
        self.slots = 0
        self.total = 0
        """The required operations in flight that are never refused: any write may hide them all before itself."""
        self.classes: dict[object, int] = {}
        self.kind = [self.classes.setdefault(_kind(op.call), len(self.classes)) for op in operations]
        self.pure = [self.hints.pure(op.call) for op in operations]
        self.blind = [self.hints.blind(op.call) for op in operations]
        self.frontier = [Configuration(self.seen(state, 0), 0, 0) for state in dict.fromkeys(initial)]
        self.widest = len(self.frontier)

    def seen(self, state: State, now: int) -> State:
        return state if self.foresight is None or state is DEAD else self.foresight(state, now)

    def after(self, state: State, at: int) -> State:
        self.budget -= 1
        return self.step(state, self.operations[at].call)

    def begin(self, at: int) -> None:
        op = self.operations[at]
        if not op.required and self.pure[at]:
            return
        if not self.free:
            self.free.append(self.slots)
            self.slots += 1
        bit = 1 << self.free.pop()
        self.flight.append((op.end, at, bit))
        self.flight.sort()
        if op.required and self.hints.total(op.call):
            self.total |= bit
        self.frontier = [self._joined(configuration, at, bit) for configuration in self.frontier]

    def _joined(self, now: Configuration, at: int, bit: int) -> Configuration:
        """The configuration with one more operation in flight. What changes nothing here is discharged at once."""
        state, discharged, usable = now
        if not self.operations[at].required:
            return Configuration(state, discharged | bit, usable | bit)
        if self.after(state, at) != state:
            return Configuration(state, discharged, usable | bit)
        return Configuration(state, discharged | bit, usable if self.pure[at] else usable | bit)

    def end(self, at: int) -> str:
        """Keep only what has the operation discharged; the bound that was reached, if one was."""
        place = next(place for place, entry in enumerate(self.flight) if entry[1] == at)
        now, _, bit = self.flight[place]
        pool, visited = _Pool(), _Pool()
        waiting: list[Configuration] = []

        def reached(new: Configuration) -> None:
            """Done where the obligation is met; to be grown where the operation may still be used."""
            state, discharged, usable = new
            if discharged & bit:
                pool.add(Configuration(state, discharged & ~bit, usable & ~bit))
            if usable & bit and visited.add(new):
                waiting.append(new)

        for state, discharged, usable in self.frontier:
            reached(Configuration(self.seen(state, now), discharged, usable))
        while waiting:
            for child in self._grown(waiting.pop(), now):
                reached(child)
            if self.budget < 0:
                return "the budget of steps"
            if pool.size + visited.size > self.most:
                return "the bound on configurations"
        del self.flight[place]
        self.free.append(bit.bit_length() - 1)
        self.total &= ~bit
        self.frontier = pool.all()
        self.widest = max(self.widest, pool.size)
        return ""

    def _grown(self, parent: Configuration, now: int) -> Iterable[Configuration]:
        """Every configuration one operation further. Of equal operations only the first, discharged or not."""
        tried: set[tuple[int, bool]] = set()
        for _, at, bit in self.flight:
            if not parent.usable & bit:
                continue
            same = (self.kind[at], bool(parent.discharged & bit))
            if same in tried:
                continue
            tried.add(same)
            after = self.after(parent.state, at)
            if after is not REFUSED:
                child = self._moved(parent, at, bit, self.seen(after, now))
                if child.state != parent.state or child.discharged != parent.discharged:
                    yield child

    def _moved(self, parent: Configuration, at: int, bit: int, state: State) -> Configuration:
        discharged, usable = parent.discharged | bit, parent.usable & ~bit
        if self.blind[at]:
            discharged |= self.total
        for _, other, mark in self.flight:
            if not discharged & mark and self.after(state, other) == state:
                discharged |= mark
        for _, other, mark in self.flight:
            if discharged & mark and self.pure[other]:
                usable &= ~mark
        return Configuration(state, discharged, usable)


def _kind(call: Call) -> object:
    """What makes two calls the same: types count, so that 1 and True are different arguments."""
    return repr(call)


class _Pool:
    """Configurations of which none dominates another."""

    __slots__ = ("_by_state", "size")

    def __init__(self) -> None:
        self._by_state: dict[State, list[Configuration]] = {}
        self.size = 0

    def add(self, new: Configuration) -> bool:
        """Whether it was new: not dominated by what is there. What it dominates is dropped."""
        there = self._by_state.setdefault(new.state, [])
        _, discharged, usable = new
        for _, other_discharged, other_usable in there:
            if discharged | other_discharged == other_discharged and usable | other_usable == other_usable:
                return False
        kept = [old for old in there if old.discharged & ~discharged or old.usable & ~usable]
        self.size += 1 + len(kept) - len(there)
        kept.append(new)
        self._by_state[new.state] = kept
        return True

    def all(self) -> list[Configuration]:
        return [configuration for group in self._by_state.values() for configuration in group]
