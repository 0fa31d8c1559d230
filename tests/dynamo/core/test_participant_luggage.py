"""Who comes over from another ring brings what it holds, and forgets nothing of it until it is a member."""

import json

import pytest

from dynamo.core.actors import BIRTHS
from dynamo.core.effects import META
from dynamo.core.messages import OK, LetIn
from dynamo.core.participant import LUGGAGE
from tests.dynamo.core.cluster import SECOND, Cluster
from tests.dynamo.core.operating import SETTLED_US, joining, tell
from tests.dynamo.core.rings import coming_over, two_rings


def luggage(cluster: Cluster, name: str) -> LetIn | None:
    """What `name` remembers, which is what its disk does."""
    saved = cluster.disks[name].durable[META].get(LUGGAGE)
    assert saved is None or isinstance(saved, bytes)
    remembered = cluster.nodes[name].participant.luggage
    assert remembered == (None if saved is None else LetIn(*json.loads(saved)))
    return remembered


def everywhere(cluster: Cluster, ring: str, key: bytes) -> set[tuple[bytes | None, ...]]:
    """What the owners of `key` hold, as the first node of `ring` knows them."""
    host = cluster.nodes[ring[0]].host
    return {tuple(cluster.values(owner, key)) for owner in host.ring.owners(host.partition(key))}


@pytest.mark.parametrize("phase", ["prepare", "transfer", "flip", "close"])
def test_who_comes_over_has_luggage_until_it_is_a_member(phase: str) -> None:
    cluster, stays, name = coming_over(phase)
    assert luggage(cluster, name) == LetIn(name, 1.0, "", "", "")
    assert [luggage(cluster, other) for other in stays] == [None] * 3
    cluster.run(SETTLED_US)
    assert name in cluster.table(stays[0]).names
    assert luggage(cluster, name) is None
    assert cluster.marked(name, "asked again to be let in") == 0, "it was under way all the time"


def test_what_it_brings_is_at_the_owners_of_the_other_ring_in_the_end() -> None:
    cluster, stays, name = coming_over()
    cluster.run(SETTLED_US)
    assert everywhere(cluster, stays, cluster.key()) == {(b"brought",)}
    assert cluster.marked(name, "earlier life forgotten") == 0
    assert cluster.get(stays[1], cluster.key()).values == (b"brought",)


@pytest.mark.parametrize("phase", ["prepare", "transfer", "flip", "close"])
def test_luggage_survives_a_restart(phase: str) -> None:
    cluster, stays, name = coming_over(phase)
    cluster.reboot(name)
    assert luggage(cluster, name) == LetIn(name, 1.0, "", "", "")
    cluster.run(SETTLED_US)
    assert everywhere(cluster, stays, cluster.key()) == {(b"brought",)}
    assert cluster.marked(name, "earlier life forgotten") == 0


@pytest.mark.parametrize("restarted", [False, True])
def test_nothing_is_forgotten_when_the_plan_that_was_to_let_it_in_is_given_up(restarted: bool) -> None:
    cluster, stays, name = coming_over("transfer")
    assert cluster.operate(stays[0], "abort").status == "ok"
    cluster.run(1 * SECOND)
    if restarted:
        cluster.reboot(name)
    cluster.run(2 * SETTLED_US)
    assert cluster.marked(name, "earlier life forgotten") == 0
    assert name in cluster.table(stays[0]).names, "it has asked again"
    assert everywhere(cluster, stays, cluster.key()) == {(b"brought",)}


def test_whose_names_are_not_whole_brings_its_records_all_the_same() -> None:
    cluster, stays, name = coming_over()
    cluster.crash(name)
    del cluster.disks[name].durable[META][BIRTHS]
    cluster.boot(name)
    cluster.sync(name)
    assert cluster.marked(name, "lost disk noticed") == 1
    assert luggage(cluster, name) is not None
    cluster.run(2 * SETTLED_US)
    assert everywhere(cluster, stays, cluster.key()) == {(b"brought",)}


def test_who_is_between_two_rings_keeps_its_luggage_through_a_third() -> None:
    """The ring that was to let it in gives way itself; of the third nobody has invited it."""
    cluster, stays, name = coming_over()
    brought = luggage(cluster, name)
    third = cluster.table(stays[0])._replace(cluster="!", epoch=5, plan=None)
    tell(cluster, name, third, stays[0])
    cluster.sync(name)
    assert cluster.table(name) == third
    assert not cluster.nodes[name].participant.inside
    assert luggage(cluster, name) == brought
    assert cluster.values(name, cluster.key()) == [b"brought"]


def test_who_only_joined_a_ring_that_gives_way_has_no_luggage_and_forgets_what_it_took_in() -> None:
    """The members of that ring hold it, and bring it."""
    cluster = joining("transfer")
    ring = cluster.nodes["a"].host.ring
    key = next(key for key in (b"k%d" % at for at in range(99)) if "x" in ring.owners(ring.partition_of(key)))
    assert cluster.put("a", key, b"v").status == OK
    assert cluster.values("x", key) == [b"v"]
    tell(cluster, "x", cluster.table("a")._replace(cluster="!", epoch=5, plan=None), "a")
    cluster.sync("x")
    assert luggage(cluster, "x") is None
    assert not cluster.nodes["x"].participant.inside
    assert cluster.values("x", key) == []


def test_who_finds_itself_a_member_of_another_ring_without_having_come_over_was_one_before() -> None:
    """Nobody becomes a member who has not followed the plan. So its disk is from before that: what is on it may have
    been deleted and forgotten since, and what it owns it does not have."""
    cluster, stays, gives_way = two_rings()
    name = gives_way[0]
    key = cluster.key()
    assert cluster.put(name, key, b"old").status == OK
    table = cluster.table(name)
    anew = tuple(member._replace(since=3) if member.name == name else member for member in table.members)
    tell(cluster, name, table._replace(cluster="!", epoch=3, members=anew), stays[0])
    cluster.sync(name)
    node = cluster.nodes[name]
    assert luggage(cluster, name) is None
    assert cluster.values(name, key) == []
    assert cluster.marked(name, "earlier life forgotten") == 1
    assert set(node.replica.recovering) == set(node.host.ring.partitions_of(name))
