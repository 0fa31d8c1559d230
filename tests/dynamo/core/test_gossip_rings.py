"""Two rings that do not know each other meet through a seed and become one (Dynamo, section 4.8.2)."""

import pytest

from dynamo.core.messages import GossipSyn, LetIn
from tests.dynamo.core.cluster import SECOND, Packet, of
from tests.dynamo.core.operating import SETTLED_US, joining, names
from tests.dynamo.core.rings import coming_over, two_rings


@pytest.mark.parametrize("first", [True, False])
def test_of_two_rings_that_meet_the_one_with_the_greater_name_asks_to_be_let_in(first: bool) -> None:
    """Whoever of the two begins the meeting."""
    cluster, stays, gives_way = two_rings()
    one, other = (stays[0], gives_way[0]) if first else (gives_way[0], stays[0])
    table = cluster.table(one)
    cluster.hand_in(Packet(one, other, GossipSyn(table.digest, {}, table.cluster)))
    while not (asked := cluster.take(of(LetIn))):
        assert cluster.deliver(), "somebody must ask to be let in"
    assert [(packet.sender, packet.to) for packet in asked] == [(gives_way[0], stays[0])]
    assert asked[0].message == LetIn(gives_way[0], 1.0, "", "", "")
    assert cluster.marked(gives_way[0], "another ring met") == 1
    assert cluster.marked(stays[0], "another ring met") == 0
    assert cluster.table(gives_way[0]).names == tuple(gives_way)


def test_two_rings_become_one_through_a_seed_and_keep_what_both_hold() -> None:
    """Section 4.8.2: "all nodes eventually reconcile their membership with a seed"."""
    cluster, stays, gives_way = two_rings()
    keys = [cluster.key(index, partition) for index in range(2) for partition in range(6)]
    for at, key in enumerate(keys):
        assert cluster.put(stays[at % 3], key, b"from the first ring").status == "ok"
        assert cluster.put(gives_way[at % 3], key, b"from the second").status == "ok"
    for name in gives_way:
        cluster.nodes[name].gossip.seeds = (stays[0],)
    cluster.run(60 * SECOND)
    tables = {cluster.table(name) for name in "abcxyz"}
    assert [table.names for table in tables] == [tuple("abcxyz")]
    ring = cluster.nodes["a"].host.ring
    for key in keys:
        for name in "abcxyz":
            owner = name in ring.owners(ring.partition_of(key))
            assert {*cluster.values(name, key)} == ({b"from the first ring", b"from the second"} if owner else set())


def test_who_is_between_two_rings_asks_at_every_meeting_until_it_is_let_in() -> None:
    """(Once it asked only when it had just learned of a table: where that wish was lost, it stayed outside.)"""
    cluster, stays, name = coming_over()
    assert cluster.operate(stays[0], "abort").status == "ok"
    cluster.cut = of(LetIn)
    cluster.run(10 * SECOND)
    assert cluster.table(name).names == tuple(stays)
    assert not cluster.nodes[name].participant.inside
    before = cluster.marked(name, "asked again to be let in")
    cluster.run(10 * SECOND)
    assert cluster.marked(name, "asked again to be let in") == before + 10
    cluster.cut = lambda _packet: False
    cluster.run(SETTLED_US)
    assert {cluster.table(each).names for each in (*stays, name)} == {tuple(sorted((*stays, name)))}
    assert cluster.nodes[name].participant.luggage is None
    before = cluster.marked(name, "asked again to be let in")
    cluster.run(10 * SECOND)
    assert cluster.marked(name, "asked again to be let in") == before


def test_an_outsider_that_comes_from_no_ring_asks_nobody() -> None:
    cluster = joining()
    assert cluster.operate("a", "abort").status == "ok"
    cluster.run(SETTLED_US)
    assert cluster.table("x").names == tuple("abcd")
    assert not cluster.nodes["x"].participant.inside
    cluster.run(10 * SECOND)
    assert cluster.marked("x", "asked again to be let in") == 0
    assert names(cluster) == {tuple("abcd")}
