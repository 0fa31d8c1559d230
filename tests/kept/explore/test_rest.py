"""kept.explore.rest: a cluster that is left to itself settles, as long as its nodes bring each other up to date."""

from dynamo.core.messages import Request
from kept.explore.cluster import Cluster
from kept.explore.judging import Judge
from kept.explore.machine import EPOCH_US
from kept.explore.rest import ended
from kept.explore.scope import KEY, Scope
from kept.explore.system import Nodes


def held(scope: Scope) -> tuple[str, set[tuple[str, object]]]:
    """What is left of a put that only its coordinator has, and what goes on after a minute."""
    cluster = Cluster(scope)
    machines = cluster.booted()
    machines[0].ask("c0", Request("0.1", "put", KEY, b"v"), EPOCH_US)
    machines[0].sync()
    end = ended(cluster, machines, Judge(Nodes(scope), ()).witness)
    assert end.replicas.header.settled == (not end.unrest)
    return end.unrest, {(one.node, one.versions[0].value) for one in end.replicas.states}


def test_anti_entropy_brings_a_version_to_all_owners() -> None:
    assert held(Scope()) == ("", {("n1", "v"), ("n2", "v"), ("n3", "v")})


def test_a_cluster_that_does_not_settle_is_given_up_and_says_why() -> None:
    unrest, copies = held(Scope(bug="stale-tree"))
    assert copies >= {("n1", "v")}
    assert unrest == "" or unrest.startswith("the owners of partition")


def test_what_becomes_of_a_cluster_does_not_hang_on_what_was_settled_before() -> None:
    assert held(Scope(n=2, r=1, w=2)) == held(Scope(n=2, r=1, w=2))
