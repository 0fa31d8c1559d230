"""Records that change hands while the membership changes, and get lost or out of sight on the way."""

from dynamo.core.effects import DATA, HINT, Change, hint_key
from dynamo.core.evacuation import Evacuation
from dynamo.core.membership import Plan
from dynamo.core.puts import PendingPut, PutCoordinator
from dynamo.core.siblings import Siblings
from dynamo.core.transfer import Transfer
from dynamo.core.transition import TransitionRing
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing

_MOVES = (kinds.JOIN, kinds.LEAVE, kinds.WEIGHT)
_STRICT = {
    "nodes": 4,
    "n": 2,
    "r": 1,
    "w": 2,
    "sloppy": False,
    "read_repair": "off",
    "workload": "register",
    "keys": 20,
    "think_ms": 80,
    "ops": 1_200,
    "faults": (*_MOVES, kinds.LOSS),
    "fault_gap_ms": 800,
}
"""One reply is enough, so whoever should have a put and has not is soon asked alone."""
_SLOPPY = {"workload": "blind", "keys": 60, "r": 1, "w": 1, "think_ms": 150, "ops": 1_000, "fault_gap_ms": 500}
"""One acknowledgement is enough, so the only copy is soon in the wrong place."""


class CompleteAtOnce(Transfer):
    """A new owner says that it has everything before it has asked for anything, and believes it."""

    @property
    def complete(self) -> bool:
        return True

    def flipped(self, plan: Plan, ring: TransitionRing) -> tuple[int, ...]:
        super().flipped(plan, ring)
        return ()


class UnionQuorum(PutCoordinator):
    """W acknowledgements are enough, wherever in the two lists of owners they come from."""

    def _name(self, local: Siblings | None, put: PendingPut) -> None:
        put.lists = ()
        super()._name(local, put)


class DropsStrays(Evacuation):
    """A record that does not belong here is deleted: its owners have their own."""

    def _exile(self, state: Siblings | None, key: bytes) -> None:
        host, replica = self.host, self.replica
        if state is None or key not in replica.strays or host.owns(key):
            super()._exile(state, key)
        else:
            del replica.strays[key]
            host.write((Change(DATA, key, None), *replica.actors.forget(key)))
            replica.vacated(key)


class DropsHints(Evacuation):
    """A hint for a node that has gone is deleted: there is nobody to bring it to."""

    def _reroute(self, local: Siblings | None, owner: str, key: bytes) -> None:
        replica = self.replica
        if (owner, key) in replica.misrouted and key in replica.hints.get(owner, {}):
            del replica.misrouted[owner, key]
            replica.withdraw(owner, key)
            gone = Change(HINT, hint_key(owner, key), None)
            self.host.write((gone, *replica.actors.forget(key, standing_in=True)))
        else:
            super()._reroute(local, owner, key)


BUGS = (
    Bug(
        name="flip-before-transfer",
        row=29,
        title="ownership changes hands before the records do",
        mechanism=(
            "New owners say at once that they have everything. Gets ask them, they have nothing, and acknowledged puts "
            "are out of sight until the old owners have brought them."
        ),
        breaks=("fresh-reads",),
        seed=replacing(transfer=CompleteAtOnce),
        overrides=_STRICT,
        source="riak_core#78; voldemort#290; scylla#12969",
    ),
    Bug(
        name="union-quorum",
        row=29,
        title="W acknowledgements of old and new owners together count as W of each",
        mechanism=(
            "During a change a put goes to the old and the new owners, and any W of them are enough. Gets ask the old "
            "list, in which fewer than W have it."
        ),
        breaks=("fresh-reads",),
        seed=replacing(puts=UnionQuorum),
        overrides={**_STRICT, "faults": (*_MOVES, kinds.PARTIAL, kinds.ONE_WAY)},
        source="CASSANDRA-833 (pending ranges in the quorum); scylla#6126",
    ),
    Bug(
        name="stray-dropped",
        row=29,
        title="a node drops what it no longer owns before the owners have it",
        mechanism=(
            "A hint reaches an owner that has just lost the partition, or a put was acknowledged by who is leaving. "
            "Its record is in the wrong place and is deleted there; it was the only one."
        ),
        breaks=("no-lost-write",),
        seed=replacing(evacuation=DropsStrays),
        overrides={
            **_SLOPPY,
            "nodes": 4,
            "n": 1,
            "faults": (*_MOVES, kinds.PARTITION, kinds.PARTIAL, kinds.ONE_WAY),
        },
        source="Cassandra documentation, nodetool cleanup; scylla#12969",
    ),
    Bug(
        name="hint-not-rerouted",
        row=20,
        title="a hint for a node that has left is dropped",
        mechanism=(
            "A fallback keeps an acknowledged put for an owner that leaves the ring. There is nobody to bring the hint "
            "to, so it goes, though the partition has other owners."
        ),
        breaks=("no-lost-write",),
        seed=replacing(evacuation=DropsHints),
        overrides={
            **_SLOPPY,
            "n": 2,
            "faults": (kinds.REMOVE, kinds.REPLACE, kinds.LEAVE, kinds.PARTITION, kinds.PARTIAL, kinds.CRASH),
        },
        source="Cassandra documentation, hinted handoff (hints of a decommissioned node)",
    ),
)
