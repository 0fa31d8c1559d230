"""Frozen nodes: a copy of everything that a node knows, as bytes, and a node that goes on from them.

A node is a graph of plain objects: its components know each other, and callbacks are bound methods of them. Pickling
copies such a graph as it is, with its cycles and with what is shared inside. What never changes (configuration, rules,
rings) stays outside of the bytes: all copies share it.
"""

import copyreg
from collections.abc import Iterable
from io import BytesIO
from pickle import HIGHEST_PROTOCOL, Pickler, Unpickler
from typing import Any

from dynamo.core.config import StoreConfig
from dynamo.core.node import Node

_MARK = "_shared_by_all_copies"


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
    be found in a node. Two freezers with the same list, in two processes, understand each other's bytes."""

    def __init__(self, shared: Iterable[Any]) -> None:
        self._shared = list(shared)
        self._numbers = {id(thing): number for number, thing in enumerate(self._shared)}
        self._table = copyreg.dispatch_table.copy()
        for thing in self._shared:
            self._table[type(thing)] = self._number

    def freeze(self, thing: Any) -> bytes:
        """The state of `thing`, which stays as it is."""
        buffer = BytesIO()
        pickler = Pickler(buffer, HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._table
        pickler.dump(thing)
        return buffer.getvalue()

    def thaw(self, frozen: bytes) -> Any:
        """A new copy."""
        return _Thawing(BytesIO(frozen), self._shared).load()

    def _number(self, thing: Any) -> Any:
        number = self._numbers.get(id(thing))
        if number is None and isinstance(thing, StoreConfig):  # a bug may bring another one
            return thing.__reduce_ex__(HIGHEST_PROTOCOL)
        assert number is not None, f"a {type(thing).__name__} that is not shared by all copies"
        return _shared_by_all_copies, (number,)


class _Thawing(Unpickler):
    def __init__(self, frozen: BytesIO, shared: list[Any]) -> None:
        super().__init__(frozen)
        self._at = shared.__getitem__

    def find_class(self, module: str, name: str) -> Any:
        return self._at if name == _MARK else super().find_class(module, name)


def _shared_by_all_copies(_number: int) -> Any:
    raise AssertionError("a thawing freezer puts the shared object in the place of this call")


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
