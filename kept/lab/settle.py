"""After the faults: has the cluster come to rest, and what does each replica hold then?

The questions are asked of the nodes directly, as an operator's tool would; the verdict whether they converged is not
given here but by `checkers.convergence`, from what is exported.
"""

from dynamo.core.effects import DATA, HINT, split_hint_key
from dynamo.core.host import AnyRing
from dynamo.core.node import Node
from dynamo.core.ring import Member
from dynamo.core.siblings import Siblings
from histories.snapshot import Snapshot
from kept.sim.machine import Machine
from kept.sim.world import World


def unrest(world: World) -> str:
    """Why the cluster is not at rest yet; empty where it is."""
    nodes: dict[str, Node] = {}
    for machine in world.machines.values():
        node = machine.node
        if machine.destroyed:
            continue
        if node is None or not node.serving or machine.paused:
            return f"{machine.name} is not serving"
        if node.participant.inside:
            nodes[machine.name] = node
    busy = (f"{name} {what}" for name, node in nodes.items() if (what := _busy(node)))
    return _disagreement(nodes) or next(busy, "") or _difference(nodes)


def _disagreement(nodes: dict[str, Node]) -> str:
    """What keeps the membership from being settled."""
    if not nodes:
        return "no node is in a ring"
    plan = next((p for node in nodes.values() if (p := node.participant.table.plan) is not None), None)
    if plan is not None:
        return f"a change of membership is under way: {plan.what}, phase {plan.phase}"
    table = next(iter(nodes.values())).participant.table
    other = next((name for name, node in nodes.items() if node.participant.table != table), "")
    if other:
        return f"{other} knows another ring"
    return "" if tuple(sorted(nodes)) == table.names else "the ring has members that are not there"


def _busy(node: Node) -> str:
    """What one node still has to do."""
    replica = node.replica
    if replica.hints:
        return f"keeps hints for {', '.join(sorted(replica.hints))}"
    if replica.damaged or replica.recovering:
        return "is being healed"
    if not node.evacuation.finished:
        return "holds records of others"
    return "has operations under way" if node.puts.pending or node.gets.pending else ""


def _difference(nodes: dict[str, Node]) -> str:
    ring = next(iter(nodes.values())).host.ring
    for partition in range(ring.count):
        roots = {nodes[name].host.forest.root(partition) for name in ring.owners(partition)}
        if len(roots) > 1:
            return f"the owners of partition {partition} differ"
    return ""


def agreed(world: World) -> tuple[Member, ...] | None:
    """The members on whom all nodes that are in a ring agree; None where they do not."""
    tables = {
        machine.node.participant.table
        for machine in world.machines.values()
        if machine.node is not None and machine.node.participant.inside
    }
    return next(iter(tables)).members if len(tables) == 1 else None  # order-free: there is one


def settle(world: World, bound_us: int, step_us: int = 500_000) -> tuple[int | None, str]:
    """Let time pass until the cluster is at rest; returns how long that took (None: longer than `bound_us`) and what
    was still going on."""
    healed_us = world.now_us
    why = unrest(world)
    while why and world.now_us - healed_us < bound_us:
        world.run(world.now_us + step_us)
        why = unrest(world)
    return (None if why else world.now_us - healed_us), why


def export(world: World, snapshot: Snapshot) -> None:
    """Write what every disk holds, and every node's Merkle roots."""
    for machine in world.machines.values():
        if machine.destroyed:
            continue
        _export_data(machine, snapshot)
        for stored, state in machine.disk.engine.scan(HINT):
            assert isinstance(state, Siblings)
            owner, key = split_hint_key(stored)
            snapshot.hint(machine.name, owner, key, state.context, [(v.dot, v.value) for v in state.versions])
        node = machine.node
        if node is not None and node.participant.inside:
            ring = node.host.ring
            own = ring.partitions_of(machine.name) if machine.name in ring.names else ()
            roots = node.host.forest.roots(own)
            snapshot.roots(machine.name, {_label(ring, partition): root for partition, root in roots.items()})


def _label(ring: AnyRing, partition: int) -> int:
    """What the histories call a partition: its number, or under strategy 1 the token that ends its range."""
    return ring.range_of(partition)[1] - 1 if ring.strategy == 1 else partition


def _export_data(machine: Machine, snapshot: Snapshot) -> None:
    for key, state in machine.disk.engine.scan(DATA):
        assert isinstance(state, Siblings)
        snapshot.data(machine.name, key, state.context, [(v.dot, v.value) for v in state.versions])


def describe(members: tuple[Member, ...], n: int, strategy: int, partitions: int) -> dict[str, object]:
    """The ring as the operator meant it, for the checkers' own placement; the nodes are not asked."""
    described = [
        {
            "name": member.name,
            "tokens": [str(token) for token in member.tokens],
            "host": member.host,
            "rack": member.rack,
            "datacenter": member.datacenter,
        }
        for member in members
    ]
    return {
        "strategy": strategy,
        "n": n,
        "partitions": 0 if strategy == 1 else partitions,
        "members": described,
    }
