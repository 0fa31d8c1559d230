"""kept.explore.cluster: a new cluster serves, and its walk begins with the owners of the key."""

from dynamo.core.planning import joined
from dynamo.core.preference import Member
from kept.explore.cluster import Cluster
from kept.explore.scope import Scope


def test_a_new_cluster_serves_and_is_at_rest() -> None:
    for machine in Cluster(Scope(nodes=4)).booted():
        assert machine.node is not None
        assert machine.node.serving
        assert machine.unsynced == 0


def test_the_walk_begins_with_the_owners_of_the_key() -> None:
    cluster = Cluster(Scope(nodes=5, n=3))
    assert cluster.walk[:3] == cluster.owners
    assert sorted(cluster.walk) == sorted(cluster.names)


def test_the_first_key_is_one_whose_owners_the_change_changes() -> None:
    for nodes, n in ((1, 1), (2, 2), (3, 2), (4, 3)):
        cluster = Cluster(Scope(nodes=nodes, n=n, r=1, w=1, change="join"))
        newcomer = cluster.change.node if cluster.change else ""
        after = joined(cluster.members, Member(newcomer, (), since=2), cluster.store)
        ring = cluster.rings.of(after)
        assert newcomer in ring.owners(ring.partition_of(cluster.keys[0]))
        assert newcomer == cluster.names[-1] not in cluster.walk
        if nodes > 1:
            before = Cluster(Scope(nodes=nodes, n=n, r=1, w=1, change="leave"))
            leaving = before.change
            assert leaving is not None
            assert leaving.node in before.owners
            assert leaving.driver != leaving.node


def test_who_is_to_join_serves_and_is_in_no_ring() -> None:
    machines = Cluster(Scope(change="join")).booted()
    inside = [machine.node.participant.inside for machine in machines if machine.node is not None]
    assert inside == [True, True, True, False]


def test_several_keys_have_several_preference_lists() -> None:
    cluster = Cluster(Scope(nodes=4, n=2, keys=3))
    walks = {tuple(cluster.ring.walk(cluster.ring.partition_of(key))) for key in cluster.keys}
    assert len(walks) == len(cluster.keys) == 3


def test_all_nodes_share_one_ring() -> None:
    cluster = Cluster(Scope())
    rings = {id(machine.node.host.ring) for machine in cluster.booted() if machine.node is not None}
    assert rings == {id(cluster.ring)}
