"""Depth-first search, with sleep sets where a system knows which of its steps commute.

Few states wait at a time: those on one run. What it finds is a run that breaks a property, not a shortest one.

Sleep sets (Godefroid 1996, "Partial-order methods", chapter 5) leave out steps whose effect is reached in another
order: what has been explored from a state need not be explored again after a step that commutes with it. Every state
is still visited; what is saved are transitions. A state that is met again with a smaller sleep set is taken up again
for the steps that it slept through, so the sets are stored: four bytes a state, and each different set once.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from model.explorer.ancestry import FIRST, Ancestry, ordinals
from model.explorer.collision import chance_of_a_miss
from model.explorer.outcome import Bounds, Counterexample, Outcome
from model.explorer.properties import Always, Property, Reachable
from model.explorer.replaying import replay
from model.explorer.system import Label, System, capability, kind
from model.explorer.table import FingerprintTable

AWAKE = 0
"""The empty sleep set. A sleep set is an integer with one bit for each label that has been met."""


_ENTRY = 24 + 8 + 100
"""Bytes of one sleep set: an integer's head, its place in a list, and its entry in a dictionary with growing room."""


class _Frame(NamedTuple):
    """A state on the present run, and its steps that are still to be taken."""

    number: int
    steps: Iterator[tuple[int, Label, Any]]


