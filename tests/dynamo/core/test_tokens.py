from collections import Counter
from fractions import Fraction
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamo.core.errors import CallerError
from dynamo.core.partition import RING_SIZE
from dynamo.core.ring import Member, Ring
from dynamo.core.tokens import assign_partitions, build_members, random_tokens, reassign_partitions

weightings = st.dictionaries(
    st.sampled_from("abcdefgh"), st.one_of(st.just(1.0), st.floats(0.1, 8.0)), min_size=1, max_size=8
)


def placement(assigned: dict[str, tuple[int, ...]]) -> list[str]:
    holders = {partition: name for name, held in assigned.items() for partition in held}
    assert sorted(holders) == list(range(sum(map(len, assigned.values())))), "every partition exactly once"
    return [holders[partition] for partition in range(len(holders))]


def distance_kept(placed: list[str]) -> int:
    """The greatest d such that any d consecutive partitions, around the end as well, are of distinct nodes."""
    wide = 1
    while wide < len(placed) and all(
        len({placed[(start + step) % len(placed)] for step in range(wide + 1)}) == wide + 1
        for start in range(len(placed))
    ):
        wide += 1
    return wide


def possible(shares: Counter[str], distance: int) -> bool:
    """By exhaustive search: whether some circular order keeps any `distance` consecutive partitions distinct."""
    total = sum(shares.values())
    return any(
        Counter(order) == shares and distance_kept(list(order)) >= distance
        for order in product(sorted(shares), repeat=total)
    )


def test_tokens_are_the_same_on_every_machine() -> None:
    assert random_tokens("n1", 1.0, 2) == (
        0xAE953668C863562F0FBCB5C99AEF8050,  # md5sum of NUL, n1, NUL, 0
        0xA00385E287F9D5F2C67BFD7A92A5FC64,
    )


def test_tokens_depend_on_name_and_salt_and_a_greater_weight_only_adds() -> None:
    assert random_tokens("n1", 2.0, 3)[:3] == random_tokens("n1", 1.0, 3)
    drawn = [random_tokens(name, 1.0, 3, salt) for name in ("n1", "n2") for salt in ("", "s")]
    assert len({token for tokens in drawn for token in tokens}) == 12


@pytest.mark.parametrize(
    ("weight", "per_node", "count"), [(1.0, 8, 8), (2.0, 8, 16), (0.5, 8, 4), (0.01, 8, 1), (1.4, 3, 4)]
)
def test_the_number_of_tokens_is_proportional_to_weight_but_at_least_one(
    weight: float, per_node: int, count: int
) -> None:
    assert len(random_tokens("n1", weight, per_node)) == count


