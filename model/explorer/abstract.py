"""The abstract protocols of `model.abstract` as systems to explore: one definition for solvers and explorer.

`AbstractSystem` takes one state at a time: for depth-first search, sleep sets, symmetry and liveness.
`explore_abstract` searches over columns of states (`model.explorer.lanes`), which is many times faster and judges
promises and goals. Both are worked out from the protocol (`model.abstract.transitions`), and what a search over
columns finds is executed again by the interpreter.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from hashlib import blake2b

from model.abstract.evaluation import State
from model.abstract.grounding import Grounding, given
from model.abstract.instance import Instance
from model.abstract.interpreter import Interpreter, Step
from model.abstract.logic import Formula
from model.abstract.protocol import Protocol
from model.abstract.transitions import Transition, constants, transitions
from model.explorer import columns, packed
from model.explorer.breadth import Crew, Here, Search
from model.explorer.commuting import commute, footprint
from model.explorer.lanes import LanePart
from model.explorer.outcome import Bounds, Outcome, Taken
from model.explorer.packed import Packed, test
from model.explorer.properties import Always, Property, Reachable
from model.explorer.symmetry import shuffles

UNBOUNDED = Bounds()


class AbstractSystem:
    """A protocol on an instance as a `System`. States are integers, one bit for each tuple; labels are `Step`s.

    `symmetric` names sorts whose things are alike: states that differ by a renaming of them count as one. `fair` says
    by the action's name which class of fairness a step belongs to; steps of other actions may be neglected.
    """

    def __init__(
        self,
        protocol: Protocol,
        instance: Instance,
        symmetric: Sequence[str] = (),
        fair: Mapping[str, Hashable] | None = None,
    ) -> None:
        self.protocol = protocol
        self.instance = instance
        self.interpreter = Interpreter(protocol, instance)
        self.grounding = Grounding(protocol, instance)
        self._transitions = list(transitions(self.grounding))
        self._steps = packed.steps(self._transitions)
        self._shuffles = shuffles(self.grounding, symmetric) if symmetric else ()
        self._fair = fair or {}
        self._nbytes = -(-len(self.grounding.bits) // 8)
        self._widths = _widths(protocol, instance)

    # What is explored

    def initial(self) -> Iterator[Packed]:
        yield self.packed(self.interpreter.initial)

    def steps(self, state: Packed) -> Iterator[tuple[Step, Packed]]:
        return self._steps(state)

    def fingerprint(self, state: Packed) -> int:
        chosen = min(state, *(shuffle.apply(state) for shuffle in self._shuffles)) if self._shuffles else state
        return int.from_bytes(blake2b(chosen.to_bytes(self._nbytes, "little"), digest_size=8).digest())

    def encode(self, state: Packed) -> bytes:
        return state.to_bytes(self._nbytes, "little")

    def decode(self, code: bytes) -> Packed:
        return int.from_bytes(code, "little")

    def fairness(self, label: Step) -> Hashable | None:
        return self._fair.get(label.action)

    # What is asked

    def properties(self, invariants: Sequence[str] | None = None, goals: Sequence[str] = ()) -> tuple[Property, ...]:
        """The invariants of these names, or all promises; and that the goals of these names are reached."""
        always = [self._always(name) for name in (self.protocol.properties if invariants is None else invariants)]
        return (*always, *(self._reachable(name) for name in goals))

    def _always(self, name: str) -> Always:
        named = self.protocol.invariant(name)
        return Always(name, _broken(test(self.grounding.ground(named.formula, {}, False)), named.sentence))

    def _reachable(self, name: str) -> Reachable:
        return Reachable(name, test(self.grounding.ground(self.protocol.goal(name).formula, {})))

    # States for people, and for the interpreter

    def packed(self, state: State) -> Packed:
        """A state of the interpreter, packed."""
        found = 0
        for row, width in zip(reversed(state), reversed(self._widths), strict=True):
            found = found << width | row
        return found

    def rows(self, state: Packed) -> State:
        """The state as the interpreter has it."""
        found = []
        for width in self._widths:
            found.append(state & (1 << width) - 1)
            state >>= width
        return tuple(found)


class CommutingSystem(AbstractSystem):
    """An `AbstractSystem` that knows which steps commute. It has no symmetry: sleep sets know no renamed steps."""

    def __init__(self, protocol: Protocol, instance: Instance) -> None:
        super().__init__(protocol, instance)
        self._footprints = {one.step: footprint(one) for one in self._transitions}

    def independent(self, one: Step, other: Step) -> bool:
        """Whether the steps touch different bits, or touch the same ones alike."""
        return one != other and commute(self._footprints[one], self._footprints[other])


class Lanes:
    """A protocol on an instance, prepared for searching over columns.

    Asked are the `invariants` of these names, or all promises, and that the `goals` of these names are reached.
    """

    def __init__(
        self,
        protocol: Protocol,
        instance: Instance,
        invariants: Sequence[str] | None = None,
        goals: Sequence[str] = (),
    ) -> None:
        self.system = AbstractSystem(protocol, instance)
        self.properties = self.system.properties(invariants, goals)
        grounding = self.system.grounding
        packed = next(self.system.initial())
        initial = {bit: bool(packed >> bit & 1) for bit in grounding.bits.values()}
        steps = list(transitions(grounding))
        known = constants(grounding, steps, initial)
        self.layout = columns.Layout(len(initial), known)
        self.steps = [self._varying(step) for step in steps if given(step.possible, known) is not False]
        self.first = self.layout.pack(initial)
        self.exact = self.layout.words == 1
        """Whether fingerprints are one to one with states."""

    def part(self, number: int = 0, parts: int = 1) -> LanePart:
        """One part of a search."""
        protocol = self.system.protocol
        always = [protocol.invariant(asked.name) for asked in self.properties if isinstance(asked, Always)]
        goals = [protocol.goal(asked.name) for asked in self.properties if isinstance(asked, Reachable)]
        broken = {named.name: (self._test(named.formula, False), named.sentence) for named in always}
        wanted = {named.name: self._test(named.formula, True) for named in goals}
        moves = [columns.Move(step, self.layout) for step in self.steps]
        return LanePart(self.first, moves, broken, wanted, number, parts)

    def replay(self, ordinals: Sequence[int]) -> tuple[Packed, tuple[Taken, ...]]:
        """The run of these steps, executed by the interpreter."""
        interpreter = self.system.interpreter
        state = interpreter.initial
        taken = []
        for ordinal in ordinals[1:]:
            step = self.steps[ordinal].step
            assert not interpreter.broken(state, step), f"the interpreter refuses {step}"
            state = interpreter.apply(state, step)
            taken.append(Taken(step, self.system.packed(state)))
        return self.system.packed(interpreter.initial), tuple(taken)

    def search(self, bounds: Bounds = UNBOUNDED, stop: bool = True, crew: Crew | None = None) -> Search:
        """A search, not yet begun: in this process, or by a crew of such parts."""
        crew = crew or Here([self.part()])
        return Search(self.properties, bounds, crew, self.system, self.replay, stop, self.exact)

    def _varying(self, step: Transition) -> Transition:
        return step._replace(becomes=tuple(pair for pair in step.becomes if pair[0] in self.layout.places))

    def _test(self, formula: Formula, value: bool) -> columns.Test:
        return self.layout.test(self.system.grounding.ground(formula, {}, value))


def explore_abstract(
    protocol: Protocol,
    instance: Instance,
    bounds: Bounds = UNBOUNDED,
    *,
    invariants: Sequence[str] | None = None,
    goals: Sequence[str] = (),
    stop: bool = True,
) -> Outcome:
    """Search an instance breadth first for broken `invariants` (the promises, unless named) and for `goals`.

    Counts what `explore(AbstractSystem(protocol, instance))` counts: states, transitions, levels.
    """
    return Lanes(protocol, instance, invariants, goals).search(bounds, stop).run()


def _broken(fails: Callable[[Packed], bool], sentence: str) -> Callable[[Packed], str | None]:
    return lambda state: sentence if fails(state) else None


def _widths(protocol: Protocol, instance: Instance) -> tuple[int, ...]:
    """How many tuples each mutable relation has: the bits of each row, in the order of `Grounding.bits`."""
    found = []
    for relation in protocol.mutable:
        width = 1
        for sort in relation.sorts:
            width *= len(instance.things[sort.name])
        found.append(width)
    return tuple(found)
