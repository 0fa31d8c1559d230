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
from collections.abc import Mapping

from dynamo.core.effects import META, Change
from dynamo.core.host import Host
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

    def tick(self) -> None:
        """One exchange interval has passed: start a round with one peer that shares a partition with this node."""
        host = self.host
        peers = [name for name in host.ring.neighbours(host.name) if name not in host.detector.down]
        if peers and host.admission.grant("exchange"):
            peer = peers[host.choose(len(peers))]
            partitions = host.ring.partitions_shared(host.name, peer)
            confirm = host.generation if self.replica.recovering else 0
            host.send(peer, TreeRoots(host.forest.roots(partitions), confirm))

    def roots(self, sender: str, message: TreeRoots) -> None:
        """A peer starts a round: answer with the children of every root that differs from ours."""
        forest = self.host.forest
        mine = forest.roots(self.host.ring.partitions_shared(self.host.name, sender))
        different = differing(mine, message.roots)
        if different:
            self.host.mark("anti-entropy found a difference")
            self.host.send(sender, TreeNodes(tuple((p, (), forest.children(p, ())) for p in different)))
        if message.confirm:
            same = sorted(set(mine) - set(different))
            self.host.send(sender, TreeSame(message.confirm, tuple(same)))

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

    # Recovery of a lost disk

    def boot(self, meta: Mapping[bytes, bytes], lost: bool) -> tuple[Change, ...]:
        """Begin to recover where the disk was `lost`, or go on where an earlier boot did not finish: until every other
        owner has confirmed a partition, this copy answers no reads of it. Returns what to write with the boot."""
        host = self.host
        recovering = self.replica.recovering
        if lost:
            for partition in host.ring.partitions_of(host.name):
                others = set(host.others(partition))
                if others:
                    recovering[partition] = others
        elif RECOVERING in meta:
            for partition, names in json.loads(meta[RECOVERING]).items():
                recovering[int(partition)] = set(names)
        return (self._progress(),) if lost else ()

    def same(self, sender: str, message: TreeSame) -> None:
        """`sender` holds exactly what we hold in these partitions, at one moment since our start."""
        recovering = self.replica.recovering
        if message.confirm != self.host.generation:
            return  # it speaks of what an earlier boot held
        confirmed = [p for p in message.partitions if sender in recovering.get(p, ())]
        for partition in confirmed:
            recovering[partition].discard(sender)
            if not recovering[partition]:
                del recovering[partition]
                self.host.mark("partition recovered")
        if confirmed:  # after the records that were confirmed: a crash cannot keep this and lose them
            self.host.write((self._progress(),))

    def _progress(self) -> Change:
        left = {str(partition): sorted(names) for partition, names in sorted(self.replica.recovering.items())}
        return Change(META, RECOVERING, json.dumps(left).encode() if left else None)
