"""Planning: what moves when somebody joins, leaves or changes weight (Dynamo, sections 4.9 and 6.2)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core import planning
from dynamo.core.config import StoreConfig
from dynamo.core.errors import CallerError
from dynamo.core.ring import Member, Ring
from dynamo.core.tokens import build_members, random_tokens
from dynamo.core.transition import TransitionRing

Q = 24
Members = tuple[Member, ...]
STRATEGIES = (1, 2, 3)


def config(strategy: int = 3, n: int = 3) -> StoreConfig:
    return StoreConfig(n=n, r=1, w=1, strategy=strategy, partitions=Q, tokens_per_node=4)


def founded(strategy: int = 3, count: int = 4, n: int = 3) -> Members:
    specs = [Member(f"n{at}", (), since=0) for at in range(count)]
    return build_members(specs, strategy, 4, Q, spread=min(n, count))


def between(before: Members, after: Members, strategy: int, n: int = 3) -> TransitionRing:
    return TransitionRing(Ring(before, n, strategy, Q), Ring(after, n, strategy, Q), False)


def moved(before: Members, after: Members) -> int:
    """How many tokens have another holder."""
    holder = {token: member.name for member in before for token in member.tokens}
    return sum(holder[token] != member.name for member in after for token in member.tokens)


def held(members: Members) -> Counter[str]:
    return Counter({member.name: len(member.tokens) for member in members})


NEWCOMER = Member("x", (), 1.0, since=2)


# Strategies 1 and 2: nobody's tokens change but those of the node concerned


@pytest.mark.parametrize("strategy", [1, 2])
def test_who_joins_draws_its_own_tokens_and_nobody_elses_change(strategy: int) -> None:
    before = founded(strategy)
    newcomer = Member("x", (), 2.0, "h", "r", "d", since=2)
    after = planning.joined(before, newcomer, config(strategy))
    assert {*before} < {*after}
    (x,) = {*after} - {*before}
    assert x == newcomer._replace(tokens=random_tokens("x", 2.0, 4))
    assert len(x.tokens) == 8
    assert [member.name for member in after] == sorted(member.name for member in after)


@pytest.mark.parametrize("strategy", [1, 2])
def test_a_token_that_somebody_holds_already_is_not_taken(strategy: int) -> None:
    """Else no ring could be made of the plan."""
    drawn = random_tokens("x", 1.0, 4)
    before = (Member("a", drawn[:3]), Member("b", (5,)))
    (*_, x) = planning.joined(before, NEWCOMER, config(strategy))
    assert x.tokens == drawn[3:]
    Ring((*before, x), 3, strategy, Q)


@pytest.mark.parametrize("strategy", [1, 2])
def test_who_leaves_takes_its_tokens_along_and_nobody_elses_change(strategy: int) -> None:
    before = founded(strategy)
    assert planning.left(before, "n1", config(strategy)) == tuple(m for m in before if m.name != "n1")


@pytest.mark.parametrize("strategy", [1, 2])
def test_more_weight_adds_tokens_and_less_takes_the_last_away(strategy: int) -> None:
    before = founded(strategy)
    heavier = planning.reweighted(before, "n1", 2.0, config(strategy))
    assert held(heavier) == {"n0": 4, "n1": 8, "n2": 4, "n3": 4}
    assert heavier[1].tokens[:4] == before[1].tokens
    lighter = planning.reweighted(heavier, "n1", 0.5, config(strategy))
    assert lighter[1].tokens == before[1].tokens[:2]
    assert lighter[1].weight == 0.5
    assert [m for m in lighter if m.name != "n1"] == [m for m in before if m.name != "n1"]
    Ring(heavier, 3, strategy, Q)


@pytest.mark.parametrize("strategy", [1, 2])
def test_a_little_weight_still_leaves_a_token_and_the_same_weight_changes_nothing(strategy: int) -> None:
    before = founded(strategy)
    assert held(planning.reweighted(before, "n1", 0.001, config(strategy)))["n1"] == 1
    assert planning.reweighted(before, "n1", 1.0, config(strategy)) == before


@pytest.mark.parametrize("strategy", [1, 2])
def test_weight_back_and_forth_never_gives_a_token_twice(strategy: int) -> None:
    members = founded(strategy)
    for weight in (2.0, 1.0, 3.0, 0.5, 3.0):
        members = planning.reweighted(members, "n1", weight, config(strategy))
        assert held(members)["n1"] == round(4 * weight)
        Ring(members, 3, strategy, Q)


# Strategy 3: tokens are partitions, dealt so that no more move than must


@given(st.integers(2, 7), st.sampled_from([0.5, 1.0, 2.0]))
def test_who_joins_steals_its_share_and_nothing_moves_between_the_others(count: int, weight: float) -> None:
    """ "When a node joins the system it 'steals' tokens from nodes in the system" (6.2)."""
    before = founded(count=count)
    after = planning.joined(before, NEWCOMER._replace(weight=weight), config())
    share = held(after)["x"]
    assert abs(share - Q * weight / (count + weight)) < 1
    assert moved(before, after) == share
    for member in before:
        (now,) = (each for each in after if each.name == member.name)
        assert {*now.tokens} <= {*member.tokens}
    assert sorted(token for member in after for token in member.tokens) == list(range(Q))


@given(st.integers(2, 7), st.integers(0, 6))
def test_who_leaves_deals_its_partitions_to_the_others_and_nothing_else_moves(count: int, which: int) -> None:
    """ "When a node leaves the system, its tokens are randomly distributed to the remaining nodes such that these
    properties are preserved" (6.2): everybody holds Q/S."""
    before = founded(count=count)
    gone = before[which % count]
    after = planning.left(before, gone.name, config())
    assert moved(before, after) == len(gone.tokens)
    assert sorted(token for member in after for token in member.tokens) == list(range(Q))
    counts = held(after).values()
    assert max(counts) - min(counts) <= 1


