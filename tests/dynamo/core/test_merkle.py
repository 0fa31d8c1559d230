"""Merkle trees: a function of their content, brought up to date lazily, compared without visiting what is equal."""

from collections.abc import Callable
from hashlib import md5
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamo.core import merkle
from dynamo.core.errors import PeerError
from dynamo.core.merkle import EMPTY_DIGEST, MerkleForest, Path, differing, leaf_path
from dynamo.core.siblings import NOTHING, Siblings, Version

KEYS = [b"key%d" % n for n in range(40)] + [b""]
STATES = [NOTHING] + [Siblings({"a": n}, (Version("a", n, b"%d" % n),)) for n in (1, 2)]
Content = dict[bytes, Siblings]
contents = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(STATES))
overlapping = st.builds(  # two contents that mostly agree
    lambda shared, one, other: ({**shared, **one}, {**shared, **other}),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(STATES), min_size=10),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(STATES), max_size=3),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(STATES), max_size=3),
)
touches = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(KEYS), st.none() | st.sampled_from(STATES), st.booleans()),
    min_size=20,
    max_size=80,
)


def forest(content: Content, depth: int = 2) -> MerkleForest:
    grown = MerkleForest(depth)
    for key, state in content.items():
        grown.touch(0, key, state)
    return grown


def descend(mine: MerkleForest, theirs: MerkleForest) -> tuple[set[bytes], set[Path]]:
    """Anti-entropy without messages: the keys that differ, and the nodes whose children or keys were exchanged."""
    keys: set[bytes] = set()
    visited: set[Path] = set()
    todo: list[Path] = [()] if mine.root(0) != theirs.root(0) else []
    while todo:
        path = todo.pop()
        visited.add(path)
        if len(path) == mine.depth:
            keys.update(differing(mine.leaf(0, path), theirs.leaf(0, path)))
        else:
            todo += [(*path, n) for n in differing(mine.children(0, path), theirs.children(0, path))]
    return keys, visited


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 2), touches)
def test_the_trees_depend_on_the_content_and_not_on_how_it_came_about(
    depth: int, run: list[tuple[int, bytes, Siblings | None, bool]]
) -> None:
    grown = MerkleForest(depth)
    expected: list[Content] = [{}, {}]
    for partition, key, state, ask in run:
        grown.touch(partition, key, state)
        expected[partition].pop(key, None)
        if state is not None:
            expected[partition][key] = state
        if ask:
            grown.root(partition)
    for partition, content in enumerate(expected):
        fresh = forest(content, depth)
        assert grown.root(partition) == fresh.root(0)
        for level in range(depth):
            for path in product(range(16), repeat=level):
                assert grown.children(partition, path) == fresh.children(0, path)
        leaves = [grown.leaf(partition, path) for path in product(range(16), repeat=depth)]
        held = {key: digest for leaf in leaves for key, digest in leaf.items()}
        assert held == {key: state.digest for key, state in content.items()}


@settings(max_examples=200, deadline=None)
@given(st.tuples(contents, contents) | overlapping)
def test_roots_are_equal_exactly_where_contents_are(pair: tuple[Content, Content]) -> None:
    one, other = pair
    assert (forest(one).root(0) == forest(other).root(0)) == (one == other)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3), st.tuples(contents, contents) | overlapping)
def test_a_descent_finds_exactly_the_keys_that_differ_and_visits_only_what_is_above_them(
    depth: int, pair: tuple[Content, Content]
) -> None:
    one, other = pair
    keys, visited = descend(forest(one, depth), forest(other, depth))
    expected = {key for key in KEYS if one.get(key) != other.get(key)}
    assert keys == expected
    assert visited == {leaf_path(key, depth)[:n] for key in expected for n in range(depth + 1)}


def test_one_difference_among_many_keys_costs_one_path() -> None:
    content = {b"k%d" % n: STATES[1] for n in range(5000)}
    keys, visited = descend(forest(content), forest({**content, b"k77": STATES[2]}))
    assert keys == {b"k77"}
    assert len(visited) == 3


