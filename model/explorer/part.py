"""One part of a breadth-first search: the states whose fingerprints fall to it, and nobody else's.

A search is made of one or more parts, which may live in processes of their own. They go from level to level together.
In each round a part expands some states of the present level; successors that are its own it keeps, the others it
sends to the part that owns them. The number of a state in the whole search is ``local number * parts + part``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from model.explorer.ancestry import FIRST, Ancestry
from model.explorer.frontier import Frontier, Spool
from model.explorer.graph import Edges
from model.explorer.properties import Always, Eventually, Property, Reachable
from model.explorer.system import System, capability, kind
from model.explorer.table import FingerprintTable

ROUND = 512
"""States that a part expands between two exchanges."""


class Met(NamedTuple):
    """A successor on its way to the part that owns it."""

    fingerprint: int
    parent: int
    """The number of the state before it, in the whole search."""
    ordinal: int
    duty: int
    """The number that the sender gives to the step's class of fairness."""
    state: Any
    """Encoded, where parts live apart."""


class Found(NamedTuple):
    """A state that breaks an `Always` or is what a `Reachable` asks for."""

    name: str
    reason: str
    number: int


@dataclass(slots=True)
class Round:
    """What a part reports after some expanding."""

    outboxes: list[list[Met]]
    waiting: int
    """States of the present level that it has not expanded yet."""
    next_level: int
    states: int
    nbytes: int
    found: list[Found] = field(default_factory=list)
    beyond: int = 0
    """Steps to states that a sealed part has not taken in."""


