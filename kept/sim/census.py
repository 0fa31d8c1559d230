"""Who is in the ring, asked of all nodes at once: what the simulator knows and no node needs to."""

from typing import TYPE_CHECKING

from dynamo.core.membership import Table

if TYPE_CHECKING:
    from kept.sim.world import World


def newest(world: "World") -> Table | None:
    """The newest membership table that a node has which is in a ring; None where there is none."""
    tables = [
        machine.node.participant.table
        for machine in world.machines.values()
        if machine.node is not None and machine.node.participant.inside
    ]
    return max(tables, key=lambda table: table.rank, default=None)
