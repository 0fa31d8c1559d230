"""Weighted votes (Gifford, SOSP 1979), decided exactly by the sums that subsets of the votes can have.

Gifford asks for r + w > V. That suffices, but it is not needed: with votes 2, 2, 2 and r = w = 3 every quorum has two
of the three nodes, though 3 + 3 > 6 is false. A get misses a put exactly when the votes of some nodes come to a
number from r to V - w.
"""

from collections.abc import Mapping
from typing import NamedTuple

VOTES_LIMIT = 1_000_000
"""Of all nodes together; beyond it `quorumsystem` asks a solver."""


class Split(NamedTuple):
    """Nodes that make a read quorum, the others making a write quorum."""

    read: tuple[str, ...]
    write: tuple[str, ...]


def split(votes: Mapping[str, int], r: int, w: int) -> Split | None:
    """Nodes that can form a read quorum of `r` votes and leave a write quorum of `w`; None where there are none.

    Votes are whole numbers of 0 or more, `VOTES_LIMIT` at the most in all.
    """
    whole = sum(votes.values())
    assert whole <= VOTES_LIMIT, "too many votes to list their sums"
    assert min(votes.values(), default=0) >= 0, "votes are not negative"
    reached = [1]  # bit s of entry k: some of the first k nodes have s votes together
    for weight in votes.values():
        reached.append(reached[-1] | reached[-1] << weight)
    wanted = (reached[-1] >> r) & ((1 << max(0, whole - w - r + 1)) - 1)
    if not wanted:
        return None
    left = r + (wanted & -wanted).bit_length() - 1
    read: list[str] = []
    for at, (name, weight) in reversed(list(enumerate(votes.items()))):
        if not reached[at] >> left & 1:
            read.append(name)
            left -= weight
    assert left == 0, "the chosen nodes have the votes"
    chosen = set(read)
    return Split(
        tuple(name for name in votes if name in chosen and votes[name]),
        tuple(name for name in votes if name not in chosen and votes[name]),
    )
