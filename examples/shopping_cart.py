"""The shopping cart of the Dynamo paper (section 4.4): "add to cart" is never forgotten.

A cart is one cell that holds a set of items. Whoever changes it reads all siblings, merges them, and writes the whole
set back with the context of the read. So an item that was added is in the cart for good, unless somebody takes it out;
an item that was taken out may come back, as the paper says.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kept.testing import StoreMachine
from kept.testing.machine import clients, of_machine

CART = "cart"


def merged(siblings: Iterable[bytes]) -> set[str]:
    """The union of all siblings."""
    return {item for sibling in siblings for item in sibling.decode().split(",") if item}


def written(items: Iterable[str]) -> str:
    return ",".join(sorted(items))


class CartMachine(StoreMachine):
    """Customers fill one cart from several devices, under every fault that the store promises to survive."""

    keys = ()
    """No requests but the application's."""

    def begin(self) -> None:
        self.asked: list[str] = []
        """Every item that somebody wanted in the cart."""
        self.added: set[str] = set()
        """Those whose addition was acknowledged."""
        self.removed: set[str] = set()
        """Those that somebody wanted out again."""

    def change(self, client: int, more: Iterable[str] = (), less: Iterable[str] = ()) -> bool:
        """Read, merge, write back; whether that was acknowledged."""
        seen = self.cluster.get(CART, client=client)
        if not seen.ok:
            return False
        items = (merged(seen.values) | set(more)) - set(less)
        return self.cluster.put(CART, written(items), seen, client=client).ok

    @rule(client=clients())
    def add(self, client: int) -> None:
        item = self.fresh_value()
        self.asked.append(item)
        if self.change(client, more=[item]):
            self.added.add(item)

    @rule(first=st.integers(0, 2), second=st.integers(0, 2))
    def add_on_two_devices(self, first: int, second: int) -> None:
        """Both read before either writes."""
        reads = [self.cluster.get(CART, client=client) for client in (first, second)]
        for client, seen in zip((first, second), reads, strict=True):
            item = self.fresh_value()
            self.asked.append(item)
            if seen.ok and self.cluster.put(CART, written(merged(seen.values) | {item}), seen, client=client).ok:
                self.added.add(item)

    @precondition(lambda self: self.asked)
    @rule(client=clients(), item=of_machine(lambda machine: machine.asked))
    def remove(self, client: int, item: str) -> None:
        self.removed.add(item)
        self.change(client, less=[item])

    def at_rest(self) -> None:
        found = self.cluster.get(CART)
        assert found.ok, "at rest the cart can be read"
        items = merged(found.values)
        lost = sorted(self.added - self.removed - items)
        assert not lost, f"{', '.join(lost)} was added to the cart, and is not in it"
        assert items <= set(self.asked), "nobody wanted that"


class LastWriterWinsCart(CartMachine):
    """The same application on a store that keeps one of two concurrent writes: it loses items."""

    config: ClassVar[dict[str, Any]] = {"versions": "lww"}
