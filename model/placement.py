"""Who must hold a key: the ring of the paper, from its text (sections 4.2, 4.3 and 6.2), apart from the store's.

A key's position is its MD5 digest, read as a 128-bit big-endian number. Three strategies:

1. T random tokens per node; a key belongs to the range (previous token, token] and its first owner holds that token.
2. Q equal partitions, T random tokens per node; owners are met clockwise from the *end* of the key's partition.
3. Q equal partitions, each held by one node as a token; owners are met clockwise from the key's partition.

Owners are n distinct nodes of those met, spread greedily: each pick has the least used host, then the least used
datacenter, then the least used rack (a rack belongs to its datacenter); ties go to the node met first.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from hashlib import md5

from histories.header import POSITIONS, Member, Ring
from histories.text import to_bytes


def position(key: bytes) -> int:
    """Where `key` stands on the ring, from 0 to 2**128 - 1."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest(), "big")


def owners(ring: Ring, key: bytes) -> tuple[str, ...]:
    """The names of the nodes that must hold `key`, in the order of its preference list."""
    return Placement(ring).owners(key)


class Placement:
    """`owners` for many keys of one ring: each walk is done once."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        held = sorted((token, member.name) for member in ring.members for token in member.tokens)
        self._tokens = [token for token, _ in held]
        self._holders = [name for _, name in held]
        self._members = {member.name: member for member in ring.members}
        self._walks: dict[int, tuple[str, ...]] = {}

    def owners(self, key: bytes) -> tuple[str, ...]:
        """As the function `owners`."""
        return self.owners_of(self.partition(key))

    def owners_of_text(self, key: str) -> tuple[str, ...]:
        """As `owners`, for a recorded key."""
        return self.owners(to_bytes(key))

    def partition(self, key: bytes) -> int:
        """The key's partition: an index from 0, or under strategy 1 the token that ends its range."""
        if self.ring.strategy == 1:
            return self._tokens[bisect_left(self._tokens, position(key)) % len(self._tokens)]
        return position(key) * self.ring.partitions // POSITIONS

    def has_partition(self, partition: int) -> bool:
        """Whether the ring has a partition of this name."""
        if self.ring.strategy == 1:
            return partition in self._tokens
        return 0 <= partition < self.ring.partitions

    def owners_of(self, partition: int) -> tuple[str, ...]:
        """The owners of every key in `partition`, in order."""
        walk = self._walks.get(partition)
        if walk is None:
            first = bisect_left(self._tokens, self._start(partition)) % len(self._tokens)
            met = tuple(dict.fromkeys(self._holders[first:] + self._holders[:first]))
            walk = self._walks[partition] = spread([self._members[name] for name in met], self.ring.n)
        return walk

    def _start(self, partition: int) -> int:
        """The first token to look for, clockwise."""
        if self.ring.strategy == 2:
            end = -(-(partition + 1) * POSITIONS // self.ring.partitions)  # rounded up: the next partition's first
            return end % POSITIONS
        return partition


def spread(met: Sequence[Member], n: int) -> tuple[str, ...]:
    """At most `n` of the members `met` clockwise, over as many hosts, datacenters and racks as there are."""
    hosts: Counter[str] = Counter()
    datacenters: Counter[str] = Counter()
    racks: Counter[tuple[str, str]] = Counter()
    left = list(met)
    picked: list[str] = []
    while left and len(picked) < n:
        best = min(
            left, key=lambda m: (hosts[m.host or m.name], datacenters[m.datacenter], racks[m.datacenter, m.rack])
        )  # min keeps the first of equals
        left.remove(best)
        picked.append(best.name)
        hosts[best.host or best.name] += 1
        datacenters[best.datacenter] += 1
        racks[best.datacenter, best.rack] += 1
    return tuple(picked)
