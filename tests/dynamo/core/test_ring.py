from itertools import islice
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.errors import CallerError
from dynamo.core.partition import RING_SIZE
from dynamo.core.partition import position as position_of
from dynamo.core.ring import Member, Ring

positions = st.one_of(st.integers(0, RING_SIZE - 1), st.integers(0, 40), st.integers(RING_SIZE - 40, RING_SIZE - 1))


class Setup(NamedTuple):
    members: list[Member]
    n: int
    strategy: int
    partitions: int

    @property
    def ring(self) -> Ring:
        return Ring(self.members, self.n, self.strategy, self.partitions)


@st.composite
def setups(draw: st.DrawFn, strategies: tuple[int, ...] = (1, 2, 3), placed: bool = True) -> Setup:
    """Any small ring; with `placed`, machines may carry several members and stand in racks and data centres."""
    strategy = draw(st.sampled_from(strategies))
    names = [f"n{index}" for index in range(draw(st.integers(1, 6)))]
    if strategy == 3:
        partitions = draw(st.integers(1, 24))
        tokens = list(range(partitions))
    else:
        partitions = draw(st.integers(1, 12))
        tokens = draw(st.lists(positions, unique=True, min_size=1, max_size=18))
    holders = [draw(st.sampled_from(names)) for _ in tokens]
    members = []
    for name in draw(st.permutations(names)):
        held = tuple(token for token, holder in zip(tokens, holders, strict=True) if holder == name)
        member = Member(name, held)
        if placed:
            host = draw(st.integers(0, 4))
            member = member._replace(host=f"h{host}", rack=f"r{host // 2}", datacenter=draw(st.sampled_from(["", "d"])))
        members.append(member)
    return Setup(members, draw(st.integers(1, 4)), strategy, partitions)


