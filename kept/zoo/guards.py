"""Rules of the store switched off one at a time, each the counterpart of a guard of the abstract store.

`checkers.proofs.protocol.mutants` takes a guard out of the proved protocol and shows the run that then breaks a
promise. These are the same mistakes in the real store, for runs that are directed (`kept.staged`): no seed has to find
them, so they are no part of the zoo's hunt.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dynamo.core.antientropy import AntiEntropy
from dynamo.core.config import StoreConfig
from dynamo.core.gets import GetCoordinator, PendingGet
from dynamo.core.host import Host
from dynamo.core.merkle import MerkleForest
from dynamo.core.messages import Replicate, Request, TreeRecord, TreeSame
from dynamo.core.placement import Target
from dynamo.core.puts import Answer, PendingPut, PutCoordinator
from dynamo.core.reaping import Reaper
from dynamo.core.replica import Replica
from dynamo.core.requests import Requests
from dynamo.core.siblings import Siblings
from dynamo.core.vector import Vector
from kept.zoo.barriers import BARRIERS
from kept.zoo.bug import Bug, replacing

SOURCE = "a guard of the abstract store (docs/protocol-proof.md)"
_STRICT = {"sloppy": False, "faults": ("partition",)}


class AckAtOne(PutCoordinator):
    """The coordinator's own acknowledgement is enough."""

    def _name(self, local: Siblings | None, put: PendingPut) -> None:
        put.w = 1
        super()._name(local, put)


class ReadAtOne(GetCoordinator):
    """The first reply is enough."""

    def _enough(self, get: PendingGet) -> bool:
        return len(get.replies) >= 1


class LooksAlivePuts(PutCoordinator):
    """PW owners that look alive when the put begins are enough, whoever acknowledges it."""

    def start(
        self, request: Request, context: Vector, targets: tuple[Target, ...], here: Target, answer: Answer
    ) -> None:
        super().start(request, context, targets, here, answer)
        put = self.pending.get(self.host.boot_bits | self._ops)
        if put is not None:
            put.pw = 0


class LooksAliveGets(GetCoordinator):
    """PR owners that look alive when the get begins are enough, whoever replies."""

    def start(self, request: Request, answer: Answer) -> None:
        down = self.host.detector.down
        alive = sum(not target.owner and target.node not in down for target in self.placement.readers(request.key))
        super().start(request, answer)
        get = self.pending.get(self.host.boot_bits | 1 << 31 | self._ops)
        if get is not None and alive >= get.pr:
            get.pr = 0


class HintForAnother(PutCoordinator):
    """Who stands in for a silent owner is told to keep its hint for the coordinator."""

    def _stand_in(self, put: PendingPut, node: str) -> bool:
        me = self.host.name
        stand_in = self.placement.fallback(put.request.key, put.targets.keys() | {me})
        if stand_in is None:
            return False
        put.targets[stand_in] = me
        self.host.send(stand_in, Replicate(put.op, put.request.key, put.state, me, True))
        return True


class RepairOverwrites(GetCoordinator):
    """What the read saw is put in the place of the record."""

    def _repair_here(self, local: Siblings | None, get: PendingGet) -> None:
        if local is not None:
            self.replica.put(get.request.key, get.state)


class FallbackCoordinates(Requests):
    """A fallback coordinates a put that PW owners are to acknowledge."""

    def _may_stand_in(self, request: Request) -> bool:
        return True


class RecoveredByOne(AntiEntropy):
    """One other owner's confirmation is enough."""

    def _recovered(self, partition: int) -> bool:
        return True


class EmptiesConfirm(AntiEntropy):
    """Whoever has lost its own disk confirms others."""

    def same(self, sender: str, message: TreeSame) -> None:
        super().same(sender, message._replace(missing={}))


class LivingForest(MerkleForest):
    """A tombstone is nothing that two trees could differ in."""

    def touch(self, partition: int, key: bytes, state: Siblings | None) -> None:
        super().touch(partition, key, state if state is not None and state.versions else None)


class VersionsOnly(AntiEntropy):
    """Anti-entropy brings versions, and not that they are gone."""

    def _merge(self, local: Siblings | None, sender: str, message: TreeRecord) -> None:
        if message.state.versions:
            super()._merge(local, sender, message)


class ReapsTheLiving(Reaper):
    """Nobody looks whether the key is deleted."""

    def tick(self) -> None:
        replica, forest = self.replica, self.host.forest
        for partition in forest.partitions:
            for key in forest.keys(partition):
                replica.tombstones.setdefault(key, self.host.now_us)
        super().tick()


class AsksTheReachable(Reaper):
    """Whoever does not answer is not asked."""

    def tick(self) -> None:
        host, down = self.host, self.host.detector.down
        involved = host.involved
        host.involved, host.detector.down = involved - down, set()
        try:
            super().tick()
        finally:
            host.involved, host.detector.down = involved, down


class Configured:
    """A host as one component sees it: with another configuration."""

    def __init__(self, host: Host, config: StoreConfig) -> None:
        self._host = host
        self.config = config

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)


def _impatient(host: Host, replica: Replica, puts: PutCoordinator, gets: GetCoordinator) -> Reaper:
    """A reaper that waits for no message to die out."""
    config = replace(host.config, reap_grace_us=0)
    return Reaper(Configured(host, config), replica, puts, gets)  # type: ignore[arg-type]  # it stands in for the host


