"""What clients do: which operation, on which key, with which context.

Values are unique in a run, so a value names its put. Keys are drawn from a Zipf distribution. A *cart* is the paper's
shopping cart (section 4.4): a set in one cell, read, merged over its siblings, extended and written back with the
context of the read.
"""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from kept.sim.entropy import Stream

GET, UPDATE, BLIND, DELETE, CART = "get", "update", "blind", "delete", "cart"
INTENTS = (GET, UPDATE, BLIND, DELETE, CART)

MIXES: dict[str, dict[str, float]] = {
    "mixed": {GET: 0.35, UPDATE: 0.28, BLIND: 0.12, DELETE: 0.10, CART: 0.15},
    "register": {GET: 0.5, UPDATE: 0.5},
    "cart": {GET: 0.2, CART: 0.8},
    "blind": {GET: 0.4, BLIND: 0.6},
    "delete": {GET: 0.25, UPDATE: 0.35, DELETE: 0.4},
}
"""Shares of each intent. An update or delete uses the context that the client kept, or gets one first; a cart always
reads first. So the shares are of intents, not of operations."""


class Habits(NamedTuple):
    """How clients behave, as chances per operation."""

    loses_context: float = 0.05
    dies: float = 0.004
    gives_up: float = 0.1
    """Does not retry after a time-out."""
    contact_tries: int = 3


class Intent(NamedTuple):
    kind: str
    key: bytes


class Workload:
    """Draws intents for all clients of a run from the same distribution."""

    def __init__(self, name: str, keys: int, skew: float) -> None:
        mix = MIXES[name]
        self._kinds: Sequence[str] = tuple(mix)
        self._shares = list(accumulate(mix.values()))
        self._keys = [b"k%d" % i for i in range(keys)]
        self._carts = [b"cart%d" % i for i in range(max(1, keys // 4))]
        self._popularity = _zipf(len(self._keys), skew)
        self._cart_popularity = _zipf(len(self._carts), skew)

    def draw(self, random: Stream) -> Intent:
        """The next thing that a client wants."""
        kind = self._kinds[bisect(self._shares, random.random() * self._shares[-1])]
        if kind == CART:
            return Intent(kind, self._carts[bisect(self._cart_popularity, random.random())])
        return Intent(kind, self._keys[bisect(self._popularity, random.random())])


def _zipf(count: int, skew: float) -> list[float]:
    """Cumulative popularity of `count` keys; the last is 1."""
    weights = list(accumulate((rank + 1) ** -skew for rank in range(count)))
    total = weights[-1]
    return [*(weight / total for weight in weights[:-1]), 1.0]


def add_to_cart(siblings: Sequence[bytes], item: bytes) -> bytes:
    """The merge of all siblings of a cart, and one item more: what the paper's application does."""
    items = {part for value in siblings for part in value.split(b",") if part}
    items.add(item)
    return b",".join(sorted(items))