@given(st.sampled_from([0.5, 2.0, 4.0]))
def test_a_weight_moves_only_to_or_from_the_node_that_it_is_about(weight: float) -> None:
    before = founded(count=5)
    after = planning.reweighted(before, "n2", weight, config())
    assert abs(held(after)["n2"] - Q * weight / (4 + weight)) < 1
    assert moved(before, after) == abs(held(after)["n2"] - held(before)["n2"])
    assert after[2].weight == weight


@pytest.mark.parametrize("count", [4, 5, 6, 7])
def test_consecutive_partitions_stay_apart_when_somebody_joins(count: int) -> None:
    """So that N consecutive ones still have N owners each from another node's tokens."""
    members = planning.joined(founded(count=count), NEWCOMER, config())
    holder = {token: member.name for member in members for token in member.tokens}
    assert [at for at in range(Q) if len({holder[(at + step) % Q] for step in range(3)}) < 3] == []


# What that means for owners (4.9)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_when_a_node_joins_only_it_gains_under_strategies_1_and_2(strategy: int) -> None:
    """ "Due to the allocation of key ranges to X, some existing nodes no longer have to some of their keys and these
    nodes transfer those keys to X": for each range that X gains exactly one node is let off. Under strategy 3 its
    tokens are stolen from others, whose neighbours' lists change with that; X gains most."""
    before = founded(strategy, 5)
    ring = between(before, planning.joined(before, NEWCOMER, config(strategy)), strategy)
    gained = {name: len(ring.gained(name)) for name in ring.names}
    assert gained["x"] > 0
    for partition in range(ring.count):
        old, new = {*ring.old_owners(partition)}, {*ring.new_owners(partition)}
        assert len(old - new) == len(new - old)
        if strategy != 3:
            assert new - old <= {"x"}
    if strategy != 3:
        assert sum(gained.values()) == gained["x"]


