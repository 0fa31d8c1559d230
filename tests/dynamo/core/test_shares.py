"""Shares: what a ring derives from its readers, against the definition read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.errors import CallerError
from dynamo.core.ring import Member, Ring
from dynamo.core.shares import Shares


class Written(Shares):
    """A ring whose readers are written down."""

    def __init__(self, lists: list[list[str]], names: str = "abcde") -> None:
        super().__init__()
        self.lists = lists
        self.count = len(lists)
        self.names = tuple(names)
        self.asked = 0

    def readers(self, partition: int) -> tuple[str, ...]:
        self.asked += 1
        return tuple(self.lists[partition])

    def _check_name(self, name: str) -> None:
        if name not in self.names:
            raise CallerError(f"node {name!r}: no")


LISTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=3, unique=True), max_size=6)


@given(LISTS)
def test_a_nodes_partitions_are_those_that_it_answers_reads_of(lists: list[list[str]]) -> None:
    ring = Written(lists)
    for name in ring.names:
        assert ring.partitions_of(name) == tuple(at for at, readers in enumerate(lists) if name in readers)


@given(LISTS)
def test_two_nodes_share_what_both_answer_reads_of_whoever_is_named_first(lists: list[list[str]]) -> None:
    ring = Written(lists)
    for one in ring.names:
        for other in ring.names:
            both = tuple(at for at, readers in enumerate(lists) if one in readers and other in readers)
            assert ring.partitions_shared(one, other) == ring.partitions_shared(other, one) == both


@given(LISTS)
def test_neighbours_are_the_others_with_whom_a_node_shares_something(lists: list[list[str]]) -> None:
    ring = Written(lists)
    for name in ring.names:
        sharing = [other for other in ring.names if other != name and ring.partitions_shared(name, other)]
        assert ring.neighbours(name) == tuple(sharing)


def test_what_was_computed_once_is_kept() -> None:
    ring = Written([["a", "b"], ["b", "c"]])
    first = (ring.partitions_of("a"), ring.partitions_shared("a", "b"), ring.neighbours("b"))
    asked = ring.asked
    assert (ring.partitions_of("a"), ring.partitions_shared("b", "a"), ring.neighbours("b")) == first
    assert ring.asked == asked


def test_a_node_that_is_not_in_the_ring_is_the_callers_error() -> None:
    ring = Ring([Member("a", (0,)), Member("b", (1,))], 1, 3, 2)
    for ask in (ring.partitions_of, ring.neighbours):
        with pytest.raises(CallerError, match=r"^node 'x': not a member of this ring \(2 members\)$"):
            ask("x")
    for pair in (("a", "x"), ("x", "a")):
        with pytest.raises(CallerError, match="node 'x'"):
            ring.partitions_shared(*pair)


def test_a_ring_that_does_not_know_its_readers_or_names_is_our_own_bug() -> None:
    class Half(Shares):
        count, names = 1, ("a",)

    with pytest.raises(AssertionError, match="every ring knows its names"):
        Half().partitions_of("a")
    with pytest.raises(AssertionError, match="every ring knows its readers"):
        Half().readers(0)