def test_a_tombstone_is_content_and_an_absent_key_is_not() -> None:
    assert forest({b"k": NOTHING}).root(0) != EMPTY_DIGEST
    assert len(forest({b"k": NOTHING}).root(0)) == 16
    emptied = forest({b"k": NOTHING})
    emptied.root(0)
    emptied.touch(0, b"k", None)
    assert emptied.root(0) == EMPTY_DIGEST == MerkleForest().root(0)
    assert emptied.children(0, ()) == {}
    assert (emptied._trees[0].inner, emptied._trees[0].leaves) == ({}, {}), "nodes without keys are not stored"


def test_a_state_under_another_key_of_the_same_leaf_is_another_content() -> None:
    one, other = [key for key in KEYS if leaf_path(key, 1) == leaf_path(KEYS[0], 1)][:2]
    roots = [forest({key: STATES[1]}, depth=1).root(0) for key in (one, other)]
    swapped = [forest({one: STATES[1 + n], other: STATES[2 - n]}, depth=1).root(0) for n in (0, 1)]
    assert len({*roots, *swapped}) == 4


def test_roots_name_every_partition_that_was_asked_for() -> None:
    grown = forest({b"k": STATES[1]})
    assert grown.roots([5, 0]) == {5: EMPTY_DIGEST, 0: grown.root(0)}


def test_a_dropped_partition_is_empty_and_the_others_stay() -> None:
    grown = forest({b"k": STATES[1]})
    grown.touch(1, b"k", STATES[1])
    before = grown.root(1)
    grown.root(0)
    grown.touch(0, b"l", STATES[1])
    grown.drop(0)
    grown.drop(7)
    assert grown.roots([0, 1]) == {0: EMPTY_DIGEST, 1: before}


def test_a_write_hashes_nothing_and_a_question_only_the_paths_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    grown = forest({b"k%d" % n: STATES[1] for n in range(1000)})
    grown.root(0)
    hashed: list[str] = []

    def counted(name: str) -> Callable[[Any], bytes]:
        digest: Callable[[Any], bytes] = getattr(merkle, name)

        def count(below: Any) -> bytes:
            hashed.append(name)
            return digest(below)

        return count

    monkeypatch.setattr(merkle, "_leaf_digest", counted("_leaf_digest"))
    monkeypatch.setattr(merkle, "_inner_digest", counted("_inner_digest"))
    state = Siblings({"a": 9}, ())
    grown.touch(0, b"k7", state)
    assert hashed == []
    assert state._digest is None
    grown.root(0)
    assert hashed == ["_leaf_digest", "_inner_digest", "_inner_digest"]
    grown.touch(0, b"k7", Siblings({"a": 9}, ()))
    grown.root(0)
    grown.root(0)
    assert len(hashed) == 3, "an equal state changes no path"


def test_a_leaf_is_chosen_by_the_last_nibbles_of_the_md5() -> None:
    for key in KEYS:
        assert leaf_path(key, 3) == tuple(int(nibble, 16) for nibble in md5(key).hexdigest()[:-4:-1])


def test_the_keys_of_one_partition_spread_over_all_leaves() -> None:
    """The ring takes the leading bits of the md5; keys that agree in the first byte still fill all 16 leaves."""
    partition = [key for key in (b"k%d" % n for n in range(40_000)) if md5(key).digest()[0] == 0]
    assert {leaf_path(key, 1)[0] for key in partition} == set(range(16))


def test_children_and_leaves_are_sorted() -> None:
    grown = forest({b"k%d" % n: STATES[1] for n in range(300)}, depth=1)
    assert list(grown.children(0, ())) == list(range(16))
    assert list(grown.leaf(0, (3,))) == sorted(grown.leaf(0, (3,)))


