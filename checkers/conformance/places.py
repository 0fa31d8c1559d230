"""The abstraction function: what a node holds of one key, as the abstract store has it.

A place of the abstract store (memory, disk, hints, what a read has got) is two sets of writes: those that it has
*seen*, and those of them that are *gone*. A record of a dotted version vector says the same: it has seen what its
context covers, and of that is gone what is no version any more (`model.abstract.merging`). A delete has no name; it
has been seen where everything is that its messages say.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checkers.conformance.protocol import PROTOCOL
from histories.steps import Held, Name
from model.abstract.instance import instance
from model.abstract.interpreter import Interpreter, Step

LIST = "L"
"""The preference list that is in force when a trace begins."""


class Content(NamedTuple):
    """What a place holds, or a message brings: names of writes."""

    seen: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def within(self, other: "Content") -> bool:
        return self.seen <= other.seen and self.gone <= other.gone

    def and_(self, other: "Content") -> "Content":
        return Content(self.seen | other.seen, self.gone | other.gone)

    def beyond(self, other: "Content") -> tuple[str, ...]:
        """What is here and not there, for people."""
        return (*sorted(self.seen - other.seen), *(f"{name} gone" for name in sorted(self.gone - other.gone)))


class Places:
    """The state of the abstract store for one key, and what the key's records mean in it."""

    def __init__(self, lists: Mapping[str, Iterable[str]], nodes: Iterable[str], r: int, w: int,
                 writes: Mapping[str, Name | None], reads: Iterable[str]) -> None:  # fmt: skip
        """`lists` are all that are ever in force, the first one at the start."""
        self.lists = {name: tuple(owners) for name, owners in lists.items()}
        self.names = {name: dot for name, dot in writes.items() if dot is not None}
        self.dots = frozenset(self.names.values())
        self.deletes = [name for name, dot in writes.items() if dot is None]
        self.void: set[str] = set()
        """Versions that a crash took before anybody else saw them. Later contexts may cover their names."""
        self.interpreter = Interpreter(
            PROTOCOL,
            instance(
                self.lists, r, w, writes=self.names, deletes=self.deletes, reads=reads, nodes=nodes,
            ),
        )  # fmt: skip
        self.state = self.interpreter.initial
        things = self.interpreter.instance.things
        self._at = {sort: {name: at for at, name in enumerate(names)} for sort, names in things.items()}
        self._rows = {relation.name: at for at, relation in enumerate(PROTOCOL.mutable)}
        self._sorts = {relation.name: tuple(sort.name for sort in relation.sorts) for relation in PROTOCOL.mutable}

    def meaning(self, held: Held | None) -> Content:
        """What a record says."""
        if held is None:
            return Content()
        stand = set(held.dots)
        seen = {
            name
            for name, (actor, counter) in self.names.items()
            if counter <= held.context.get(actor, 0) and name not in self.void
        }
        gone = {name for name in seen if self.names[name] not in stand}
        return self.with_deletes(Content(frozenset(seen), frozenset(gone)))

    def with_deletes(self, told: Content) -> Content:
        """With the deletes whose messages say no more than what is told."""
        for name in self.deletes:
            says = self.row("sent", "sgone", name)
            if says.seen and Content(says.seen - {name}, says.gone - {name}).within(told):
                told = told.and_(Content(frozenset([name]), frozenset([name])))
        return told

    def refresh(self, node: str) -> None:
        """Know by now of the deletes that a node's record and hints have seen."""
        for seen, gone in (("has", "gone"), ("dur", "dgone"), ("hint", "hgone")):
            self.set_row(seen, gone, node, self.with_deletes(self.row(seen, gone, node)))

    def puts(self, content: Content) -> Content:
        """Without the deletes, which follow from it."""
        return Content(
            frozenset(x for x in content.seen if x in self.names), frozenset(x for x in content.gone if x in self.names)
        )

    # The state

    def row(self, seen: str, gone: str, of: str) -> Content:
        """What the relations `seen` and `gone` say of one node, write or read."""
        return Content(self.related(seen, of), self.related(gone, of))

    def related(self, relation: str, first: str) -> frozenset[str]:
        """All writes that a relation relates to one thing."""
        packed, size, at = self._bits(relation, first)
        return frozenset(name for name, number in self._at["Write"].items() if packed >> (at + size * number) & 1)

    def set_row(self, seen: str, gone: str, of: str, content: Content) -> None:
        """Let a place hold this."""
        self.relate(seen, of, content.seen)
        self.relate(gone, of, content.gone)

    def relate(self, relation: str, first: str, writes: Iterable[str]) -> None:
        """Let a relation relate exactly these writes to one thing."""
        packed, size, at = self._bits(relation, first)
        for number in self._at["Write"].values():
            packed &= ~(1 << (at + size * number))
        for name in writes:  # order-free: bits are or-ed together
            packed |= 1 << (at + size * self._at["Write"][name])
        self._put(relation, packed)

    def assign(self, relation: str, *tuples: tuple[str, ...]) -> None:
        """Let a relation hold of exactly these tuples."""
        packed = 0
        for names in tuples:
            packed |= 1 << self._bit(relation, names)
        self._put(relation, packed)

    def let(self, relation: str, holds: bool, *names: str) -> None:
        """Let a relation hold of these things, or not."""
        bit = 1 << self._bit(relation, names)
        packed = self.state[self._rows[relation]]
        self._put(relation, packed | bit if holds else packed & ~bit)

    def _put(self, relation: str, packed: int) -> None:
        row = self._rows[relation]
        self.state = (*self.state[:row], packed, *self.state[row + 1 :])

    def _bits(self, relation: str, first: str) -> tuple[int, int, int]:
        numbers = self._at[self._sorts[relation][0]]
        return self.state[self._rows[relation]], len(numbers), numbers[first]

    def _bit(self, relation: str, names: tuple[str, ...]) -> int:
        bit, stride = 0, 1
        for sort, name in zip(self._sorts[relation], names, strict=True):
            bit += stride * self._at[sort][name]
            stride *= len(self._at[sort])
        return bit

    def holds(self, relation: str, *names: str) -> bool:
        """Whether a relation holds of these things."""
        return bool(self.state[self._rows[relation]] >> self._bit(relation, names) & 1)

    def any(self, relation: str) -> bool:
        """Whether a relation holds of anything."""
        return bool(self.state[self._rows[relation]])

    @property
    def nodes(self) -> tuple[str, ...]:
        return self.interpreter.instance.things["Node"]

    @property
    def writes(self) -> tuple[str, ...]:
        return self.interpreter.instance.things["Write"]

    @property
    def reads(self) -> tuple[str, ...]:
        return self.interpreter.instance.things["Read"]

    def quorums(self, kind: str, owners: str) -> dict[str, tuple[str, ...]]:
        """The quorums of a list and who is in each; `kind` is ``read`` or ``write``."""
        rigid = self.interpreter.instance.rigid
        named = [quorum for quorum, of in sorted(rigid[f"{kind}s_of"]) if of == owners]
        return {quorum: tuple(node for q, node in sorted(rigid[f"in_{kind}"]) if q == quorum) for quorum in named}

    def broken(self, action: str, *args: str) -> tuple[str, ...]:
        """The guards that keep an action from happening now."""
        return self.interpreter.broken(self.state, Step(action, args))

    def take(self, action: str, *args: str) -> None:
        """Let an action happen, whole."""
        self.state = self.interpreter.apply(self.state, Step(action, args))

    def sentence(self, action: str, guard: str) -> str:
        """What a guard says."""
        return PROTOCOL.action(action).guard(guard).sentence


def context_of(request: str) -> str:
    """The read that stands for what the client of a put had seen."""
    return f"context of {request}"