class DepthFirst:
    """One search."""

    def __init__(
        self, system: System[Any], properties: Sequence[Property], bounds: Bounds, *, sleep: bool, stop: bool
    ) -> None:
        self.system, self.bounds, self.stop = system, bounds, stop
        self.properties = properties
        commute = capability(system, "independent")
        if sleep and commute is None:
            raise ValueError("sleep sets need a system that says which steps are independent")
        self._commute = commute if sleep else None
        self.table = FingerprintTable()
        self.ancestry = Ancestry()
        self._sleeps = array("I")
        self._sleep_numbers: dict[int, int] = {AWAKE: 0}
        self._sleep_sets: list[int] = [AWAKE]
        self._bits: dict[Label, int] = {}
        self._commuting: dict[int, tuple[int, int]] = {}
        """By the bit of a step: which others were asked about, and which of them commute with it."""
        self.transitions = 0
        self.deepest = 0
        self.coverage: dict[str, int] = {}
        self.found: dict[str, tuple[int, str]] = {}
        self.excluded: dict[str, None] = {}
        self._begun = bounds.clock() if bounds.clock is not None else 0.0

    @property
    def nbytes(self) -> int:
        sets = len(self._sleep_sets) * (_ENTRY + 4 * len(self._bits) // 30) if self._commute else 0
        return self.table.nbytes + self.ancestry.nbytes + 4 * len(self._sleeps) + sets

    def run(self) -> Outcome:
        """Search to the end or to a bound."""
        for ordinal, state in enumerate(self.system.initial()):
            run: list[tuple[_Frame, int]] = []
            self._meet(run, state, FIRST, ordinal, AWAKE)
            while run and not self._over():
                self._forward(run)
            if run:
                break
        return self._outcome()

    # Inside

    def _forward(self, run: list[tuple[_Frame, int]]) -> None:
        """Take the next step of the last state of the run, or go back from it."""
        frame, asleep = run[-1]
        taken = next(frame.steps, None)
        if taken is None:
            run.pop()
            return
        ordinal, label, after = taken
        self.transitions += 1
        name = kind(self.system, label)
        self.coverage[name] = self.coverage.get(name, 0) + 1
        if self._commute is None:
            self._meet(run, after, frame.number, ordinal, AWAKE)
            return
        bit = self._bit(label)
        run[-1] = (frame, asleep | 1 << bit)
        self._meet(run, after, frame.number, ordinal, self._still(asleep, bit))

    def _bit(self, label: Label) -> int:
        """The bit of a label in sleep sets."""
        return self._bits.setdefault(label, len(self._bits))

    def _still(self, asleep: int, bit: int) -> int:
        """Those asleep that commute with a step, which stay asleep after it."""
        assert self._commute is not None
        known, commuting = self._commuting.get(bit, (0, 0))
        if asleep & ~known:
            labels = list(self._bits)
            for other, label in enumerate(labels):
                if asleep & ~known & 1 << other and self._commute(label, labels[bit]):
                    commuting |= 1 << other
            known |= asleep
            self._commuting[bit] = (known, commuting)
        return asleep & commuting

    def _meet(self, run: list[tuple[_Frame, int]], state: Any, parent: int, ordinal: int, sleep: int) -> None:
        known = self.table.add(self.system.fingerprint(state))
        if known < 0:
            number = len(self.ancestry)
            self.ancestry.append(parent, ordinal)
            self._judge(number, state)
            if self._commute is not None:
                self._sleeps.append(self._sleep_number(sleep))
            missed = None
        else:
            number = known
            slept = self._sleep_sets[self._sleeps[number]] if self._commute is not None else AWAKE
            missed = slept & ~sleep
            if not missed:
                return
            sleep = sleep & slept
            self._sleeps[number] = self._sleep_number(sleep)
        if self.bounds.depth is not None and len(run) >= self.bounds.depth:
            if any(self.table.get(self.system.fingerprint(after)) < 0 for _, after in self.system.steps(state)):
                self.excluded[f"depth {self.bounds.depth}: states that far down a run are not expanded"] = None
            return
        self.deepest = max(self.deepest, len(run))
        run.append((_Frame(number, self._awake(state, sleep, missed)), sleep))

    def _awake(self, state: Any, sleep: int, missed: int | None) -> Iterator[tuple[int, Label, Any]]:
        """The steps to take: all that are not asleep, or in a state that is met again those that were missed."""
        for ordinal, (label, after) in enumerate(self.system.steps(state)):
            bit = 1 << self._bit(label) if self._commute is not None else 0
            if not sleep & bit if missed is None else missed & bit:
                yield ordinal, label, after

    def _sleep_number(self, sleep: int) -> int:
        number = self._sleep_numbers.setdefault(sleep, len(self._sleep_sets))
        if number == len(self._sleep_sets):
            self._sleep_sets.append(sleep)
        return number

    def _judge(self, number: int, state: Any) -> None:
        for asked in self.properties:
            if asked.name in self.found:
                continue
            if isinstance(asked, Always):
                reason = asked.broken(state)
                if reason is not None:
                    self.found[asked.name] = (number, reason)
            elif asked.holds(state):
                self.found[asked.name] = (number, "")

    def _over(self) -> bool:
        broken = [p.name for p in self.properties if isinstance(p, Always) and p.name in self.found]
        bounds, states = self.bounds, len(self.ancestry)
        if broken and self.stop:
            sentence = f"stopped at the first counterexample, {broken[0]!r}"
        elif bounds.states is not None and states >= bounds.states:
            sentence = f"{states} states: not all of them are expanded"
        elif bounds.memory_bytes is not None and states % 64 == 0 and self.nbytes >= bounds.memory_bytes:
            sentence = f"{self.nbytes} bytes of memory: not all of {states} states are expanded"
        elif bounds.seconds is not None and bounds.clock is not None and self._late(bounds.clock, bounds.seconds):
            sentence = f"{bounds.seconds:g} s: not all of {states} states are expanded"
        else:
            return False
        self.excluded[sentence] = None
        return True

    def _late(self, clock: Any, seconds: float) -> bool:
        return self.transitions % 64 == 0 and clock() - self._begun >= seconds

    def _run_to(self, name: str) -> Counterexample:
        number, reason = self.found[name]
        first, steps = replay(self.system, list(ordinals(self.ancestry, number))[::-1])
        return Counterexample(name, reason, first, steps)

    def _outcome(self) -> Outcome:
        always = [p.name for p in self.properties if isinstance(p, Always) and p.name in self.found]
        reachable = [p.name for p in self.properties if isinstance(p, Reachable)]
        states = len(self.ancestry)
        return Outcome(
            states=states,
            transitions=self.transitions,
            depth=self.deepest,
            memory_bytes=self.nbytes,
            complete=not self.excluded,
            excluded=tuple(self.excluded),
            counterexamples=tuple(self._run_to(name) for name in always),
            unreached=tuple(name for name in reachable if name not in self.found),
            witnesses=tuple(self._run_to(name) for name in reachable if name in self.found),
            coverage=dict(sorted(self.coverage.items())),
            missed=chance_of_a_miss(states),
        )