def walk_by_brute_force(setup: Setup, partition: int) -> list[str]:
    """Sort all tokens by their clockwise distance from where the partition is placed; then take distinct names."""
    tokens = sorted((token, member.name) for member in setup.members for token in member.tokens)
    if setup.strategy == 3:
        origin, circle = partition, setup.partitions
    elif setup.strategy == 2:
        origin, circle = -(-(partition + 1) * RING_SIZE // setup.partitions), RING_SIZE
    else:
        origin, circle = tokens[partition][0], RING_SIZE
    walk: list[str] = []
    for _, name in sorted(tokens, key=lambda each: (each[0] - origin) % circle):
        if name not in walk:
            walk.append(name)
    return walk + sorted(member.name for member in setup.members if not member.tokens)


@given(setups(placed=False))
def test_walks_of_a_plain_cluster_are_the_clockwise_walks_over_sorted_tokens(setup: Setup) -> None:
    ring = setup.ring
    for partition in range(ring.count):
        assert list(ring.walk(partition)) == walk_by_brute_force(setup, partition)


@given(setups(strategies=(1,), placed=False), st.binary(max_size=4))
def test_a_key_of_strategy_1_belongs_to_the_first_token_at_or_after_it(setup: Setup, key: bytes) -> None:
    at = position_of(key)
    tokens = [(token, member.name) for member in setup.members for token in member.tokens]
    assert setup.ring.preference(key)[0] == min(tokens, key=lambda each: (each[0] - at) % RING_SIZE)[1]


@given(setups())
def test_a_walk_meets_every_member_once_and_its_owners_first(setup: Setup) -> None:
    ring = setup.ring
    for partition in range(ring.count):
        owners = ring.owners(partition)
        assert sorted(ring.walk(partition)) == list(ring.names) == sorted(member.name for member in setup.members)
        assert owners == ring.walk(partition)[: setup.n]
        assert len(owners) == min(setup.n, len(setup.members))


@given(setups())
def test_owners_are_on_distinct_machines_where_there_are_enough(setup: Setup) -> None:
    ring = setup.ring
    holders = [member for member in setup.members if member.tokens]
    machines = len({member.machine for member in holders})
    for partition in range(ring.count):
        owners = [name for name in ring.owners(partition) if ring.member(name).tokens]
        assert len({ring.member(name).machine for name in owners}) == min(len(owners), machines)


@given(setups())
def test_who_holds_no_token_owns_nothing_where_others_are_enough(setup: Setup) -> None:
    """(A rack of its own made one of them an owner of every partition.)"""
    holders = {member.name for member in setup.members if member.tokens}
    for partition in range(setup.ring.count):
        owners = setup.ring.owners(partition)
        assert {*owners} <= holders if len(holders) >= setup.n else holders <= {*owners}


@given(setups(strategies=(1, 2)), st.sets(positions, min_size=1, max_size=4), st.sampled_from(["", "h0", "h9"]))
def test_a_new_member_changes_only_the_owners_of_ranges_that_it_takes(
    setup: Setup, tokens: set[int], host: str
) -> None:
    taken = {token for member in setup.members for token in member.tokens}
    newcomer = Member("new", tuple(sorted(tokens - taken)), host=host)
    before, after = setup.ring, setup._replace(members=[*setup.members, newcomer]).ring
    for partition in range(after.count):  # every range of `after` lies within one range of `before`
        start = after.range_of(partition)[0]
        old, new = before.owners(before_partition(before, start)), after.owners(partition)
        assert "new" in new or new == old


@given(setups(strategies=(1, 2), placed=False), st.sets(positions, min_size=1, max_size=4))
def test_a_new_member_of_a_plain_cluster_replaces_at_most_the_last_owner(setup: Setup, tokens: set[int]) -> None:
    taken = {token for member in setup.members for token in member.tokens}
    newcomer = Member("new", tuple(sorted(tokens - taken)))
    before, after = setup.ring, setup._replace(members=[*setup.members, newcomer]).ring
    for partition in range(after.count):
        start = after.range_of(partition)[0]
        old, new = before.owners(before_partition(before, start)), after.owners(partition)
        stayed = [name for name in new if name != "new"]
        assert stayed == list(islice(old, len(stayed)))
        assert len(stayed) >= len(new) - 1


def before_partition(ring: Ring, at: int) -> int:
    """The partition of a position, found by looking at all ranges."""
    for partition in range(ring.count):
        start, end = ring.range_of(partition)
        if (start <= at < end) if start < end else (at >= start or at < end):
            return partition
    raise AssertionError("no range contains the position")


@given(setups())
def test_the_partitions_of_a_node_are_those_that_it_owns(setup: Setup) -> None:
    ring = setup.ring
    for name in ring.names:
        assert ring.partitions_of(name) == tuple(p for p in range(ring.count) if name in ring.owners(p))
    for one in ring.names:
        for other in ring.names:
            both = tuple(p for p in range(ring.count) if {one, other} <= set(ring.owners(p)))
            assert ring.partitions_shared(one, other) == both


@given(setups(), st.binary(max_size=6))
def test_the_preference_list_of_a_key_is_the_walk_of_the_partition_whose_range_contains_it(
    setup: Setup, key: bytes
) -> None:
    ring = setup.ring
    partition = before_partition(ring, position_of(key))
    assert ring.partition_of(key) == partition
    assert ring.preference(key) == ring.walk(partition) == ring.preference(key)


@given(setups(), st.randoms(use_true_random=False))
def test_neither_the_order_of_members_nor_that_of_their_tokens_nor_of_questions_shows(
    setup: Setup, chance: object
) -> None:
    shuffle = chance.shuffle  # type: ignore[attr-defined]
    members = [member._replace(tokens=member.tokens[::-1]) for member in setup.members]
    shuffle(members)
    ring, again = setup.ring, setup._replace(members=members).ring
    asked = list(range(ring.count))
    shuffle(asked)
    assert {p: again.owners(p) for p in asked} == {p: ring.walk(p)[: ring.n] for p in asked}
    assert {p: again.walk(p) for p in asked} == {p: ring.walk(p) for p in asked}


def test_the_range_of_strategy_1_ends_with_its_token() -> None:
    ring = Ring([Member("a", (100,)), Member("b", (200,))], n=1, strategy=1, partitions=0)
    assert [ring.range_of(0), ring.range_of(1)] == [(201, 101), (101, 201)]
    assert [ring.owners(0), ring.owners(1)] == [("a",), ("b",)]


def test_a_partition_of_strategy_2_goes_to_the_nodes_met_from_its_end_not_to_tokens_inside_it() -> None:
    quarter = RING_SIZE // 4
    members = [Member("inside", (quarter // 2,)), Member("at-end", (quarter,)), Member("far", (3 * quarter,))]
    ring = Ring(members, n=2, strategy=2, partitions=4)
    assert ring.owners(0) == ("at-end", "far")
    assert ring.owners(3) == ("inside", "at-end")


def test_a_member_without_tokens_owns_only_where_owners_would_be_too_few() -> None:
    members = [Member("a", ()), Member("b", (0,)), Member("c", (1,))]
    assert Ring(members, n=2, strategy=3, partitions=2).owners(1) == ("c", "b")
    assert Ring(members, n=3, strategy=3, partitions=2).owners(1) == ("c", "b", "a")


def test_data_centres_are_served_in_turn() -> None:
    members = [Member(f"n{i}", (i,), datacenter="east" if i < 3 else "west") for i in range(6)]
    ring = Ring(members, n=3, strategy=3, partitions=6)
    assert ring.walk(0) == ("n0", "n3", "n1", "n2", "n4", "n5")


def test_members_are_told_sorted_by_name() -> None:
    ring = Ring([Member("b", (1,)), Member("a", (0,))], n=1, strategy=3, partitions=2)
    assert ring.names == ("a", "b")
    assert [member.tokens for member in ring.members] == [(0,), (1,)]
    assert repr(ring) == "<Ring of 2 members, n=1, strategy 3, 2 partitions>"


A, B = Member("a", (0,)), Member("b", (1,))


@pytest.mark.parametrize(
    ("members", "n", "strategy", "partitions", "message"),
    [
        ([A, B], 1, 4, 2, "strategy 4: must be 1, 2 or 3"),
        ([A, B], 0, 3, 2, "n 0: must be at least 1"),
        ([A, B], 1, 2, 0, "partitions 0: must be at least 1 under strategy 2"),
        ([], 1, 1, 0, "members: a ring needs at least one"),
        ([A, A._replace(tokens=(1,))], 1, 1, 0, "member name 'a': is given twice"),
        ([A, Member("", (1,))], 1, 1, 0, "member name '': must not be empty or contain NUL"),
        ([Member("a\0", (1,))], 1, 1, 0, r"member name 'a\\x00': must not be empty or contain NUL"),
        ([Member("a", ())], 1, 1, 0, "members: none of them has a token"),
        ([A, B._replace(tokens=(0,))], 1, 1, 0, "token 0: is held twice, by 'a' and by 'b'"),
        ([Member("a", (7, 7))], 1, 2, 5, "token 7: is held twice, by 'a' and by 'a'"),
        ([Member("a", (-1,))], 1, 1, 0, r"token -1 of 'a': must be at least 0 and below 2\^128"),
        ([Member("a", (RING_SIZE,))], 1, 2, 9, r"token \d+ of 'a': must be at least 0 and below 2\^128"),
        ([A, Member("b", (2,))], 1, 3, 2, "token 2 of 'b': must be at least 0 and below the number of partitions, 2"),
        ([A, B], 1, 3, 3, "partition 2: is no member's token; strategy 3 needs all 3 held"),
        ([B], 1, 3, 2, "partition 0: is no member's token; strategy 3 needs all 2 held"),
    ],
)
def test_a_ring_that_cannot_be_is_refused_with_one_clear_line(
    members: list[Member], n: int, strategy: int, partitions: int, message: str
) -> None:
    with pytest.raises(CallerError, match=f"^{message}$"):
        Ring(members, n, strategy, partitions)


def test_questions_about_partitions_and_nodes_that_do_not_exist_are_refused() -> None:
    ring = Ring([A, B], n=1, strategy=3, partitions=2)
    for partition in (-1, 2):
        for ask in (ring.walk, ring.owners, ring.range_of):
            ring.walk(1)
            with pytest.raises(CallerError, match=f"^partition {partition}: this ring has partitions 0 to 1$"):
                ask(partition)
    for question in (ring.member, ring.partitions_of, lambda name: ring.partitions_shared("a", name)):
        with pytest.raises(CallerError, match=r"^node 'z': not a member of this ring"):
            question("z")
