"""examples.shopping_cart: the application keeps its promise on this store, and not where the last writer wins."""

from pathlib import Path

from examples.shopping_cart import CartMachine, LastWriterWinsCart, merged, written
from tests.examples.holding import fails_in_few_steps, holds


def test_the_cart_holds_under_faults() -> None:
    holds(CartMachine)


def test_with_last_writer_wins_it_does_not_and_few_steps_show_it(tmp_path: Path) -> None:
    fails_in_few_steps(LastWriterWinsCart, tmp_path)


def test_siblings_merge_to_the_union_of_their_items() -> None:
    assert merged([written({"milk", "bread"}).encode(), b"", b"eggs"]) == {"bread", "eggs", "milk"}
