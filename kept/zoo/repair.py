"""Merkle trees that do not show what is stored."""

from dynamo.core.merkle import MerkleForest
from dynamo.core.siblings import Siblings
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY


class FirstWriteOnly(MerkleForest):
    """Overwrites do not reach the tree: equal roots stand over different data."""

    def __init__(self, depth: int = 2) -> None:
        super().__init__(depth)
        self._known: dict[bytes, None] = {}

    def touch(self, partition: int, key: bytes, state: Siblings | None) -> None:
        if state is None or key not in self._known:
            super().touch(partition, key, state)
        if state is None:
            self._known.pop(key, None)
        else:
            self._known[key] = None


class GhostLeaves(MerkleForest):
    """Removals do not reach the tree: roots differ over equal data, and exchanges find nothing to repair."""

    def touch(self, partition: int, key: bytes, state: Siblings | None) -> None:
        if state is not None:
            super().touch(partition, key, state)


BUGS = (
    Bug(
        name="stale-tree",
        row=27,
        title="an overwrite does not reach the Merkle tree",
        mechanism=(
            "Only the first write of a key is entered. Replicas that missed a later one have equal roots over "
            "different data, and anti-entropy never looks."
        ),
        breaks=("convergence",),
        seed=replacing(forest=FirstWriteOnly),
        overrides={"read_repair": "off", "faults": ORDINARY},
        source="riak_kv#473; Riak, NextGenAAE",
    ),
    Bug(
        name="ghost-leaves",
        row=27,
        title="a removal does not reach the Merkle tree",
        mechanism=(
            "A reaped key stays in the tree of the nodes that ran, and is not in that of a node that restarted. The "
            "roots differ for ever over equal data."
        ),
        breaks=("convergence",),
        seed=replacing(forest=GhostLeaves),
        overrides={
            "workload": "delete",
            "clients": 3,
            "think_ms": 300,
            "faults": (kinds.CRASH, kinds.LOSS),
            "fault_gap_ms": 6_000,
        },
        source="riak_kv#473",
    ),
)
