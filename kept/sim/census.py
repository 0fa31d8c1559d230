"""Who is in the ring, asked of all nodes at once: what the simulator knows and no node needs to."""

from typing import TYPE_CHECKING

from dynamo.core.membership import Table

if TYPE_CHECKING:
    from kept.sim.world import World


def newest(world: "World", about: str = "") -> Table | None:
    """The newest membership table that a node has which is in a ring; of several rings, of one that `about` is or was
    in, where there is one. None where nobody is in a ring."""
    tables = [
        machine.node.participant.table
        for machine in world.machines.values()
        if machine.node is not None and machine.node.participant.inside
    ]
    clusters = {table.cluster for table in tables if about in table.names or about in table.target}
    tables = [table for table in tables if table.cluster in clusters] or tables
    return max(tables, key=lambda table: table.rank, default=None)


def lasting(world: "World", name: str) -> bool:
    """Whether a machine is to keep what it holds: its node is a member of a ring, as some node of that ring knows, or
    brings something from another ring."""
    node = world.machines[name].node
    if node is not None and node.participant.luggage is not None:
        return True
    return any(
        name in machine.node.participant.table.names
        for machine in world.machines.values()
        if machine.node is not None and machine.node.participant.inside
    )
