"""Dynamo, figure 2 and the examples told on it: a ring of nodes A to G, N=3 (sections 4.3, 4.6 and 4.9)."""

from itertools import count

from dynamo.core.partition import RING_SIZE, position
from dynamo.core.ring import Member, Ring

STEP = RING_SIZE // 16
PLACES = {name: (2 * at + 1) * STEP for at, name in enumerate("ABCDEFG")}
WITH_X = PLACES | {"X": PLACES["A"] + STEP}


def ring_of(places: dict[str, int]) -> Ring:
    return Ring([Member(name, (token,)) for name, token in places.items()], n=3, strategy=1, partitions=0)


def ranges_stored(ring: Ring, places: dict[str, int], name: str) -> set[str]:
    """The ranges (previous, last] that `name` stores, by the names of the nodes that bound them."""
    clockwise = sorted(places, key=lambda each: places[each])
    return {f"({clockwise[partition - 1]},{clockwise[partition]}]" for partition in ring.partitions_of(name)}


def key_in(places: dict[str, int], after: str, upto: str) -> bytes:
    low, high = places[after], places[upto]
    for attempt in count():
        key = f"key {attempt}".encode()
        at = position(key)
        if (low < at <= high) if low < high else (at > low or at <= high):
            return key
    raise AssertionError("unreachable")


def test_a_key_between_a_and_b_is_stored_at_b_c_and_d() -> None:
    assert ring_of(PLACES).preference(key_in(PLACES, "A", "B"))[:3] == ("B", "C", "D")


def test_d_stores_exactly_the_ranges_from_a_to_d() -> None:
    assert ranges_stored(ring_of(PLACES), PLACES, "D") == {"(A,B]", "(B,C]", "(C,D]"}


def test_every_node_stores_the_range_up_to_itself_and_the_two_before_it() -> None:
    ring, around = ring_of(PLACES), "ABCDEFG"
    for at, name in enumerate(around):
        expected = {f"({around[at - back - 1]},{around[at - back]}]" for back in range(3)}
        assert ranges_stored(ring, PLACES, name) == expected


def test_while_a_is_down_d_is_the_next_healthy_node_for_a_key_that_a_owns() -> None:
    walk = ring_of(PLACES).preference(key_in(PLACES, "G", "A"))
    assert walk[:3] == ("A", "B", "C")
    assert [name for name in walk if name != "A"][:3] == ["B", "C", "D"]


def test_x_joining_between_a_and_b_takes_one_range_from_each_of_b_c_and_d() -> None:
    before, after = ring_of(PLACES), ring_of(WITH_X)
    assert ranges_stored(after, WITH_X, "X") == {"(F,G]", "(G,A]", "(A,X]"}
    dropped = {"B": {"(F,G]"}, "C": {"(G,A]"}, "D": {"(A,X]"}}
    for name in PLACES:
        held = ranges_stored(before, PLACES, name)
        split = held - {"(A,B]"} | ({"(A,X]", "(X,B]"} if "(A,B]" in held else set())
        assert ranges_stored(after, WITH_X, name) == split - dropped.get(name, set())


def test_the_handoff_of_x_is_seen_by_single_keys() -> None:
    before, after = ring_of(PLACES), ring_of(WITH_X)
    for bounds, old, new in [("FG", "GAB", "GAX"), ("GA", "ABC", "AXB"), ("AX", "BCD", "XBC"), ("XB", "BCD", "BCD")]:
        key = key_in(WITH_X, *bounds)
        assert "".join(before.preference(key)[:3]) == old
        assert "".join(after.preference(key)[:3]) == new
