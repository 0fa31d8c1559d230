"""The ring while its membership changes: both lists for every partition, and quorums that meet in either."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core import planning
from dynamo.core.config import StoreConfig
from dynamo.core.errors import CallerError
from dynamo.core.partition import RING_SIZE
from dynamo.core.ring import Member, Ring
from dynamo.core.tokens import build_members
from dynamo.core.transition import TransitionRing

PARTITIONS = 12
STRATEGIES = (1, 2, 3)


@st.composite
def changes(draw: st.DrawFn) -> TransitionRing:
    """A ring in the middle of any change of one or two members."""
    strategy, n = draw(st.sampled_from(STRATEGIES)), draw(st.integers(1, 3))
    config = StoreConfig(n=n, r=1, w=1, strategy=strategy, partitions=PARTITIONS, tokens_per_node=3)
    count = draw(st.integers(1, 5))
    racks = draw(st.integers(1, 3))
    specs = [Member(f"n{at}", (), rack=f"r{at % racks}") for at in range(count)]
    before = build_members(specs, strategy, 3, PARTITIONS, spread=min(n, count))
    after = before
    for at in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["join", "leave", "replace", "weight"]))
        name = draw(st.sampled_from(after)).name
        if kind == "join":
            after = planning.joined(after, Member(f"x{at}", (), draw(st.sampled_from([0.5, 1.0, 2.0]))), config)
        elif kind == "leave" and len(after) > 1:
            after = planning.left(after, name, config)
        elif kind == "replace":
            after = planning.replaced(after, name, Member(f"x{at}", ()))
        elif kind == "weight":
            after = planning.reweighted(after, name, draw(st.sampled_from([0.5, 2.0])), config)
    return TransitionRing(
        Ring(before, n, strategy, PARTITIONS), Ring(after, n, strategy, PARTITIONS), draw(st.booleans())
    )


def keys_of(ring: TransitionRing) -> list[bytes]:
    return [b"k%d" % at for at in range(40)]


@given(changes())
def test_a_key_has_the_owners_that_it_has_in_the_old_ring_and_those_of_the_new_one(ring: TransitionRing) -> None:
    """Under strategy 1 the cut is finer than either ring's, and agrees with both."""
    for key in keys_of(ring):
        partition = ring.partition_of(key)
        old = ring.old.owners(ring.old.partition_of(key))
        new = ring.new.owners(ring.new.partition_of(key))
        assert ring.old_owners(partition) == old
        assert ring.new_owners(partition) == new
        assert ring.owners(partition) == old + tuple(name for name in new if name not in old)
        assert set(ring.owners(partition)) == {*old, *new}
        assert ring.readers(partition) == (new if ring.reads_new else old)


@given(changes())
def test_every_position_of_a_partition_belongs_to_one_partition_of_either_ring(ring: TransitionRing) -> None:
    for partition in range(ring.count):
        start, end = ring.range_of(partition)
        ends = {start, (end - 1) % RING_SIZE}
        middle = start + (end - start) % RING_SIZE // 2
        for one in (ring.old, ring.new):
            assert len({one.holding(position) for position in (*ends, middle % RING_SIZE)}) == 1
        assert {ring.holding(position) for position in ends} == {partition}


@given(changes())
def test_a_key_stands_within_the_range_of_its_partition_and_ranges_cut_the_circle_once(ring: TransitionRing) -> None:
    for key in keys_of(ring):
        start, end = ring.range_of(ring.partition_of(key))
        assert (Ring.position(key) - start) % RING_SIZE <= (end - 1 - start) % RING_SIZE
    sizes = [(end - start - 1) % RING_SIZE + 1 for start, end in map(ring.range_of, range(ring.count))]
    assert sum(sizes) == RING_SIZE


@given(changes())
def test_a_put_needs_its_quorum_in_both_lists_where_they_differ_and_in_one_where_not(ring: TransitionRing) -> None:
    for partition in range(ring.count):
        old, new = ring.old_owners(partition), ring.new_owners(partition)
        assert ring.quorums(partition) == ((old,) if set(old) == set(new) else (old, new))


@settings(deadline=None, max_examples=40)
@given(changes())
def test_a_put_with_w_in_each_list_meets_every_r_of_either_where_r_and_w_exceed_n(ring: TransitionRing) -> None:
    """Brute force: every set of acknowledgements, every set of replies."""
    for lists in {ring.quorums(partition) for partition in range(ring.count)}:
        owners = sorted({name for names in lists for name in names})
        for w in range(1, min(map(len, lists)) + 1):
            for acks in subsets(owners):
                if all(len(acks & {*names}) >= w for names in lists):
                    for asked in lists:
                        r = len(asked) - w + 1
                        assert all(acks & {*replies} for replies in combinations(asked, r))


