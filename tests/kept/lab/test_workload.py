"""Workloads: shares of intents, Zipf popularity, and the paper's shopping cart."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.lab.workload import BLIND, CART, DELETE, GET, MIXES, UPDATE, Workload, add_to_cart
from kept.sim.entropy import stream

MANY = 20_000


def intents(name: str = "mixed", keys: int = 40, skew: float = 0.6, count: int = MANY) -> list[tuple[str, bytes]]:
    draw = stream(0, "client", 0)
    workload = Workload(name, keys, skew)
    drawn = (workload.draw(draw) for _ in range(count))
    return [(intent.kind, intent.key) for intent in drawn]


@pytest.mark.parametrize("name", MIXES)
def test_intents_come_with_their_shares(name: str) -> None:
    """Tolerance: five standard deviations of a share of one half of 20,000 are 0.018."""
    assert sum(MIXES[name].values()) == pytest.approx(1)
    found = Counter(kind for kind, _ in intents(name))
    assert set(found) == set(MIXES[name])
    assert {kind: found[kind] / MANY for kind in found} == pytest.approx(MIXES[name], abs=0.018)


def test_every_intent_has_a_mix_that_it_comes_up_in() -> None:
    assert {kind for mix in MIXES.values() for kind in mix} == {GET, UPDATE, BLIND, DELETE, CART}


@pytest.mark.parametrize("skew", [0.0, 0.6, 1.0, 2.5])
def test_keys_are_drawn_with_the_popularity_of_zipf(skew: float) -> None:
    """The key of rank i has a share in proportion to 1/i^skew; tolerance as above."""
    found = Counter(key for _, key in intents("register", 10, skew))
    weights = [rank**-skew for rank in range(1, 11)]
    expected = {b"k%d" % (rank - 1): rank**-skew / sum(weights) for rank in range(1, 11)}
    assert {key: found[key] / MANY for key in expected} == pytest.approx(expected, abs=0.018)
    assert sum(found.values()) == MANY, "no other keys"


def test_carts_have_keys_of_their_own_a_quarter_as_many() -> None:
    found = intents("mixed", 12)
    assert {key for kind, key in found if kind == CART} == {b"cart0", b"cart1", b"cart2"}
    assert {key for kind, key in found if kind != CART} == {b"k%d" % number for number in range(12)}


def test_one_key_and_one_cart_are_enough() -> None:
    assert {key for _, key in intents("mixed", 1, count=200)} == {b"k0", b"cart0"}


def test_a_cart_is_the_union_of_its_siblings_and_the_new_item() -> None:
    """Section 4.4: an added item is never lost, a removed one may come back."""
    assert add_to_cart((b"a,b", b"b,c"), b"d") == b"a,b,c,d"
    assert add_to_cart((), b"d") == b"d"


ITEM = st.text("xyz123.", min_size=1, max_size=4).map(str.encode)
CARTS = st.lists(st.lists(ITEM, max_size=4).map(b",".join), max_size=4)


@given(CARTS, ITEM)
def test_no_item_of_any_sibling_is_lost_from_a_cart_and_their_order_does_not_matter(
    carts: list[bytes], item: bytes
) -> None:
    merged = add_to_cart(carts, item)
    assert set(merged.split(b",")) == {part for cart in carts for part in cart.split(b",") if part} | {item}
    assert add_to_cart(list(reversed(carts)), item) == merged
    assert add_to_cart([merged], item) == merged
