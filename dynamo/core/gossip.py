"""Gossip: once a second each node meets one random peer, and the two reconcile what they know (Dynamo, section 4.8).

They exchange heartbeats (who has been heard of, and in which boot) and, where their digests differ, the membership
tables. A heartbeat that has moved on is a sign of life from a third node; it feeds phi, but it does not clear a node
that left *our* requests unanswered, for between us the wire may be cut. Peers held to be down are asked directly
every interval. Now and then the peer is a seed, so that rings that lost sight of each other find back (4.8.2).
"""

from collections.abc import Callable

from dynamo.core.effects import META, Change
from dynamo.core.host import Host
from dynamo.core.membership import Membership
from dynamo.core.messages import GossipAck, GossipSyn, Heartbeats, Ping

MEMBERS = b"members"
SEED_EVERY = 10
"""One meeting in so many is with a seed."""


class Gossip:
    """One node's gossip, its copy of the membership table and its heartbeats."""

    def __init__(self, host: Host, table: Membership, seeds: tuple[str, ...], ring_changed: Callable[[], None]) -> None:
        self.host = host
        self.table = table
        self.seeds = seeds
        self.ring_changed = ring_changed
        self.heartbeats: dict[str, tuple[int, int]] = {}
        self.generation_of: dict[str, int] = {}

    def boot(self) -> None:
        """The node's generation is known."""
        host = self.host
        self.heartbeats[host.name] = (host.generation, 0)
        host.detector.expect((name for name in self.table.names if name != host.name), host.now_us)

    def tick(self) -> None:
        """One gossip interval has passed."""
        host = self.host
        generation, heartbeat = self.heartbeats[host.name]
        self.heartbeats[host.name] = (generation, heartbeat + 1)
        peers = [name for name in self.table.names if name != host.name]
        seeds = [name for name in self.seeds if name != host.name]
        if seeds and (not peers or host.choose(SEED_EVERY) == 0):
            peers = seeds
        if peers:
            host.send(peers[host.choose(len(peers))], GossipSyn(self.table.digest, dict(self.heartbeats)))
        for name in sorted(host.detector.down):
            host.mark("peer held to be down was asked")
            host.send(name, Ping())

    def syn(self, sender: str, message: GossipSyn) -> None:
        """A peer begins a meeting."""
        differ = message.table_digest != self.table.digest
        self._hear(message.heartbeats)
        table = self.table.encode() if differ else b""
        self.host.send(sender, GossipAck(table, dict(self.heartbeats), answer=differ))

    def ack(self, sender: str, message: GossipAck) -> None:
        """A peer answers; where the tables differ it has sent its own and asks for ours."""
        self._hear(message.heartbeats)
        if message.table:
            self._reconcile(Membership.decode(message.table))
        if message.answer:
            self.host.send(sender, GossipAck(self.table.encode(), dict(self.heartbeats), answer=False))

    def _hear(self, theirs: Heartbeats) -> None:
        """Take over newer heartbeats. The third node that one tells of is alive, as far as phi is concerned."""
        host = self.host
        mine = self.heartbeats
        suspected = host.detector.suspected
        for name, beat in theirs.items():
            known = mine.get(name)
            if known is None or beat > known:
                mine[name] = beat
                self.generation_of[name] = beat[0]
                if name not in suspected and name != host.name:
                    host.detector.heard(name, host.now_us)

    def _reconcile(self, theirs: Membership) -> None:
        host = self.host
        if self.table.merge(theirs):
            host.mark("membership table changed")
            host.write((Change(META, MEMBERS, self.table.encode()),))
            host.detector.expect((name for name in self.table.names if name != host.name), host.now_us)
            self.ring_changed()
