"""Frozen nodes: a copy of everything that a node knows, as bytes, and a node that goes on from them.

A node is a graph of plain objects: its components know each other, and callbacks are bound methods of them. Pickling
copies such a graph as it is, with its cycles and with what is shared inside. What never changes (configuration, rules,
rings) stays outside of the bytes: all copies share it.
"""

import copyreg
from collections.abc import Iterable
from io import BytesIO
from pickle import HIGHEST_PROTOCOL, Pickler, Unpickler
from typing import Any, Protocol

from dynamo.core.config import StoreConfig
from dynamo.core.node import Node
from dynamo.core.preference import Member
from dynamo.core.ring import Ring

_MARK, _RING_MARK = "_shared_by_all_copies", "_ring_of"
Members = tuple[Member, ...]


class MakeRing(Protocol):
    """Makes the ring of some members."""

    def __call__(self, members: Members, n: int, strategy: int, partitions: int, /) -> Ring: ...


class Rings:
    """Every ring of a cluster, once for each list of members (`dynamo.core.rules.Rules.ring`)."""

    def __init__(self, make: MakeRing) -> None:
        self._make = make
        self._rings: dict[Members, Ring] = {}
        self._members: dict[int, tuple[Ring, Members]] = {}
        self.kinds: dict[type, None] = {}

    def __call__(self, members: Members, n: int, strategy: int, partitions: int) -> Ring:
        ring = self._rings.get(members)
        if ring is None:
            ring = self._rings[members] = self._make(members, n, strategy, partitions)
            self._members[id(ring)] = (ring, members)
            self._how = (n, strategy, partitions)  # the same for all rings of a cluster
            self.kinds[type(ring)] = None
        return ring

    def members(self, ring: Ring) -> Members:
        """Whose ring it is."""
        return self._members[id(ring)][1]

    def of(self, members: Members) -> Ring:
        """The ring of these members, of a cluster that has one."""
        return self(members, *self._how)


class Marks(dict[str, int]):
    """The marks of all nodes together: not part of any node's state."""


class Choice:
    """A node's choices: always the last side, unless it is told another for the next one. While `rolling`, as a fixed
    sequence of throws has it, which begins anew with every `roll`."""

    def __init__(self) -> None:
        self.wish: int | None = None
        self.rolling = False
        self._state = 0

    def roll(self) -> None:
        self.rolling, self._state = True, 1

    def __call__(self, sides: int) -> int:
        wish, self.wish = self.wish, None
        if self.rolling:
            self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            return (self._state >> 33) % sides
        return sides - 1 if wish is None else min(wish, sides - 1)


class Freezer:
    """Copies nodes by way of bytes. `shared` are the objects that all copies share; nothing else of their types may
    be found in a node, but for rings, which are named by their members. Two freezers with the same list, in two
    processes, understand each other's bytes."""

    def __init__(self, shared: Iterable[Any], rings: Rings) -> None:
        self._rings = rings
        self._shared = list(shared)
        self._numbers = {id(thing): number for number, thing in enumerate(self._shared)}
        self._table = copyreg.dispatch_table.copy()
        for thing in self._shared:
            self._table[type(thing)] = self._number

    def freeze(self, thing: Any) -> bytes:
        """The state of `thing`, which stays as it is."""
        for kind in self._rings.kinds:
            self._table.setdefault(kind, self._ring)
        buffer = BytesIO()
        pickler = Pickler(buffer, HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._table
        pickler.dump(thing)
        return buffer.getvalue()

    def thaw(self, frozen: bytes) -> Any:
        """A new copy."""
        return _Thawing(BytesIO(frozen), self._shared, self._rings).load()

    def _ring(self, ring: Any) -> Any:
        return _ring_of, (self._rings.members(ring),)

    def _number(self, thing: Any) -> Any:
        number = self._numbers.get(id(thing))
        if number is None and isinstance(thing, StoreConfig):  # a bug may bring another one
            return thing.__reduce_ex__(HIGHEST_PROTOCOL)
        if number is None and type(thing) in self._rings.kinds:
            return self._ring(thing)
        assert number is not None, f"a {type(thing).__name__} that is not shared by all copies"
        return _shared_by_all_copies, (number,)


class _Thawing(Unpickler):
    def __init__(self, frozen: BytesIO, shared: list[Any], rings: Rings) -> None:
        super().__init__(frozen)
        self._ours = {_MARK: shared.__getitem__, _RING_MARK: rings.of}

    def find_class(self, module: str, name: str) -> Any:
        return self._ours.get(name) or super().find_class(module, name)


def _shared_by_all_copies(_number: int) -> Any:
    raise AssertionError("a thawing freezer puts the shared object in the place of this call")


def _ring_of(_members: Members) -> Any:
    raise AssertionError("a thawing freezer puts the ring of the members in the place of this call")


def tidy(node: Node) -> None:
    """Take from a node what it remembers only for speed, or is done with: the copies are smaller."""
    host = node.host
    host.effects = []
    host._partitions.clear()  # the copier knows the node from inside
    host._deadlines = sorted(entry for entry in host._deadlines if not entry[2].closed)
    node.placement.forget()
    if node.greeting.closed:
        node.greeting._then = _nothing


def _nothing(_sure: bool) -> None:
    """What a greeting does when it is over."""