def subsets(names: list[str]) -> list[set[str]]:
    return [set(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]


@given(changes())
def test_w_and_p_of_the_union_imply_w_in_each_list_for_lists_of_one_length(ring: TransitionRing) -> None:
    """`p` of the union are new. This is the shorter rule of the docstring; the store counts each list."""
    for partition in range(ring.count):
        old, new = {*ring.old_owners(partition)}, {*ring.new_owners(partition)}
        if len(old) == len(new):
            p = len(new - old)
            for acks in subsets(sorted(old | new)):
                for w in range(1, len(old) + 1):
                    if len(acks) >= w + p:
                        assert min(len(acks & old), len(acks & new)) >= w


def test_w_of_the_union_alone_may_be_nowhere_in_the_new_list() -> None:
    """Why the store does not count the union: two of four owners may both be old, and a get of the new list that
    waits for R=2 of N=3 then finds neither."""
    old = [Member(name, (at,)) for at, name in enumerate("abcdef")]
    swapped = {"a": (3,), "b": (4,), "c": (5,), "d": (0,), "e": (1,), "f": (2,)}
    ring = TransitionRing(
        Ring(old, 3, 3, 6), Ring([member._replace(tokens=swapped[member.name]) for member in old], 3, 3, 6), False
    )
    assert ring.quorums(0) == (("a", "b", "c"), ("d", "e", "f"))
    acks = {"a", "b"}
    assert acks <= {*ring.owners(0)}
    assert not acks & {*ring.new_owners(0)}


@given(changes())
def test_stand_ins_are_members_of_both_rings_and_follow_the_owners_once_each(ring: TransitionRing) -> None:
    staying = {*ring.old.names} & {*ring.new.names}
    for partition in range(ring.count):
        owners, walk = ring.owners(partition), ring.walk(partition)
        assert walk[: len(owners)] == owners
        stand_ins = walk[len(owners) :]
        assert {*stand_ins} == staying - {*owners}
        assert len({*walk}) == len(walk)
        assert ring.stand_ins(partition) == tuple(name for name in walk if name in staying), "not who joins or leaves"


@given(changes())
def test_stand_ins_come_in_the_order_of_the_old_ring(ring: TransitionRing) -> None:
    for key in keys_of(ring)[:10]:
        partition = ring.partition_of(key)
        stand_ins = ring.walk(partition)[len(ring.owners(partition)) :]
        assert stand_ins == tuple(name for name in ring.old.preference(key) if name in stand_ins)


@given(changes())
def test_what_a_node_gains_is_what_it_is_to_own_and_did_not(ring: TransitionRing) -> None:
    for name in ring.names:
        gained = ring.gained(name)
        assert list(gained) == sorted({*gained})
        for partition in range(ring.count):
            expected = name in ring.new_owners(partition) and name not in ring.old_owners(partition)
            assert (partition in gained) == expected


@given(changes())
def test_names_and_members_are_those_of_both_rings_as_they_will_be(ring: TransitionRing) -> None:
    assert ring.names == tuple(sorted({*ring.old.names, *ring.new.names}))
    assert tuple(member.name for member in ring.members) == ring.names
    for member in ring.members:
        assert member == (ring.new if member.name in ring.new.names else ring.old).member(member.name)


@given(changes())
def test_anti_entropy_compares_what_is_read(ring: TransitionRing) -> None:
    for name in ring.names:
        read = tuple(at for at in range(ring.count) if name in ring.readers(at))
        assert ring.partitions_of(name) == read


def simple(strategy: int) -> TransitionRing:
    config = StoreConfig(n=1, r=1, w=1, strategy=strategy, partitions=4, tokens_per_node=2)
    before = build_members([Member("a", ()), Member("b", ())], strategy, 2, 4)
    after = planning.joined(before, Member("c", ()), config)
    return TransitionRing(Ring(before, 1, strategy, 4), Ring(after, 1, strategy, 4), False)


def test_the_cut_of_strategy_1_is_at_the_old_and_the_new_tokens_together() -> None:
    ring = simple(1)
    assert (ring.old.count, ring.new.count, ring.count) == (4, 6, 6)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_partition_or_a_name_that_is_not_there_is_the_callers_error(strategy: int) -> None:
    ring = simple(strategy)
    for partition in (-1, ring.count):
        with pytest.raises(
            CallerError, match=f"^partition {partition}: this ring has partitions 0 to {ring.count - 1}$"
        ):
            ring.range_of(partition)
    with pytest.raises(CallerError, match=r"^node 'x': in neither ring \(3 members\)$"):
        ring.partitions_of("x")


def test_a_ring_in_transition_says_from_what_to_what() -> None:
    assert repr(simple(3)) == (
        "<TransitionRing from <Ring of 2 members, n=1, strategy 3, 4 partitions>"
        " to <Ring of 3 members, n=1, strategy 3, 4 partitions>>"
    )


def test_a_ring_that_would_change_its_strategy_or_its_partitions_is_our_own_bug() -> None:
    one = Ring([Member("a", (0, 1))], 1, 3, 2)
    with pytest.raises(AssertionError, match="a cluster keeps its strategy"):
        TransitionRing(one, Ring([Member("a", (0, 1))], 1, 2, 2), False)
    with pytest.raises(AssertionError, match="equal partitions never change their number"):
        TransitionRing(one, Ring([Member("a", (0, 1, 2))], 1, 3, 3), False)
