"""Anti-entropy: replicas that drifted apart find the difference through Merkle trees (Dynamo, section 4.7).

One round with one peer, every message of which stands for itself (none is answered from memory, so losing any of
them only postpones the work to a later round):

    A  roots of the partitions that both own          ->
                                                      <-  children of the roots that differ     B
    A  children of the nodes that differ              ->
       ...                                            <-  keys and digests of the leaves that differ
    A  its records of the keys that differ, and a wish for B's
"""

import json
from collections.abc import Iterable, Mapping

from dynamo.core.effects import META, Change
from dynamo.core.host import AnyRing, Host
from dynamo.core.merkle import differing
from dynamo.core.messages import TreeLeaves, TreeNodes, TreeRecord, TreeRoots, TreeSame
from dynamo.core.replica import Replica
from dynamo.core.siblings import Siblings

RECOVERING = b"recovering"
Path = tuple[int, ...]
Nodes = list[tuple[int, Path, Mapping[int, bytes]]]
Leaves = list[tuple[int, Path, Mapping[bytes, bytes]]]


class AntiEntropy:
    """One node's side of every exchange."""

    def __init__(self, host: Host, replica: Replica) -> None:
        self.host = host
        self.replica = replica
        self.alike: dict[int, dict[str, tuple[str, ...]]] = {}
        """Partition -> owners that recover it as well and hold the same -> whose confirmation they lacked then."""

    def tick(self) -> None:
        """One exchange interval has passed: start a round with one peer that shares a partition with this node. A node
        that recovers asks those first who have not confirmed it: by chance alone, among many peers, that may take long.
        """
        host = self.host
        if host.name not in host.ring.names:  # it is leaving, and has lost its last partition
            return
        peers = [name for name in host.ring.neighbours(host.name) if name not in host.detector.down]
        if peers and host.admission.grant("exchange"):
            lacking = {name for names in self.replica.recovering.values() for name in names}
            wanted = [name for name in peers if name in lacking]
            if wanted and len(wanted) < len(peers) and host.choose(2):
                peers = wanted
            peer = peers[host.choose(len(peers))]
            partitions = self._shared(peer)
            confirm = host.generation if self.replica.recovering else 0
            host.send(peer, TreeRoots(host.forest.roots(partitions), confirm))

    def roots(self, sender: str, message: TreeRoots) -> None:
        """A peer starts a round: answer with the children of every root that differs from ours."""
        forest = self.host.forest
        mine = forest.roots(self._shared(sender))
        different = differing(mine, message.roots)
        if different:
            self.host.mark("anti-entropy found a difference")
            self.host.send(sender, TreeNodes(tuple((p, (), forest.children(p, ())) for p in different)))
        if message.confirm:
            same = sorted(set(mine) - set(different))
            recovering = self.replica.recovering
            missing = {p: tuple(sorted(recovering[p])) for p in same if p in recovering}
            self.host.send(sender, TreeSame(message.confirm, tuple(same), missing))

    def nodes(self, sender: str, message: TreeNodes) -> None:
        """Children of inner nodes that differ: go one level down where they differ from ours."""
        forest = self.host.forest
        deeper: Nodes = []
        leaves: Leaves = []
        for partition, path, theirs in message.nodes:
            for child in differing(forest.children(partition, path), theirs):
                below = (*path, child)
                if len(below) == self.host.config.merkle_depth:
                    leaves.append((partition, below, forest.leaf(partition, below)))
                else:
                    deeper.append((partition, below, forest.children(partition, below)))
        if deeper:
            self.host.send(sender, TreeNodes(tuple(deeper)))
        if leaves:
            self.host.send(sender, TreeLeaves(tuple(leaves)))

    def leaves(self, sender: str, message: TreeLeaves) -> None:
        """Contents of leaves that differ: send our records of the keys that differ, and ask for theirs."""
        left = self.host.config.exchange_keys
        for partition, path, theirs in message.leaves:
            mine = self.host.forest.leaf(partition, path)
            for key in sorted(mine.keys() | theirs.keys()):
                if mine.get(key) == theirs.get(key):
                    continue
                if not left or not self.host.admission.grant("exchange"):
                    return  # a later round will find it
                left -= 1
                self.host.mark("anti-entropy exchanged a key")
                self.replica.fetch_durable(key, self._offer, sender, key, key in theirs)

    def _offer(self, state: Siblings | None, sender: str, key: bytes, wanted: bool) -> None:
        if state is not None:  # a damaged copy has nothing to offer; it is healed elsewhere (see `healing`)
            self.host.send(sender, TreeRecord(key, state, wanted))

    def record(self, sender: str, message: TreeRecord) -> None:
        """A peer's record: merge it, and send ours back where it was asked for."""
        if self.host.owns(message.key) and self.host.admission.grant("exchange"):
            self.replica.fetch(message.key, self._merge, sender, message)

    def _merge(self, local: Siblings | None, sender: str, message: TreeRecord) -> None:
        if local is None:
            return
        if message.state.context:  # an empty state says only that the peer has nothing
            self.replica.merge(local, message.key, message.state)
        if message.wanted:
            self.replica.fetch_durable(message.key, self._offer, sender, message.key, False)

    def _shared(self, peer: str) -> tuple[int, ...]:
        """The partitions that this node and `peer` answer reads of."""
        host = self.host
        if host.name not in host.ring.names or peer not in host.ring.names:
            return ()
        return host.ring.partitions_shared(host.name, peer)

    # Recovery of what was lost

    def boot(self, meta: Mapping[bytes, bytes], lost: bool) -> tuple[Change, ...]:
        """Begin to recover where the disk was `lost`, or go on where an earlier boot did not finish: until every other
        owner has confirmed a partition, this copy answers no reads of it. Returns what to write with the boot."""
        host = self.host
        if lost:
            if host.name in host.ring.names and host.involved:
                self.doubt(host.ring.partitions_of(host.name))
            return (self.progress(),)
        if RECOVERING in meta and host.involved:
            for position, names in json.loads(meta[RECOVERING]).items():
                self.replica.recovering[host.ring.holding(int(position))] = set(names)
        return ()

    def doubt(self, partitions: Iterable[int]) -> None:
        """This node does not have everything of these partitions, though it is to answer for them: they are recovered
        like those of a lost disk. Whoever calls this writes `progress` down."""
        host = self.host
        for partition in partitions:
            others = {name for name in host.ring.readers(partition) if name != host.name and name in host.involved}
            if others:
                self.replica.recovering[partition] = others

    def ring_changed(self, before: AnyRing) -> None:
        """What is being recovered goes on under the new ring, and is asked of the owners of now. Whoever calls this
        writes `progress` down, in one batch with the ring: partitions have other bounds in another ring."""
        host, replica = self.host, self.replica
        old, replica.recovering = replica.recovering, {}
        self.alike.clear()
        if not old:
            return
        ring = host.ring
        again = {ring.holding(before.range_of(partition)[1] - 1) for partition in old}
        again |= {p for p in range(ring.count) if before.holding(ring.range_of(p)[1] - 1) in old}
        for partition in sorted(again):
            readers = ring.readers(partition)
            confirmed = {*before.readers(partition)} - old[partition] if ring.strategy != 1 else {*()}
            missing = {name for name in readers if name != host.name and name in host.involved} - confirmed
            if host.name in readers and missing:
                replica.recovering[partition] = missing

    def same(self, sender: str, message: TreeSame) -> None:
        """`sender` holds exactly what we hold in these partitions, at one moment since our start."""
        recovering = self.replica.recovering
        if message.confirm != self.host.generation:
            return  # it speaks of what an earlier boot held
        confirmed = [p for p in message.partitions if sender in recovering.get(p, ())]
        for partition in confirmed:
            if partition in message.missing:
                self.alike.setdefault(partition, {})[sender] = message.missing[partition]
            else:
                recovering[partition].discard(sender)
            if self._recovered(partition):
                del recovering[partition]
                self.alike.pop(partition, None)
                self.host.mark("partition recovered")
        if confirmed:  # after the records that were confirmed: a crash cannot keep this and lose them
            self.host.write((self.progress(),))

    def _recovered(self, partition: int) -> bool:
        """Whether this copy is whole: everybody has confirmed it who has not lost the partition himself, and it equals
        those of the others, who have been confirmed by everybody else. (Two copies that are equal because both are
        empty confirm nothing.)"""
        left, alike = self.replica.recovering[partition], self.alike.get(partition, {})
        lost = {*alike, self.host.name}
        return all(name in alike and lost.issuperset(alike[name]) for name in left)

    def progress(self) -> Change:
        """What is still to be recovered, for the disk; partitions by their last position, since numbers change."""
        ring = self.host.ring
        left = {str(ring.range_of(p)[1] - 1): sorted(names) for p, names in sorted(self.replica.recovering.items())}
        return Change(META, RECOVERING, json.dumps(left).encode() if left else None)