class IgnoresHints(Reaper):
    """A member agrees though it keeps a hint."""

    def may(self, key: bytes, digest: bytes, state: Siblings | None) -> bool:
        kept, self.replica.hints = self.replica.hints, {}
        try:
            return super().may(key, digest, state)
        finally:
            self.replica.hints = kept


class ForgetsHandoffs(Reaper):
    """A member agrees right after it dropped a hint."""

    def may(self, key: bytes, digest: bytes, state: Siblings | None) -> bool:
        self.replica.handed_off_us.pop(key, None)
        return super().may(key, digest, state)


class TakesOverQuietly(Replica):
    """A hint that brings nothing new is not written, and what is here counts as unchanged."""

    def take_over(self, local: Siblings, key: bytes, state: Siblings) -> int:
        return self.merge(local, key, state)


def _guard(name: str, title: str, mechanism: str, breaks: str, seed: Callable[..., Any], **overrides: Any) -> Bug:
    return Bug(name, 0, title, mechanism, (breaks,), seed, {**_STRICT, **overrides}, SOURCE)


GUARDS: dict[str, Bug] = {
    bug.name: bug
    for bug in (
        *BARRIERS,
        _guard(
            "ack-at-one",
            "one acknowledgement is enough",
            "The coordinator answers when its own copy is durable, whatever W is.",
            "fresh-reads",
            replacing(puts=AckAtOne),
        ),
        _guard(
            "read-at-one",
            "one reply is enough",
            "A get is answered with the first reply, whatever R is.",
            "fresh-reads",
            replacing(gets=ReadAtOne),
        ),
        _guard(
            "owners-look-alive",
            "PR and PW count owners that look alive when an operation begins",
            "A partition has begun and nobody has noticed. The owners beyond it look alive, and are not heard.",
            "fresh-reads",
            replacing(puts=LooksAlivePuts, gets=LooksAliveGets),
            sloppy=True,
        ),
        _guard(
            "hint-for-another",
            "a hint names an owner that has acknowledged already",
            "The fallback's acknowledgement is counted, and what it keeps goes to a node that has it.",
            "fresh-reads",
            replacing(puts=HintForAnother),
            sloppy=True,
        ),
        _guard(
            "repair-overwrites",
            "read repair overwrites the record",
            "What the get saw goes over the record of its coordinator, and so over what came meanwhile.",
            "fresh-reads",
            replacing(gets=RepairOverwrites),
        ),
        _guard(
            "recovered-by-one",
            "one owner is enough to recover a lost disk from",
            "An empty copy answers reads again when one other owner has confirmed it, who may lack what others have.",
            "fresh-reads",
            replacing(anti_entropy=RecoveredByOne),
        ),
        _guard(
            "fallback-coordinates",
            "a fallback coordinates what PW owners acknowledge",
            "An owner acknowledges, loses its disk before the answer, and recovers from owners that have not got the "
            "put yet; the only other copy is the coordinator's hint, and nobody recovers from hints.",
            "fresh-reads",
            replacing(requests=FallbackCoordinates),
        ),
        _guard(
            "empties-confirm",
            "a copy that is recovering confirms another",
            "Two copies that are equal because both are empty confirm each other, and answer reads.",
            "fresh-reads",
            replacing(anti_entropy=EmptiesConfirm),
        ),
        _guard(
            "versions-only",
            "anti-entropy brings no tombstones",
            "A replica that missed a delete keeps the value, and gives it to one that has lost its disk: neither the "
            "trees nor the records that are exchanged tell that it is gone.",
            "fresh-deletes",
            replacing(anti_entropy=VersionsOnly, forest=LivingForest),
        ),
        _guard(
            "live-reaped",
            "a record is reaped that nobody deleted",
            "The vote asks for how long the record is unchanged, and not whether it is a tombstone.",
            "no-lost-write",
            replacing(reaper=ReapsTheLiving),
        ),
        _guard(
            "stale-owner-ignored",
            "an owner that cannot be reached is not asked before a tombstone is reaped",
            "The owner that was away still shows the value, and brings it back.",
            "no-resurrection",
            replacing(reaper=AsksTheReachable),
        ),
        _guard(
            "no-grace",
            "tombstones are reaped without a grace period",
            "A message that carries the deleted value is still on its way, and arrives after the tombstone is gone.",
            "no-resurrection",
            replacing(reaper=_impatient),
        ),
        _guard(
            "hint-ignored",
            "a member votes for reaping though it keeps a hint for the key",
            "The hint is delivered after the tombstone is gone, and the deleted value stands again.",
            "no-resurrection",
            replacing(reaper=IgnoresHints),
        ),
        _guard(
            "handoff-ignored",
            "a member votes for reaping right after it handed off a hint for the key",
            "A second copy of the handed-off hint arrives late, after the tombstone is gone. (An owner of the "
            "store begins its grace anew when it takes over a hint; that goes too.)",
            "no-resurrection",
            replacing(reaper=ForgetsHandoffs, replica=TakesOverQuietly),
        ),
    )
}
"""Every one of them, by name."""
