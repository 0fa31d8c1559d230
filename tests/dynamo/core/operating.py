"""Operators in a test's hands: what they ask for, and what the cluster makes of it."""

from typing import Any

from dynamo.core.membership import Table, encode_table
from dynamo.core.messages import Announce
from tests.dynamo.core.cluster import SECOND, Cluster, Packet

SETTLED_US = 30 * SECOND


def refused(cluster: Cluster, name: str, action: str, *args: str, **fields: Any) -> str:
    """The reason; nothing else may happen."""
    tables = {each: cluster.table(each) for each in cluster.nodes}
    answer = cluster.operate(name, action, *args, **fields)
    assert answer.status == "refused"
    assert "\n" not in answer.reason
    assert {each: cluster.table(each) for each in cluster.nodes} == tables
    return answer.reason


def begin(cluster: Cluster, name: str, action: str, *args: str, **fields: Any) -> str:
    """A change begins, and everybody hears of it; returns the plan's name."""
    answer = cluster.operate(name, action, *args, **fields)
    assert (answer.status, answer.epoch) == ("ok", cluster.table(name).epoch)
    cluster.settle()
    return answer.plan_id


def names(cluster: Cluster) -> set[tuple[str, ...]]:
    """What all who are in a ring take for its members, and nothing under way."""
    inside = [name for name, node in cluster.nodes.items() if node.participant.inside]
    assert {cluster.phase(name) for name in inside} == {""}
    return {cluster.table(name).names for name in inside}


def joining(phase: str = "prepare", **config: int) -> Cluster:
    """`x` joins four members, driven by `a`, and all are in this phase."""
    cluster = Cluster("abcd", outsiders="x", partitions=8, **config)
    begin(cluster, "a", "join", "x")
    cluster.reach("a", phase)
    assert {cluster.phase(name) for name in "abcdx"} == {phase}
    return cluster


def tell(cluster: Cluster, name: str, table: Table, sender: str = "b") -> None:
    """`name` is told of a table; nothing else happens."""
    cluster.hand_in(Packet(sender, name, Announce(encode_table(table))))


def tick(cluster: Cluster, name: str) -> None:
    """The short interval passes at one node, and its disk syncs; nothing is delivered."""
    cluster.now_us += cluster.config.handoff_us
    cluster.fire(name, "handoff")
    cluster.sync(name)