def test_a_path_of_another_shape_is_the_peers_error() -> None:
    grown = MerkleForest(2)
    with pytest.raises(PeerError, match="no inner node"):
        grown.children(0, (1, 2))
    for path in ((), (1,), (1, 2, 3)):
        with pytest.raises(PeerError, match="no leaf"):
            grown.leaf(0, path)
    assert grown.children(0, (99,)) == {}
    assert grown.leaf(0, (99, 99)) == {}


digests = st.dictionaries(st.integers(0, 15), st.sampled_from((b"x", b"y")))


@given(digests, digests)
def test_differing_is_the_sorted_symmetric_difference(mine: dict[int, bytes], theirs: dict[int, bytes]) -> None:
    assert differing(mine, theirs) == tuple(n for n in range(16) if mine.get(n) != theirs.get(n))


# What transfers and changes of the ring ask for


@given(st.integers(1, 2), contents, st.integers(1, 50))
def test_pages_name_every_key_once_by_whole_leaves_and_each_as_many_as_it_takes(
    depth: int, content: Content, limit: int
) -> None:
    grown = forest(content, depth)
    named: list[tuple[bytes, bytes]] = []
    first = 0
    while first != -1:
        entries, following = grown.page(0, first, limit)
        leaves = [leaf_path(key, depth) for key, _ in entries]
        assert leaves == sorted(leaves)
        assert [path for path in dict.fromkeys(leaves) if len(grown.leaf(0, path)) != leaves.count(path)] == []
        if leaves:
            assert len(entries) - leaves.count(leaves[-1]) < limit, "without its last leaf it would be too short"
        assert following == -1 or (following > first and len(entries) >= limit)
        named += entries
        first = following
    assert len({key for key, _ in named}) == len(named)
    assert dict(named) == grown.digests(0) == {key: state.digest for key, state in content.items()}


def test_a_page_begins_at_the_leaf_that_is_asked_for_whether_it_has_keys_or_not() -> None:
    grown = forest({b"k%d" % n: STATES[1] for n in range(300)}, depth=1)
    assert {leaf_path(key, 1)[0] for key, _ in grown.page(0, 5, 1_000)[0]} == set(range(5, 16))
    assert grown.page(0, 15, 1)[1] == -1
    assert grown.page(0, 16, 1) == grown.page(0, 10**9, 1) == grown.page(3, 0, 1) == ((), -1)


def test_a_page_sees_what_was_written_since_the_last() -> None:
    grown = forest({b"k": STATES[1]})
    assert grown.page(0, 0, 9)[0] == ((b"k", STATES[1].digest),)
    grown.touch(0, b"k", STATES[2])
    assert grown.page(0, 0, 9)[0] == ((b"k", STATES[2].digest),)
    grown.touch(0, b"k", None)
    assert grown.page(0, 0, 9) == ((), -1)


def test_the_keys_of_a_partition_are_sorted_and_those_that_are_gone_are_not_among_them() -> None:
    grown = forest({b"b": STATES[1], b"a": STATES[2], b"c": STATES[1]})
    grown.touch(0, b"c", None)
    grown.touch(4, b"d", STATES[1])
    assert grown.keys(0) == (b"a", b"b")
    assert grown.keys(4) == (b"d",)
    assert grown.keys(9) == ()
    assert grown.partitions == (0, 4)


@given(contents, st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_a_forest_that_is_regrouped_is_the_one_that_was_always_cut_so(
    content: Content, old: int, new: int, ask: bool
) -> None:
    """Strategy 1 cuts the key space anew at every change of membership (6.2)."""
    grown, expected = MerkleForest(2), MerkleForest(2)
    for key, state in content.items():
        grown.touch(len(key) * 7 % old, key, state)
        expected.touch(sum(key) % new, key, state)
    if ask:
        grown.roots(range(old))
    grown.regroup(lambda key: sum(key) % new)
    assert grown.partitions == expected.partitions
    assert grown.roots(range(4)) == expected.roots(range(4))
    for partition in range(4):
        assert grown.digests(partition) == expected.digests(partition)
        for nibble in range(16):
            assert grown.children(partition, (nibble,)) == expected.children(partition, (nibble,))