@pytest.mark.parametrize("strategy", [1, 2])
def test_when_a_node_leaves_only_its_ranges_change_owners(strategy: int) -> None:
    """ "When a node is removed from the system, the reallocation of keys happens in a reverse process" (4.9)."""
    before = founded(strategy, 5)
    joined = planning.joined(before, NEWCOMER, config(strategy))
    assert planning.left(joined, "x", config(strategy)) == before
    ring = between(joined, before, strategy)
    for partition in range(ring.count):
        old, new = {*ring.old_owners(partition)}, {*ring.new_owners(partition)}
        assert old - new <= {"x"}
        assert len(new - old) == len(old - new)


def test_figure_2_with_a_new_node_between_a_and_b() -> None:
    """ "When X is added to the system, it is in charge of storing keys in the ranges (F, G], (G, A] and (A, X]. As a
    consequence, nodes B, C, and D no longer have to store the keys in these respective ranges." (4.9; N=3)"""
    before = tuple(Member(name, (at * 100 + 100,)) for at, name in enumerate("ABCDEFG"))
    ring = between(before, (*before, Member("X", (150,))), 1)
    change = {}
    for partition in range(ring.count):
        lost = {*ring.old_owners(partition)} - {*ring.new_owners(partition)}
        if partition in ring.gained("X"):
            change[ring.range_of(partition)] = lost
    assert change == {(601, 701): {"B"}, (701, 101): {"C"}, (101, 151): {"D"}}


# Replacement


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_replaces_a_dead_node_takes_over_its_tokens_and_weight_so_nothing_else_moves(strategy: int) -> None:
    """Where it stands in a place like the dead one's; in another rack, owners are spread anew."""
    before = planning.reweighted(founded(strategy), "n1", 2.0, config(strategy))
    after = planning.replaced(before, "n1", NEWCOMER)
    (dead,) = (member for member in before if member.name == "n1")
    assert {*after} == {*before} - {dead} | {NEWCOMER._replace(tokens=dead.tokens, weight=2.0)}
    ring = between(before, after, strategy)
    for partition in range(ring.count):
        assert ring.new_owners(partition) == tuple("x" if o == "n1" else o for o in ring.old_owners(partition))


# Refusals


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_name_that_is_a_member_already_cannot_come(strategy: int) -> None:
    members = founded(strategy)
    with pytest.raises(CallerError, match=r"^node 'n1': is a member already$"):
        planning.joined(members, NEWCOMER._replace(name="n1"), config(strategy))
    with pytest.raises(CallerError, match=r"^node 'n1': is a member already$"):
        planning.replaced(members, "n2", NEWCOMER._replace(name="n1"))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_name_that_is_no_member_cannot_go_and_the_members_are_named(strategy: int) -> None:
    members, setting = founded(strategy), config(strategy)
    line = r"^node 'x': is no member; members: n0, n1, n2, n3$"
    with pytest.raises(CallerError, match=line):
        planning.left(members, "x", setting)
    with pytest.raises(CallerError, match=line):
        planning.replaced(members, "x", NEWCOMER)
    with pytest.raises(CallerError, match=line):
        planning.reweighted(members, "x", 2.0, setting)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_last_member_cannot_go(strategy: int) -> None:
    with pytest.raises(CallerError, match=r"^node 'n0': is the last member; a ring needs one$"):
        planning.left(founded(strategy, 1), "n0", config(strategy))


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_weight_that_is_none_is_refused(strategy: int, weight: float) -> None:
    members, setting = founded(strategy), config(strategy)
    line = rf"^weight {weight} of '\w+': must be positive and finite$"
    with pytest.raises(CallerError, match=line):
        planning.joined(members, NEWCOMER._replace(weight=weight), setting)
    with pytest.raises(CallerError, match=line):
        planning.reweighted(members, "n1", weight, setting)
    with pytest.raises(CallerError, match=line):
        planning.replaced(members, "n1", NEWCOMER._replace(weight=weight))


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_a_name_that_cannot_be_stored_is_refused(name: str) -> None:
    with pytest.raises(CallerError, match=r"^node name .*: must not be empty or contain NUL$"):
        planning.joined(founded(), NEWCOMER._replace(name=name), config())
    with pytest.raises(CallerError, match=r"^node name .*: must not be empty or contain NUL$"):
        planning.replaced(founded(), "n1", NEWCOMER._replace(name=name))
