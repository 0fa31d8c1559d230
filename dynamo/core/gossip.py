"""Gossip: once a second each node meets one random peer, and the two reconcile what they know (Dynamo, section 4.8).

They exchange heartbeats (who has been heard of, and in which boot) and, where their digests differ, the membership
tables. A heartbeat that has moved on is a sign of life from a third node; it feeds phi, but it does not clear a node
that left *our* requests unanswered, for between us the wire may be cut. Peers held to be down are asked directly
every interval. Now and then the peer is a seed: "to prevent logical partitions, some Dynamo nodes play the role of
seeds" (4.8.2). Where two rings that do not know each other meet so, the one with the greater name gives way, and each
of its nodes asks to be let into the other.
"""

from dynamo.core.greeting import Greeting
from dynamo.core.host import Host
from dynamo.core.membership import Table, decode_table
from dynamo.core.messages import GossipAck, GossipSyn, Heartbeats, LetIn, Ping
from dynamo.core.participant import Participant

SEED_EVERY = 10
"""One meeting in so many is with a seed."""


class Gossip:
    """One node's gossip and its heartbeats."""

    def __init__(self, host: Host, participant: Participant, greeting: Greeting, seeds: tuple[str, ...]) -> None:
        self.host = host
        self.participant = participant
        self.greeting = greeting
        self.seeds = seeds
        self.heartbeats = greeting.heartbeats
        self._beating = False
        """Whether a heartbeat is on its way to the disk; on a disk that hangs they must not pile up."""

    @property
    def table(self) -> Table:
        return self.participant.table

    def boot(self) -> None:
        """The node's generation is known."""
        host = self.host
        self.heartbeats[host.name] = (host.generation, 0)

    def tick(self) -> None:
        """One gossip interval has passed."""
        host = self.host
        if not self._beating:
            self._beating = True
            beat = self.heartbeats[host.name][1] + 1
            host.when_durable(self.greeting.beat(host.generation, beat), self._meet, beat)
        for name in sorted(host.detector.down):
            host.mark("peer held to be down was asked")
            host.send(name, Ping())

    def _meet(self, beat: int) -> None:
        """The heartbeat is durable, and may be told."""
        host, table = self.host, self.table
        self._beating = False
        self.heartbeats[host.name] = (host.generation, beat)
        peers = [name for name in table.involved or table.names if name != host.name]
        seeds = [name for name in self.seeds if name != host.name]
        if seeds and (not peers or host.choose(SEED_EVERY) == 0):
            peers = seeds
        if peers:
            syn = GossipSyn(self.participant.digest, dict(self.heartbeats), table.cluster)
            host.send(peers[host.choose(len(peers))], syn)

    def syn(self, sender: str, message: GossipSyn) -> None:
        """A peer begins a meeting."""
        table = self.table
        differ = message.table_digest != self.participant.digest
        if sender in self.host.involved:
            self._hear(message.heartbeats)
        encoded = self.participant.encoded if differ else b""
        self.host.send(sender, GossipAck(encoded, dict(self.heartbeats), answer=differ, cluster=table.cluster))

    def ack(self, sender: str, message: GossipAck) -> None:
        """A peer answers; where the tables differ it has sent its own and asks for ours."""
        if sender in self.host.involved:
            self._hear(message.heartbeats)
        if message.table:
            theirs = decode_table(message.table)
            self._reconcile(sender, theirs)
        self._ask_again(sender)
        if message.answer:
            table = self.table
            answer = GossipAck(self.participant.encoded, dict(self.heartbeats), answer=False, cluster=table.cluster)
            self.host.send(sender, answer)

    def _hear(self, theirs: Heartbeats) -> None:
        """Take over newer heartbeats. The third node that one tells of is alive, as far as phi is concerned."""
        host = self.host
        involved = host.involved
        mine = self.heartbeats
        suspected = host.detector.suspected
        for name, beat in theirs.items():
            known = mine.get(name)
            if (known is None or beat > known) and name in involved:
                mine[name] = beat
                self.greeting.heard(name, beat[0])
                if name not in suspected and name != host.name:
                    host.detector.heard(name, host.now_us)

    def _reconcile(self, sender: str, theirs: Table) -> None:
        participant, host = self.participant, self.host
        if participant.learn(theirs, sender):
            self.forget_others()
        mine = participant.table
        own = mine.holder(host.name)
        if own is not None and theirs.cluster and theirs.cluster < mine.cluster and sender in theirs.names:
            host.mark("another ring met")
            host.send(sender, LetIn(own.name, own.weight, own.host, own.rack, own.datacenter))

    def _ask_again(self, sender: str) -> None:
        """Who has come over and is in no ring asks at every meeting: a wish may be lost, and so may who heard it."""
        participant = self.participant
        if participant.luggage is not None and not participant.inside and sender in participant.table.names:
            self.host.mark("asked again to be let in")
            self.host.send(sender, participant.luggage)

    def forget_others(self) -> None:
        """Heartbeats of nodes that are not involved any more go."""
        involved = self.host.involved
        for name in [name for name in self.heartbeats if name not in involved and name != self.host.name]:
            del self.heartbeats[name]
