"""Hints that are lost, or that destroy what they are brought to."""

from collections.abc import Iterable
from typing import Any

from dynamo.core.effects import HINT, Change
from dynamo.core.handoff import HintedHandoff
from dynamo.core.host import Host
from dynamo.core.messages import HandedOff
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings
from kept.sim import faults as kinds
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import ORDINARY
from kept.zoo.versions import TrustingVectors

_SPLITS = {
    "workload": "blind",
    "faults": (kinds.PARTITION, kinds.PARTIAL, kinds.ONE_WAY, kinds.LOSS, kinds.CRASH),
    "fault_gap_ms": 300,
    "keys": 60,
}


class SentIsDelivered(HintedHandoff):
    """A hint is deleted when it is sent, not when its owner holds it durably."""

    def tick(self) -> None:
        super().tick()
        for owner, delivery in list(self.under_way.items()):
            self.delivered(owner, HandedOff(delivery.batch))


class VolatileHints(Replica):
    """Hints do not survive a restart."""

    def boot(
        self, data: Iterable[tuple[bytes, Siblings | None]], hints: Iterable[tuple[bytes, Siblings | None]]
    ) -> None:
        dropped = tuple(Change(HINT, stored, None) for stored, _ in hints)
        if dropped:
            self.host.write(dropped)
        super().boot(data, ())


class Overwriting:
    """A replica whose `take_over` stores what came in over what was there."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_replica"), name)

    def take_over(self, _local: Siblings, key: bytes, state: Siblings) -> int:
        return self._replica.put(key, state)


def _blind_handoff(host: Host, replica: Replica) -> HintedHandoff:
    return HintedHandoff(host, Overwriting(replica))  # type: ignore[arg-type]  # it stands in for one


BUGS = (
    Bug(
        name="hint-deleted-on-send",
        row=19,
        title="a hint is deleted before its owner has it",
        mechanism=(
            "The fallback sends the hint and forgets it at once. The message is lost, or the owner crashes before its "
            "disk has it, and with W acknowledgements from fallbacks that was the last copy."
        ),
        breaks=("no-lost-write",),
        seed=replacing(handoff=SentIsDelivered),
        overrides=_SPLITS,
        source='Dynamo, section 4.6 ("once the transfer succeeds"); Cassandra documentation, hints',
    ),
    Bug(
        name="hint-lost-in-restart",
        row=20,
        title="hints do not survive the restart of a fallback",
        mechanism=(
            "Hints count among the W acknowledgements but live in memory only. The fallbacks of a partition restart, "
            "and the write is gone before any owner has seen it."
        ),
        breaks=("no-lost-write",),
        seed=replacing(replica=VolatileHints),
        overrides=_SPLITS,
        source="Cassandra max_hint_window; riak_kv#847; ScyllaDB, hinted handoff design",
    ),
    Bug(
        name="handoff-overwrites",
        row=21,
        title="a hint overwrites what its owner has",
        mechanism=(
            "The owner stores the hint over its record instead of merging the two. What it alone had acknowledged is "
            "gone, and so is its memory of the dots that it gave."
        ),
        breaks=("no-lost-write", "unique-dots"),
        seed=replacing(handoff=_blind_handoff, versioning=TrustingVectors()),
        overrides={"workload": "blind", "keys": 10, "faults": ORDINARY},
        source="pynamo, rcv_pingrsp (a blind store)",
    ),
)
