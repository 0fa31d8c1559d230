"""Operators in a test's hands: what they ask for, and what the cluster makes of it."""

from typing import Any

from tests.dynamo.core.cluster import SECOND, Cluster

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
