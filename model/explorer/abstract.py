"""The abstract protocols of `model.abstract` as systems to explore: one definition for solvers and explorer.

`AbstractSystem` steps the interpreter, state by state. `explore_abstract` does the same search over columns, hundreds
of times faster; what it finds is executed again by the interpreter before it is reported.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b

from model.abstract.evaluation import State
from model.abstract.grounding import Grounding, given
from model.abstract.instance import Instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import Formula
from model.abstract.protocol import Named, Protocol
from model.abstract.transitions import Transition, constants, transitions
from model.explorer.breadth import Here, Search
from model.explorer.columns import Layout, Move
from model.explorer.commuting import Footprint, commute, footprint
from model.explorer.lanes import LanePart
from model.explorer.outcome import Bounds, Outcome, Taken
from model.explorer.properties import Always, Property, Reachable
from model.explorer.system import Label

UNBOUNDED = Bounds()


class AbstractSystem:
    """A protocol on an instance, as a `System`; it also commutes and encodes. Labels are `Step`s."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        self.protocol = protocol
        self.instance = instance
        self.interpreter = Interpreter(protocol, instance)
        sizes = {sort: len(names) for sort, names in instance.things.items()}
        self._widths: list[int] = []
        for relation in protocol.mutable:
            width = 1
            for sort in relation.sorts:
                width *= sizes[sort.name]
            self._widths.append(width)
        self._nbytes = -(-sum(self._widths) // 8)
        self._footprints: dict[Step, Footprint] = {}

    def initial(self) -> Iterator[State]:
        yield self.interpreter.initial

    def steps(self, state: State) -> Iterator[tuple[Step, State]]:
        return self.interpreter.successors(state)

    def fingerprint(self, state: State) -> int:
        return int.from_bytes(blake2b(self.encode(state), digest_size=8).digest())

    def encode(self, state: State) -> bytes:
        packed = 0
        for row, width in zip(reversed(state), reversed(self._widths), strict=True):
            packed = packed << width | row
        return packed.to_bytes(self._nbytes, "little")

    def decode(self, code: bytes) -> State:
        packed = int.from_bytes(code, "little")
        rows = []
        for width in self._widths:
            rows.append(packed & (1 << width) - 1)
            packed >>= width
        return tuple(rows)

    def independent(self, one: Label, other: Label) -> bool:
        """Whether the steps touch different bits, or touch the same ones alike."""
        if not self._footprints:
            steps = transitions(Grounding(self.protocol, self.instance))
            self._footprints = {step.step: footprint(step) for step in steps}
        assert isinstance(one, Step), one
        assert isinstance(other, Step), other
        return one != other and commute(self._footprints[one], self._footprints[other])

    def properties(self, names: Sequence[str] | None = None) -> tuple[Property, ...]:
        """The invariants (those named, or all promises) and the goals."""
        chosen = self.protocol.properties if names is None else names
        always = [self._always(self.protocol.invariant(name)) for name in chosen]
        return (*always, *(Reachable(goal.name, self._holds(goal.formula)) for goal in self.protocol.goals))

    def _always(self, named: Named) -> Always:
        holds, sentence = self._holds(named.formula), named.sentence
        return Always(named.name, lambda state: None if holds(state) else sentence)

    def _holds(self, formula: Formula) -> Callable[[State], bool]:
        return lambda state: self.interpreter.holds(state, formula)


class Lanes:
    """A protocol on an instance, prepared for searching over columns."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        self.protocol = protocol
        self.interpreter = Interpreter(protocol, instance)
        self.grounding = Grounding(protocol, instance)
        initial = dict.fromkeys(self.grounding.bits.values(), False)
        for relation in protocol.mutable:
            for row in sorted(self.interpreter.value(self.interpreter.initial, relation.name)):
                initial[self.grounding.bits[relation.name, row]] = True
        steps = list(transitions(self.grounding))
        known = constants(self.grounding, steps, initial)
        self.layout = Layout(len(initial), known)
        self.steps = [self._varying(step) for step in steps if given(step.possible, known) is not False]
        self.first = self.layout.pack(initial)
        self.exact = self.layout.words == 1
        """Whether fingerprints are one to one with states."""

    def part(self, invariants: Sequence[str], number: int = 0, parts: int = 1) -> LanePart:
        """One part of a search for broken `invariants` and for the goals."""
        chosen = [self.protocol.invariant(name) for name in invariants]
        broken = {n.name: (self.layout.test(self.grounding.ground(n.formula, {}, False)), n.sentence) for n in chosen}
        wanted = {n.name: self.layout.test(self.grounding.ground(n.formula, {})) for n in self.protocol.goals}
        moves = [Move(step, self.layout) for step in self.steps]
        return LanePart(self.first, moves, broken, wanted, number, parts)

    def replay(self, ordinals: Sequence[int]) -> tuple[State, tuple[Taken, ...]]:
        """The run of these steps, executed by the interpreter."""
        state = self.interpreter.initial
        taken = []
        for ordinal in ordinals[1:]:
            step = self.steps[ordinal].step
            assert not self.interpreter.broken(state, step), f"the interpreter refuses {step}"
            state = self.interpreter.apply(state, step)
            taken.append(Taken(step, state))
        return self.interpreter.initial, tuple(taken)

    def _varying(self, step: Transition) -> Transition:
        return step._replace(becomes=tuple(pair for pair in step.becomes if pair[0] in self.layout.places))


def explore_abstract(
    protocol: Protocol,
    instance: Instance,
    bounds: Bounds = UNBOUNDED,
    *,
    invariants: Sequence[str] | None = None,
    stop: bool = True,
) -> Outcome:
    """Search an instance breadth first for broken `invariants` (the promises, unless named) and for the goals.

    Counts what `AbstractSystem` counts: states, transitions and levels are the same.
    """
    names = protocol.properties if invariants is None else tuple(invariants)
    lanes = Lanes(protocol, instance)
    return lane_search(lanes, names, bounds, stop).run()


def lane_search(lanes: Lanes, names: Sequence[str], bounds: Bounds, stop: bool) -> Search:
    """The search in this process, not yet begun."""
    system = AbstractSystem(lanes.protocol, lanes.interpreter.instance)
    return Search(system.properties(names), bounds, Here([lanes.part(names)]), system, lanes.replay, stop, lanes.exact)
