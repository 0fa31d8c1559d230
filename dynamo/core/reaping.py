"""Reaping tombstones, only when it is safe.

A tombstone is what keeps a deleted value from coming back: it covers the versions that were deleted. It may be
forgotten once nothing that it covers exists anywhere, on no disk and on no wire. The first owner of the key asks
*every* member and needs a yes from all of them (and while the membership changes, nobody says yes):

* an owner says yes if it holds exactly this state, durably, and has held it unchanged for the grace period;
* everybody says yes only if it keeps no hint for the key, dropped none within the grace period, and coordinates no
  operation on it.

Any message that could carry an older state was sent before its sender reached the present one, or by an operation
that had read it before; both are shorter-lived than the grace period (`StoreConfig.reap_grace_us`). A member that
cannot answer is a no: its disk may hold an old version or a hint. Then the owners forget the record, each only if it
is still the same (compare scylla#3560, Riak's object deletion, and Dynamo's silence on the matter).
"""

from dynamo.core.gets import GetCoordinator
from dynamo.core.host import Host
from dynamo.core.messages import Reap, ReapQuery, ReapVote
from dynamo.core.puts import PutCoordinator
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings

MAX_BALLOTS = 32
"""Tombstones that one node tries to reap in one interval."""


class Ballot:
    """One tombstone that is being voted on."""

    __slots__ = ("digest", "key", "missing")

    def __init__(self, key: bytes, digest: bytes, missing: set[str]) -> None:
        self.key = key
        self.digest = digest
        self.missing = missing


class Reaper:
    """Reaps the tombstones of which this node is the first owner, and votes on those of others."""

    def __init__(self, host: Host, replica: Replica, puts: PutCoordinator, gets: GetCoordinator) -> None:
        self.host = host
        self.replica = replica
        self.puts = puts
        self.gets = gets
        self.ballots: dict[int, Ballot] = {}
        self._calling = 0
        """Tombstones that are being loaded for a vote."""
        self._ops = 0

    def tick(self) -> None:
        """One reap interval has passed: call a vote on the tombstones that are old enough."""
        host = self.host
        self.ballots.clear()  # whoever has not voted by now did not vote
        self._forget_handed_off()
        if host.changing or host.detector.down or not self.replica.tombstones:
            return
        old_us = host.now_us - host.config.reap_grace_us
        others = [name for name in sorted(host.involved) if name != host.name]
        for key, since_us in list(self.replica.tombstones.items()):
            if len(self.ballots) + self._calling >= MAX_BALLOTS:
                break
            if since_us <= old_us and host.ring.owners(host.partition(key))[0] == host.name:
                if not host.admission.grant("reaping"):
                    break
                self._calling += 1
                self.replica.fetch_durable(key, self._call, key, others)

    def _call(self, state: Siblings | None, key: bytes, others: list[str]) -> None:
        self._calling -= 1
        if len(self.ballots) >= MAX_BALLOTS or state is None or not self.may(key, state.digest, state):
            return
        self._ops += 1
        op = self.host.boot_bits | self._ops
        ballot = self.ballots[op] = Ballot(key, state.digest, set(others))
        for name in others:
            self.host.send(name, ReapQuery(op, key, state.digest))
        self._count(ballot)

    def may(self, key: bytes, digest: bytes, state: Siblings | None) -> bool:
        """This member's own vote; `state` is its durable record where it is an owner, else None."""
        host, replica = self.host, self.replica
        old_us = host.now_us - host.config.reap_grace_us
        forgotten_us = max(host.booted_us, replica.all_handed_off_us)  # what was dropped until then is not known
        handed_off_us = replica.handed_off_us.get(key, forgotten_us)
        if host.changing or replica.hinted(key) is not None or handed_off_us > old_us:
            return False
        if self.puts.touches(key) or self.gets.touches(key) or key in replica.damaged:
            return False
        if not host.owns(key):
            return key not in replica.strays
        since_us = replica.tombstones.get(key)
        return state is not None and since_us is not None and since_us <= old_us and state.digest == digest

    def asked(self, sender: str, message: ReapQuery) -> None:
        """Another member calls a vote. Nothing said is a no: a node whose disk is behind does not make it longer."""
        if self.host.overload.full():
            return
        if self.host.owns(message.key):
            self.replica.fetch_durable(message.key, self._vote, sender, message)
        else:
            self._vote(None, sender, message)

    def _vote(self, state: Siblings | None, sender: str, message: ReapQuery) -> None:
        self.host.send(sender, ReapVote(message.op, self.may(message.key, message.digest, state)))

    def voted(self, sender: str, message: ReapVote) -> None:
        """A member has voted."""
        ballot = self.ballots.get(message.op)
        if ballot is None:
            return
        if message.yes:
            ballot.missing.discard(sender)
            self._count(ballot)
        else:
            del self.ballots[message.op]
            self.host.mark("reaping refused by a member")

    def _count(self, ballot: Ballot) -> None:
        if not ballot.missing:
            host = self.host
            for name in host.ring.owners(host.partition(ballot.key)):
                if name != host.name:
                    host.send(name, Reap(ballot.key, ballot.digest))
            self.reap(host.name, Reap(ballot.key, ballot.digest))

    def reap(self, _sender: str, message: Reap) -> None:
        """Everybody has agreed: forget the record if it is still the one that was voted on."""
        if message.key in self.replica.tombstones:
            self.replica.fetch(message.key, self._reap, message)

    def _reap(self, state: Siblings | None, message: Reap) -> None:
        if state is not None and message.key in self.replica.tombstones and state.digest == message.digest:
            self.host.mark("tombstone reaped")
            self.replica.reap(message.key)

    def _forget_handed_off(self) -> None:
        old_us = self.host.now_us - self.host.config.reap_grace_us
        handed_off = self.replica.handed_off_us
        for key in [key for key, at_us in handed_off.items() if at_us <= old_us]:
            del handed_off[key]
