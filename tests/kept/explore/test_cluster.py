"""kept.explore.cluster: a new cluster serves, and its walk begins with the owners of the key."""

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


def test_all_nodes_share_one_ring() -> None:
    cluster = Cluster(Scope())
    rings = {id(machine.node.host.ring) for machine in cluster.booted() if machine.node is not None}
    assert rings == {id(cluster.ring)}
