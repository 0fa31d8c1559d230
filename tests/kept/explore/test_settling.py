"""kept.explore.settling: a cluster that is left to itself comes to rest in the same state, whatever happens first."""

import pytest

from dynamo.core.messages import Request
from kept.explore.cluster import Cluster
from kept.explore.machine import EPOCH_US, Machine
from kept.explore.scope import KEY, Scope
from kept.explore.settling import EXCHANGE, HANDOFF, PROBE, Interval, Resting, Settling, form_of
from kept.explore.system import Nodes
from model.explorer.explore import explore
from model.explorer.properties import Always

SCOPE = Scope(n=2, r=1, sloppy=True)


def begun(cluster: Cluster, machines: list[Machine]) -> tuple[Settling, Resting]:
    settling = Settling(cluster)
    first = settling.begin(machines)
    assert isinstance(first, Resting)
    return settling, first


def one_put() -> tuple[Cluster, list[Machine]]:
    """Its coordinator has it; nobody else ever hears of it."""
    cluster = Cluster(SCOPE)
    machines = cluster.booted()
    at = cluster.names.index(cluster.walk[0])
    machines[at].ask("c0", Request("0.1", "put", KEY, b"v"), EPOCH_US)
    machines[at].sync()
    return cluster, machines


def reached(settling: Settling, first: Resting) -> set[Resting]:
    found, waiting = {first}, [first]
    while waiting:
        for _, after in settling.steps(waiting.pop()):
            assert isinstance(after, Resting), after
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def test_a_version_that_one_owner_has_comes_to_the_other_one_in_every_order() -> None:
    settling, first = begun(*one_put())
    assert settling.why(first).startswith("the owners of partition")
    ends = [state for state in reached(settling, first) if all(after == state for _, after in settling.steps(state))]
    assert [settling.why(state) for state in ends] == [""] * len(ends)
    assert ends


def test_a_new_cluster_is_at_rest_and_stays_so() -> None:
    cluster = Cluster(SCOPE)
    settling, first = begun(cluster, cluster.booted())
    assert settling.why(first) == ""
    assert reached(settling, first) == {first}


def test_whom_a_node_holds_to_be_down_it_asks_and_hears() -> None:
    cluster = Cluster(SCOPE)
    machines = cluster.booted()
    node = machines[0].node
    assert node is not None
    node.host.detector.down.add("n2")
    node.host.detector.suspected.add("n2")
    settling, first = begun(cluster, machines)
    after = dict(settling.steps(first))
    probed = after[Interval(PROBE, "n1")]
    assert isinstance(probed, Resting)
    assert probed != first
    assert Interval(EXCHANGE, "n1", "n2") not in after
    assert Interval(EXCHANGE, "n1", "n2") in dict(settling.steps(probed))


def test_time_and_the_numbers_of_messages_are_no_part_of_a_state() -> None:
    cluster, machines = one_put()
    settling, first = begun(cluster, machines)
    assert {interval.timer for interval, _ in settling.steps(first)} >= {HANDOFF, EXCHANGE}
    before = form_of(machines[0])
    machines[0].now_us += 10_000_000
    node = machines[0].node
    assert node is not None
    node.handoff._batches += 5
    node.puts._ops += 5
    assert form_of(machines[0]) == before
    node.host.detector.down.add("n3")
    assert form_of(machines[0]) != before


@pytest.mark.parametrize("settle", [True, False])
def test_the_cluster_is_left_to_itself_where_runs_may_end_and_only_if_asked(settle: bool) -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=0, settle=settle))
    before: list[bool] = []
    explore(nodes, [Always("seen", lambda state: before.append(state.resting is not None))])
    assert any(before) == settle
    assert nodes.fairness(next(label for label, _ in nodes.steps(next(iter(nodes.initial()))))) is None
