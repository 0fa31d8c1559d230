"""Whom a coordinator asks: "the first N healthy nodes from the preference list" (Dynamo, section 4.6)."""

from itertools import chain, combinations

import pytest

from dynamo.core.placement import Target
from tests.dynamo.core.cluster import Cluster
from tests.dynamo.core.operating import SETTLED_US, begin, joining


def targets(cluster: Cluster, down: str) -> list[tuple[str, str]]:
    """The targets of partition 0 as `a` sees them, with `down` held to be down."""
    detector = cluster.nodes["a"].host.detector
    for name in down:
        detector.missed(name, cluster.now_us)
    return [tuple(target) for target in cluster.nodes["a"].placement.targets(cluster.key())]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        ("", [("a", ""), ("b", ""), ("c", "")]),
        ("d", [("a", ""), ("b", ""), ("c", "")]),
        ("b", [("a", ""), ("d", "b"), ("c", "")]),
        ("bc", [("a", ""), ("d", "b"), ("e", "c")]),
        ("bd", [("a", ""), ("e", "b"), ("c", "")]),
        ("bcd", [("a", ""), ("e", "b"), ("c", "")]),
        ("bcde", [("a", ""), ("b", ""), ("c", "")]),
    ],
)
def test_the_next_healthy_nodes_stand_in_for_owners_that_are_down(down: str, expected: list[tuple[str, str]]) -> None:
    """An owner for which no healthy node is left stands for itself."""
    assert targets(Cluster("abcde"), down) == expected


@pytest.mark.parametrize("down", ["".join(c) for c in chain.from_iterable(combinations("bcde", k) for k in range(5))])
def test_there_are_always_n_distinct_targets_and_every_owner_is_served_once(down: str) -> None:
    found = targets(Cluster("abcde"), down)
    assert len({node for node, _ in found}) == 3
    assert sorted(owner or node for node, owner in found) == ["a", "b", "c"]
    assert all(node not in down for node, owner in found if owner)


@pytest.mark.parametrize("down", ["b", "bc", "bcde"])
def test_under_a_strict_quorum_the_targets_are_the_owners(down: str) -> None:
    cluster = Cluster("abcde", sloppy=False)
    assert targets(cluster, down) == [("a", ""), ("b", ""), ("c", "")]
    assert cluster.nodes["a"].placement.fallback(cluster.key(), set()) is None


def test_a_fallback_is_the_next_healthy_node_that_is_not_taken() -> None:
    cluster = Cluster("abcde")
    placement = cluster.nodes["a"].placement
    cluster.nodes["a"].host.detector.missed("d", cluster.now_us)
    assert placement.fallback(cluster.key(), {"a", "b", "c"}) == "e"
    assert placement.fallback(cluster.key(), {"a", "c"}) == "b"
    assert placement.fallback(cluster.key(), set("abce")) is None


def test_with_fewer_members_than_n_all_of_them_are_targets() -> None:
    cluster = Cluster("ab", n=3)
    assert cluster.nodes["a"].placement.targets(cluster.key()) == (Target("a", ""), Target("b", ""))


def test_an_owner_that_is_heard_again_is_a_target_again() -> None:
    cluster = Cluster("abcd")
    assert targets(cluster, "b")[1] == ("d", "b")
    cluster.nodes["a"].host.detector.heard("b", cluster.now_us)
    assert targets(cluster, "")[1] == ("b", "")


def readers(cluster: Cluster) -> list[tuple[str, ...]]:
    """Whom `a` asks, by partition; where everybody is healthy, or the quorum strict."""
    node = cluster.nodes["a"]
    keys = [cluster.key(partition=partition) for partition in range(8)]
    found = [node.placement.readers(key) for key in keys]
    expected = [node.host.ring.readers(node.host.partition(key)) for key in keys]
    assert [tuple(node for node, owner in targets if not owner) for targets in found] == expected
    return expected


def test_while_the_membership_changes_a_strict_get_asks_the_owners_of_before_though_some_are_down() -> None:
    cluster = joining("transfer", sloppy=False)
    cluster.nodes["a"].host.detector.missed("b", cluster.now_us)
    assert all("x" not in owners for owners in readers(cluster))
    assert any("b" in owners for owners in readers(cluster))


def test_each_change_of_the_membership_has_readers_of_its_own() -> None:
    cluster = joining("transfer")
    before = readers(cluster)
    cluster.run(SETTLED_US)
    begin(cluster, "a", "leave", "d")
    cluster.reach("a", "transfer")
    assert readers(cluster) != before
