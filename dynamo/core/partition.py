"""The key space and how it is cut into partitions.

Keys are spread over a circle of 2^128 positions by MD5 (Dynamo, sections 4.1 and 4.2). A partition is the unit of
placement and of anti-entropy: all of its keys have one preference list. Section 6.2 cuts the circle in two ways: at
the nodes' random tokens (strategy 1), or into Q parts of equal size that no membership change ever moves (strategies
2 and 3).
"""

from bisect import bisect_left
from collections.abc import Sequence
from hashlib import md5
from typing import Protocol

RING_BITS = 128
RING_SIZE = 1 << RING_BITS
"""The number of positions; position 0 follows position RING_SIZE - 1."""


def position(key: bytes) -> int:
    """Where `key` stands on the circle: its MD5 digest read as a big-endian integer (section 4.1)."""
    return int.from_bytes(md5(key, usedforsecurity=False).digest(), "big")


class Partitioning(Protocol):
    """A cut of the circle into `count` partitions, numbered clockwise: every position is in exactly one."""

    count: int

    def index(self, position: int) -> int:
        """The partition that contains `position`."""
        ...

    def bounds(self, partition: int) -> tuple[int, int]:
        """The half-open range [start, end) of `partition`; 0 <= start < 2^128 and 0 < end <= 2^128.

        Where start >= end the range passes position 0 (and is the whole circle where they are equal).
        """
        ...


class EqualPartitions:
    """Q partitions of equal size: partition i is [i * 2^128 / Q, (i + 1) * 2^128 / Q)."""

    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count

    def index(self, position: int) -> int:
        return position * self.count >> RING_BITS

    def bounds(self, partition: int) -> tuple[int, int]:
        return self._start(partition), self._start(partition + 1)

    def _start(self, partition: int) -> int:
        """The first position of `partition`: its real start rounded up, for a Q that does not divide 2^128."""
        return -(-(partition << RING_BITS) // self.count)


class TokenRanges:
    """One partition per token: partition i is (token i-1, token i], so the first one passes position 0."""

    __slots__ = ("_tokens", "count")

    def __init__(self, tokens: Sequence[int]) -> None:
        """`tokens` are distinct positions in increasing order, at least one."""
        self._tokens = tokens
        self.count = len(tokens)

    def index(self, position: int) -> int:
        partition = bisect_left(self._tokens, position)
        return partition if partition < self.count else 0

    def bounds(self, partition: int) -> tuple[int, int]:
        return (self._tokens[partition - 1] + 1) % RING_SIZE, self._tokens[partition] + 1


def size_of(bounds: tuple[int, int]) -> int:
    """How many positions a range contains, 1 to 2^128."""
    start, end = bounds
    return (end - start - 1) % RING_SIZE + 1