class Part:
    """The states that belong to part number `part` of `parts`."""

    def __init__(
        self, system: System[Any], properties: Sequence[Property], part: int, parts: int, spool: Spool | None = None
    ) -> None:
        self.system = system
        self.part, self.parts = part, parts
        self.table = FingerprintTable()
        self.ancestry = Ancestry()
        self._always = [p for p in properties if isinstance(p, Always)]
        self._reachable = [p for p in properties if isinstance(p, Reachable)]
        eventually = [p for p in properties if isinstance(p, Eventually)]
        self.edges = Edges(eventually, capability(system, "fairness")) if eventually else None
        self._taken: dict[Any, int] = {}
        """How often each step was taken, by its label."""
        self._before: dict[str, int] = {}
        """How many of each kind were taken before the search was broken off."""
        encode, decode = capability(system, "encode"), capability(system, "decode")
        assert parts == 1 or (encode and decode), "parts exchange states as bytes"
        self._encode, self._decode = (encode, decode) if parts > 1 else (None, None)
        self._level = Frontier(encode, decode, spool)
        self._next = Frontier(encode, decode, spool)
        self._found: list[Found] = []
        self._sealed = False
        self._beyond = 0
        self._expanded = 0

    # Commands

    def begin(self) -> Round:
        """Take in the first states that belong here."""
        for ordinal, state in enumerate(self.system.initial()):
            fingerprint = self.system.fingerprint(state)
            if fingerprint % self.parts == self.part:
                self._meet(fingerprint, FIRST, ordinal, -1, state)
        return self._report([[] for _ in range(self.parts)])

    def next_level(self) -> Round:
        """Make what has been found the level to expand."""
        assert not len(self._level), "a level is expanded to its end"
        self._level, self._next = self._next, self._level
        self._level.rewind()
        return self._report([[] for _ in range(self.parts)])

    def advance(self, inbox: list[list[Met]], most: int = ROUND) -> Round:
        """Take in what others sent, in the order of parts, and expand up to `most` states of the level."""
        for batch in inbox:
            for met in batch:
                state = self._decode(met.state) if self._decode else met.state
                self._meet(met.fingerprint, met.parent, met.ordinal, met.duty, state)
        outboxes: list[list[Met]] = [[] for _ in range(self.parts)]
        for number, state in self._level.take(most):
            self._expand(number, state, outboxes)
        return self._report(outboxes)

    def seal(self) -> None:
        """Take in no new states from now on: only count the steps to them."""
        self._sealed = True

    def unseal(self) -> None:
        """Nothing was left out: all that was expanded has all its edges."""
        self._sealed = False
        if self.edges is not None:
            self.edges.expanded = self._expanded

    def close(self) -> None:
        """Let go of files."""
        self._level.close()
        self._next.close()

    def parent(self, number: int) -> tuple[int, int]:
        """The parent of one of this part's states, and the ordinal of the step to it."""
        return self.ancestry.of(number // self.parts)

    def number(self, fingerprint: int) -> int:
        """The number of the state with this fingerprint in the whole search, or -1."""
        local = self.table.get(fingerprint)
        return local if local < 0 else local * self.parts + self.part

    def tally(self) -> tuple[int, dict[str, int]]:
        """Transitions, and how many of each kind."""
        counts = dict(self._before)
        for label, count in self._taken.items():
            name = kind(self.system, label)
            counts[name] = counts.get(name, 0) + count
        return sum(counts.values()), counts

    def graph(self) -> Edges | None:
        """The edges into this part's states."""
        return self.edges

    def snapshot(self) -> dict[str, Any]:
        """For a checkpoint, when a level is about to be expanded."""
        kept = {
            "fingerprints": self.table.snapshot(),
            "expanded": self._expanded,
            "coverage": self.tally()[1],
            "level": self._level.dump(),
            **self.ancestry.snapshot(),
        }
        if self.edges is not None:
            kept |= {f"edges {name}": value for name, value in self.edges.snapshot().items()}
        return kept

    def restore(self, kept: dict[str, Any]) -> Round:
        """Go on from a snapshot."""
        self.table.restore(kept["fingerprints"])
        self._expanded = kept["expanded"]
        self._before = dict(kept["coverage"])
        self.ancestry.restore(kept)
        self._level.load(kept["level"])
        if self.edges is not None:
            self.edges.restore({name[6:]: value for name, value in kept.items() if name.startswith("edges ")})
        return self._report([[] for _ in range(self.parts)])

    # Inside

    def _expand(self, number: int, state: Any, outboxes: list[list[Met]]) -> None:
        fingerprint_of, parts, mine = self.system.fingerprint, self.parts, self.part
        edges, taken, add = self.edges, self._taken, self.table.add
        plain = parts == 1 and edges is None and not self._sealed
        parent = number * parts + mine
        for ordinal, (label, after) in enumerate(self.system.steps(state)):
            taken[label] = taken.get(label, 0) + 1
            fingerprint = fingerprint_of(after)
            if plain:
                if add(fingerprint) < 0:
                    self._take_in(parent, ordinal, after)
                continue
            duty = edges.duty(label) if edges is not None else -1
            owner = fingerprint % parts
            if owner == mine:
                self._meet(fingerprint, parent, ordinal, duty, after)
            else:
                assert self._encode is not None
                outboxes[owner].append(Met(fingerprint, parent, ordinal, duty, self._encode(after)))
        self._expanded += 1
        if edges is not None and not self._sealed:
            edges.expanded = self._expanded

    def _meet(self, fingerprint: int, parent: int, ordinal: int, duty: int, state: Any) -> None:
        if self._sealed and self.table.get(fingerprint) < 0:
            self._beyond += 1
            return
        known = self.table.add(fingerprint)
        number = len(self.ancestry) if known < 0 else known
        if self.edges is not None and parent != FIRST:
            self.edges.add(parent, number * self.parts + self.part, duty)
        if known < 0:
            self._take_in(parent, ordinal, state)

    def _take_in(self, parent: int, ordinal: int, state: Any) -> None:
        """A state is new."""
        number = len(self.ancestry)
        self.ancestry.append(parent, ordinal)
        whole = number * self.parts + self.part
        for always in self._always:
            reason = always.broken(state)
            if reason is not None:
                self._found.append(Found(always.name, reason, whole))
        for reachable in self._reachable:
            if reachable.holds(state):
                self._found.append(Found(reachable.name, "", whole))
        if self.edges is not None:
            self.edges.judge(state)
        self._next.put(number, state)

    def _report(self, outboxes: list[list[Met]]) -> Round:
        found, self._found = self._found, []
        nbytes = self.table.nbytes + self.ancestry.nbytes + (self.edges.nbytes if self.edges else 0)
        return Round(outboxes, len(self._level), len(self._next), len(self.ancestry), nbytes, found, self._beyond)
