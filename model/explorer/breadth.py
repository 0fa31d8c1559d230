"""Breadth-first search over one or more parts, level by level: counterexamples are as short as any."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Protocol

from model.explorer.ancestry import FIRST
from model.explorer.checkpoint import BadCheckpoint, Checkpoint
from model.explorer.collision import chance_of_a_miss
from model.explorer.fairness import Graph, Stuck
from model.explorer.outcome import Bounds, Counterexample, Outcome, Taken
from model.explorer.part import Found, Met, Round
from model.explorer.properties import Eventually, Property, Reachable
from model.explorer.system import System, capability


class Crew(Protocol):
    """The parts of a search, wherever they live."""

    parts: int

    def each(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of every part, each with its own arguments, at once; the results in the order of parts."""
        ...

    def one(self, part: int, method: str, *arguments: Any) -> Any:
        """Call a method of one part."""
        ...


class Here:
    """Parts in this process, one after the other."""

    def __init__(self, members: Sequence[object]) -> None:
        self.members = members
        self.parts = len(members)

    def each(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [getattr(part, method)(*given) for part, given in zip(self.members, arguments, strict=True)]

    def one(self, part: int, method: str, *arguments: Any) -> Any:
        return getattr(self.members[part], method)(*arguments)


class Search:
    """A breadth-first search: where it stands, and what it has found."""

    def __init__(
        self,
        properties: Sequence[Property],
        bounds: Bounds,
        crew: Crew,
        system: System[Any],
        replay: Callable[[list[int]], tuple[Any, tuple[Taken, ...]]],
        stop: bool = True,
        exact: bool = False,
    ) -> None:
        self.properties, self.bounds, self.crew, self.system, self.stop = properties, bounds, crew, system, stop
        self._replay, self._exact = replay, exact
        self.levels: list[int] = []
        self.found: dict[str, Found] = {}
        self.excluded: list[str] = []
        self._begun = bounds.clock() if bounds.clock is not None else 0.0
        self._rounds: list[Round] = []
        self._resumed = False

    def run(self, at_level: Callable[["Search"], None] | None = None) -> Outcome:
        """Search to the end or to a bound. `at_level` is called before each level."""
        if not self.levels:
            self._note(self._each("begin"))
            self.levels.append(self._states())
        while not self._over() and (self._resumed or self._next_level()):
            if at_level is not None and not self._resumed:
                at_level(self)
            self._resumed = False
            self._expand_level()
        return self._outcome()

    def save(self) -> Checkpoint:
        """Where the search stands; to be called by `at_level`."""
        found = tuple((one.name, one.reason, one.number) for one in self.found.values())
        return Checkpoint(tuple(self.levels), found, tuple(self._each("snapshot")))

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on where a search over as many parts stood."""
        if len(checkpoint.parts) != self.crew.parts:
            raise BadCheckpoint(f"the checkpoint is of {len(checkpoint.parts)} parts, the search of {self.crew.parts}")
        self._resumed = True
        self.levels = list(checkpoint.levels)
        self.found = {name: Found(name, reason, number) for name, reason, number in checkpoint.found}
        self._note(self.crew.each("restore", [(part,) for part in checkpoint.parts]))

    # Levels and rounds

    def _next_level(self) -> bool:
        """Go to the next level, if there is one."""
        if not any(one.next_level or one.waiting for one in self._rounds):
            return False
        depth = len(self.levels) - 1
        if self.bounds.depth is not None and depth >= self.bounds.depth:
            self._expand_last_level(depth)
            return False
        self._note(self._each("next_level"))
        return True

    def _expand_last_level(self, depth: int) -> None:
        """Expand the states at the bound on the depth, to see whether anything lies behind them."""
        self._note(self._each("next_level"))
        self._each("seal")
        self._expand_level()
        beyond = sum(one.beyond for one in self._rounds)
        if beyond:
            self._exclude(f"depth {depth}: {beyond} steps lead further away")
        elif not self.excluded:
            self._each("unseal")

    def _expand_level(self) -> None:
        before = self._states()
        inboxes: list[list[list[Met]]] = [[] for _ in range(self.crew.parts)]
        while True:
            rounds = self.crew.each("advance", [(inbox,) for inbox in inboxes])
            self._note(rounds)
            inboxes = [[one.outboxes[to] for one in rounds] for to in range(self.crew.parts)]
            under_way = any(batch for inbox in inboxes for batch in inbox)
            if (self._over() and not under_way) or not (under_way or any(one.waiting for one in rounds)):
                break
            if self._over():  # take in what is under way, expand nothing more
                self._note(self.crew.each("advance", [(inbox, 0) for inbox in inboxes]))
                break
        new = self._states() - before
        if new:
            self.levels.append(new)

    def _each(self, method: str) -> list[Any]:
        return self.crew.each(method, [() for _ in range(self.crew.parts)])

    def _note(self, rounds: list[Round]) -> None:
        self._rounds = rounds
        for one in rounds:
            for found in one.found:
                self.found.setdefault(found.name, found)

    # Bounds

    def _states(self) -> int:
        return sum(one.states for one in self._rounds)

    def _over(self) -> bool:
        """Whether to stop: something was found, or a bound is met."""
        broken = [p.name for p in self.properties if not isinstance(p, Reachable) and p.name in self.found]
        if broken and self.stop:
            self._exclude(f"stopped at the first counterexample, {broken[0]!r}")
            return True
        waiting = sum(one.waiting + one.next_level for one in self._rounds)
        if not waiting:
            return False
        bounds, states = self.bounds, self._states()
        nbytes = sum(one.nbytes for one in self._rounds)
        if bounds.states is not None and states >= bounds.states:
            self._exclude(f"{states} states: {waiting} of them are not expanded")
        elif bounds.memory_bytes is not None and nbytes >= bounds.memory_bytes:
            self._exclude(f"{nbytes} bytes of memory: {waiting} of {states} states are not expanded")
        elif bounds.seconds is not None and self._elapsed() >= bounds.seconds:
            self._exclude(f"{bounds.seconds:g} s: {waiting} of {states} states are not expanded")
        return bool(self.excluded)

    def _elapsed(self) -> float:
        assert self.bounds.clock is not None
        return self.bounds.clock() - self._begun

    def _exclude(self, sentence: str) -> None:
        if not self.excluded:
            self.excluded.append(sentence)

    # The report

    def path(self, number: int) -> list[int]:
        """The ordinals from a first state to this one."""
        found: list[int] = []
        while number != FIRST:
            number, ordinal = self.crew.one(number % self.crew.parts, "parent", number)
            found.append(ordinal)
        return found[::-1]

    def run_to(self, found: Found) -> Counterexample:
        """The run to a state that was found."""
        first, steps = self._replay(self.path(found.number))
        return Counterexample(found.name, found.reason, first, steps)

    def _outcome(self) -> Outcome:
        tallies: list[tuple[int, dict[str, int]]] = self._each("tally")
        coverage: dict[str, int] = {}
        for _, counts in tallies:
            for name, count in counts.items():
                coverage[name] = coverage.get(name, 0) + count
        reachable = [p.name for p in self.properties if isinstance(p, Reachable)]
        broken = [self.run_to(self.found[p.name]) for p in self.properties if self._is_broken(p)]
        broken += self._never()
        states = self._states()
        return Outcome(
            states=states,
            transitions=sum(count for count, _ in tallies),
            depth=len(self.levels) - 1,
            memory_bytes=sum(one.nbytes for one in self._rounds),
            complete=not self.excluded,
            excluded=tuple(self.excluded),
            counterexamples=tuple(broken),
            unreached=tuple(name for name in reachable if name not in self.found),
            witnesses=tuple(self.run_to(self.found[name]) for name in reachable if name in self.found),
            coverage=dict(sorted(coverage.items())),
            missed=chance_of_a_miss(states, self._exact),
            levels=tuple(self.levels),
        )

    def _never(self) -> list[Counterexample]:
        """Runs that break `Eventually` properties."""
        asked = [p for p in self.properties if isinstance(p, Eventually)]
        if not asked:
            return []
        graph = Graph(self._each("graph"))
        found = []
        for bit, eventually in enumerate(asked):
            stuck = min(graph.stuck(bit), key=lambda one: (bool(one.walk), len(self.path(one.state))), default=None)
            if stuck is not None:
                found.append(self._stuck(eventually.name, stuck))
        return found

    def _stuck(self, name: str, stuck: Stuck) -> Counterexample:
        first, steps = self._replay(self.path(stuck.state))
        if not stuck.walk:
            return Counterexample(name, "the run ends here", first, steps)
        cycle: list[Taken] = []
        state = steps[-1].state if steps else first
        for number, duty in stuck.walk:
            step = next(step for step in self._steps(state, duty) if self._number(step.state) == number)
            cycle.append(step)
            state = step.state
        return Counterexample(name, "the run goes round for ever, and is fair", first, steps, tuple(cycle))

    def _steps(self, state: Any, duty: Hashable | None) -> Iterator[Taken]:
        fairness = capability(self.system, "fairness")
        for label, after in self.system.steps(state):
            if duty is None or (fairness is not None and fairness(label) == duty):
                yield Taken(label, after)

    def _number(self, state: Any) -> int:
        fingerprint = self.system.fingerprint(state)
        return int(self.crew.one(fingerprint % self.crew.parts, "number", fingerprint))

    def _is_broken(self, asked: Property) -> bool:
        return not isinstance(asked, Reachable | Eventually) and asked.name in self.found