def test_tokens_are_uniform_over_the_circle() -> None:
    sixteenths = Counter(token * 16 // RING_SIZE for token in random_tokens("n1", 1.0, 16000))
    # Chi squared with 15 degrees of freedom: above 37.7 once in a thousand.
    assert sum((sixteenths[part] - 1000) ** 2 / 1000 for part in range(16)) < 37.7


@given(weightings, st.integers(1, 64), st.text(max_size=3), st.integers(1, 4))
def test_each_node_gets_its_share_by_weight_rounded_down_or_up(
    weights: dict[str, float], partitions: int, salt: str, spread: int
) -> None:
    assigned = assign_partitions(weights, partitions, salt, spread)
    assert len(placement(assigned)) == partitions
    total = sum(Fraction(weight) for weight in weights.values())
    assert list(assigned) == sorted(weights)
    for name, weight in weights.items():
        share = Fraction(weight) * partitions / total
        assert floor(share) <= len(assigned[name]) <= ceil(share)


def test_a_partition_that_is_left_over_goes_where_the_rounding_took_most() -> None:
    assert [len(held) for held in assign_partitions({"a": 1.0, "b": 2.0}, 2).values()] == [1, 1]
    shares = assign_partitions({"a": 2.125, "b": 3.25, "c": 4.625}, 10)
    assert [len(held) for held in shares.values()] == [2, 3, 5], "of 2.125, 3.25 and 4.625 the last lost most"


@given(weightings, st.integers(1, 64), st.integers(1, 5))
def test_neighbours_are_as_distinct_as_the_largest_share_allows(
    weights: dict[str, float], partitions: int, spread: int
) -> None:
    assigned = assign_partitions(weights, partitions, "s", spread)
    # The holder of m partitions is met every partitions/m places on average, so nothing wider is possible.
    widest = partitions // max(map(len, assigned.values()))
    assert distance_kept(placement(assigned)) >= min(spread, widest)


@pytest.mark.parametrize("partitions", range(1, 8))
@pytest.mark.parametrize("spread", [2, 3])
def test_neighbours_are_distinct_wherever_an_exhaustive_search_finds_a_way(partitions: int, spread: int) -> None:
    for weights in ({"a": 1.0}, {"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 3.0, "b": 2.0, "c": 2.0}, {"a": 5.0, "b": 1.0}):
        assigned = assign_partitions(weights, partitions, "", spread)
        shares = Counter(placement(assigned))
        if partitions >= spread and possible(shares, spread):
            assert distance_kept(placement(assigned)) >= spread


def test_a_spread_placement_is_not_a_round_robin() -> None:
    assigned = assign_partitions({f"n{i}": 1.0 for i in range(16)}, 256, spread=3)
    placed = placement(assigned)
    followers = {(one, placed[(at + 1) % 256]) for at, one in enumerate(placed)}
    assert len(followers) > 100  # 16 in a round robin: every node would share all of its data with two others


def test_the_salt_changes_the_placement_and_nothing_else_does() -> None:
    weights = {"a": 1.0, "b": 1.0, "c": 2.0}
    assert assign_partitions(weights, 64, "x") != assign_partitions(weights, 64, "y")
    assert assign_partitions(weights, 64, "x") == assign_partitions(dict(reversed(weights.items())), 64, "x")


@given(weightings, weightings, st.integers(1, 64), st.integers(1, 3))
def test_after_a_change_of_members_all_have_their_share_and_only_the_excess_has_moved(
    before: dict[str, float], after: dict[str, float], partitions: int, spread: int
) -> None:
    current = assign_partitions(before, partitions, "s", spread)
    changed = reassign_partitions(current, after, "s", spread)
    old, new = placement(current), placement(changed)
    total = sum(Fraction(weight) for weight in after.values())
    for name, weight in after.items():
        share = Fraction(weight) * partitions / total
        assert floor(share) <= len(changed[name]) <= ceil(share)
    moved = sum(one != other for one, other in zip(old, new, strict=True))
    assert moved == sum(max(0, len(held) - len(current.get(name, ()))) for name, held in changed.items())
    assert list(changed) == sorted(after)


@given(weightings, st.integers(1, 64))
def test_nothing_moves_where_nothing_has_changed(weights: dict[str, float], partitions: int) -> None:
    current = assign_partitions(weights, partitions)
    assert reassign_partitions(current, weights) == current


def test_a_partition_too_many_stays_with_whoever_of_equals_has_it() -> None:
    current = {"a": (0,), "b": (1, 2)}
    assert reassign_partitions(current, {"a": 1.0, "b": 1.0}) == current


@pytest.mark.parametrize("nodes", [3, 5, 8, 12])
def test_a_joining_node_takes_its_share_from_the_others_and_nothing_else_moves(nodes: int) -> None:
    weights = {f"n{i}": 1.0 for i in range(nodes)}
    current = assign_partitions(weights, 256, "s")
    joined = reassign_partitions(current, weights | {"new": 1.0}, "s")
    assert len(joined["new"]) in (256 // (nodes + 1), 256 // (nodes + 1) + 1)
    for name in weights:
        assert set(joined[name]) <= set(current[name])


def test_a_joining_node_keeps_neighbours_distinct_where_there_is_a_choice() -> None:
    weights = {f"n{i}": 1.0 for i in range(8)}
    current = assign_partitions(weights, 256, "s", spread=3)
    joined = reassign_partitions(current, weights | {"new": 1.0}, "s", spread=3)
    assert distance_kept(placement(joined)) >= 3


@pytest.mark.parametrize("strategy", [1, 2, 3])
def test_built_members_make_a_ring_and_keep_what_else_was_said_of_them(strategy: int) -> None:
    specs = [Member("b", (99,), 2.0, "h1", "r1", "d1"), Member("a", ())]
    members = build_members(specs, strategy, 6, 30)
    assert [member._replace(tokens=()) for member in members] == [specs[0]._replace(tokens=()), specs[1]]
    assert [len(member.tokens) for member in members] == ([20, 10] if strategy == 3 else [12, 6])
    assert Ring(members, 2, strategy, 30).count == (18 if strategy == 1 else 30)


def test_load_follows_weight_under_strategy_3() -> None:
    specs = [Member("big", (), 3.0), Member("small", ()), Member("other", ())]
    ring = Ring(build_members(specs, 3, 0, 100), 1, 3, 100)
    assert [len(ring.partitions_of(name)) for name in ("big", "small", "other")] == [60, 20, 20]


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_weights_must_be_positive_and_finite(weight: float) -> None:
    with pytest.raises(CallerError, match=r"^weight .* of 'a': must be positive and finite$"):
        random_tokens("a", weight, 1)
    with pytest.raises(CallerError, match=r"^weight .* of 'a': must be positive and finite$"):
        assign_partitions({"a": weight}, 4)


def test_numbers_that_cannot_be_are_refused() -> None:
    with pytest.raises(CallerError, match=r"^tokens per node 0: must be at least 1$"):
        random_tokens("a", 1.0, 0)
    with pytest.raises(CallerError, match=r"^partitions 0: must be at least 1$"):
        assign_partitions({"a": 1.0}, 0)
    with pytest.raises(CallerError, match=r"^spread 0: must be at least 1$"):
        assign_partitions({"a": 1.0}, 4, spread=0)
    with pytest.raises(CallerError, match=r"^weights: at least one node must be given$"):
        assign_partitions({}, 4)
    for current in ({"a": [0, 2]}, {"a": [0], "b": [0]}):
        with pytest.raises(CallerError, match=r"^current: every partition from 0 on must be held exactly once$"):
            reassign_partitions(current, {"a": 1.0})
    with pytest.raises(CallerError, match=r"^partitions 0: must be at least 1$"):
        reassign_partitions({}, {"a": 1.0})
