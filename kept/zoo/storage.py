"""Acknowledgements of what no disk holds."""

from collections.abc import Callable
from typing import Any

from dynamo.core.host import Host
from dynamo.core.messages import Stored
from dynamo.core.puts import PutCoordinator
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import POWER

_POWER_CUTS = {
    "faults": POWER,
    "fault_gap_ms": 100,
    "workload": "blind",
    "w": 1,
    "ops": 1_200,
    "keys": 8,
    "think_ms": 10,
    "read_repair": "off",
}
"""A tenth of all crashes takes every node at once, while disks are slow: much that is acknowledged is not synced."""


class NoBarrier(Host):
    """Nobody waits for the disk."""

    def when_durable(self, seq: int, then: Callable[..., None], *args: Any) -> None:
        then(*args)


class MemoryAcknowledges(Host):
    """Replicas acknowledge a write when it is in memory."""

    def when_durable(self, seq: int, then: Callable[..., None], *args: Any) -> None:
        if args and isinstance(args[-1], Stored):
            then(*args)
        else:
            super().when_durable(seq, then, *args)


class Hasty:
    """A host as one component sees it: for that component nothing needs to be durable."""

    def __init__(self, host: Host) -> None:
        object.__setattr__(self, "_host", host)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_host"), name)

    def when_durable(self, _seq: int, then: Callable[..., None], *args: Any) -> None:
        then(*args)


def _early(host: Host, *parts: Any) -> PutCoordinator:
    """A coordinator that does not wait before it replicates; everything else on the node does."""
    return PutCoordinator(Hasty(host), *parts)  # type: ignore[arg-type]  # it stands in for the host


BUGS = (
    Bug(
        name="no-barrier",
        row=34,
        title="everything is acknowledged before it is durable",
        mechanism=(
            "Coordinator and replicas answer from memory. A power failure takes all copies of an acknowledged write, "
            "and a node that crashes forgets versions that others have, and counts on over their dots."
        ),
        breaks=("no-lost-write",),
        seed=replacing(host=NoBarrier),
        overrides=_POWER_CUTS,
        source="Dynamo, section 6.1; Riak documentation, sync-on-write",
    ),
    Bug(
        name="replica-acknowledges-from-memory",
        row=34,
        title="a replica acknowledges before it is durable",
        mechanism=(
            "W acknowledgements, of which one is only in memory. That replica crashes, and the next R replies come "
            "from it and from one that never had the write."
        ),
        breaks=("fresh-reads",),
        seed=replacing(host=MemoryAcknowledges),
        overrides={
            **_POWER_CUTS,
            "sloppy": False,
            "w": 2,
            "ops": 1_500,
            "workload": "register",
            "think_ms": 30,
            "anti_entropy": False,
            "faults": (*POWER, kinds.LOSS),
        },
        source="Dynamo, section 6.1 (one durable write of N)",
    ),
    Bug(
        name="early-replication",
        row=34,
        title="a version is replicated before its coordinator's disk has it",
        mechanism=(
            "The coordinator crashes, the others keep the version. It comes back without a memory of that dot, and its "
            "next version's counter covers the one before: the replicas drop a value that nobody had seen."
        ),
        breaks=("no-lost-write",),
        seed=replacing(puts=_early),
        overrides=_POWER_CUTS,
        source="the write path of section 4.5 in another order; compare riak_kv counter_lease",
    ),
)
