"""kept.explore.restart: a process that starts again knows what its disk knows, and serves."""

from kept.explore.restart import restarted
from kept.explore.scope import KEY, Scope
from kept.explore.state import WHOLE, State
from kept.explore.system import Nodes


def dead(nodes: Nodes, cut: int = WHOLE) -> tuple[State, int]:
    """Where a put is durable at its coordinator, and the coordinator has died."""
    state = next(iter(nodes.initial()))
    node = nodes.names[nodes.contacts[0][0]]
    for action in ("put", "sync", "crash"):
        state = next(after for step, after in nodes.steps(state) if (step.action, step.node) == (action, node))
    return state._replace(cut=cut), nodes.names.index(node)


def test_a_node_serves_again_with_what_its_disk_holds() -> None:
    nodes = Nodes(Scope(clients=1, program="put"))
    state, at = dead(nodes)
    after = restarted(nodes, state, at)
    assert after is not None
    facts = nodes.locals.facts[after.machines[at]]
    assert facts.serving
    assert facts.generation == 2
    machine = nodes.locals.thaw(after.machines[at])
    assert [copy.versions[0].value for copy in machine.durable(KEY)] == [b"0.1"]
    assert machine.node is not None
    assert machine.node.host.incarnation == f"{machine.name}.0"


def test_a_node_that_reaches_nobody_waits_until_it_does() -> None:
    nodes = Nodes(Scope(clients=1, program="put", partitions=1))
    state, at = dead(nodes)
    assert restarted(nodes, state._replace(cut=at), at) is None
    actions = {step.action for step, _ in nodes.steps(state._replace(cut=at))}
    assert "heal" in actions
    assert "restart" not in actions


def test_nodes_that_need_each_other_start_together() -> None:
    nodes = Nodes(Scope(clients=1, program="put", crashes=2))
    state, at = dead(nodes)
    other = (at + 1) % 3
    state = next(
        after for step, after in nodes.steps(state) if (step.action, step.node) == ("crash", nodes.names[other])
    )
    after = restarted(nodes, state, at)
    assert after is not None
    assert [nodes.locals.facts[number].serving for number in after.machines] == [True] * 3
