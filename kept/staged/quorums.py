"""Mutants of quorums, durability and merging, on stage: two owners of one key, a and b of the trace."""

from typing import Any

from dynamo.core.messages import Handoff
from kept.lab.direction import MS, SECOND, Direction

A, B = "n1", "n2"
CALM_US = 60 * SECOND
"""After so long every node knows whom it cannot reach."""


def pair(r: int = 1, w: int = 2, *, claim: str = "fresh-reads", **config: Any) -> Direction:
    """A cluster of two owners under a strict quorum, unless `config` says otherwise."""
    numbers: dict[str, Any] = {"nodes": 2, "n": 2, "r": r, "w": w, "sloppy": False, **config}
    return Direction((claim,), **numbers)


def apart(direction: Direction) -> Direction:
    """One owner answers the put, the other one the get, and nothing passes between them."""
    direction.part(500 * MS, 10 * SECOND, (A,), (B,))
    direction.put(1 * SECOND, A)
    direction.get(3 * SECOND, B)
    return direction


def quorums_that_miss() -> Direction:
    return apart(pair(1, 1))


def ack_at_one() -> Direction:
    return apart(pair(1, 2, bug="ack-at-one"))


def read_at_one() -> Direction:
    return apart(pair(2, 1, bug="read-at-one"))


def hint_counted() -> Direction:
    """The third node keeps a hint for b, which counts; b answers the get."""
    direction = pair(1, 2, nodes=3, bug="sloppy-overlap")
    direction.key = direction.key_of((A, B, "n3"))
    direction.part(500 * MS, CALM_US + 10 * SECOND, (A, "n3"), (B,))
    direction.put(CALM_US, A)
    direction.get(CALM_US + SECOND, B)
    return direction


def acked_before_sync() -> Direction:
    """b acknowledges from memory and loses that when it stops."""
    direction = pair(1, 2, bug="replica-acknowledges-from-memory")
    direction.slow_disks(900 * MS, SECOND, B)
    direction.put(1 * SECOND, A)
    direction.part(1_100 * MS, 10 * SECOND, (A,), (B,))
    direction.crash(1_150 * MS, 200 * MS, B)
    direction.get(5 * SECOND, B)
    return direction


def sent_before_sync() -> Direction:
    """a sends what is not on its disk, counts itself, and stops."""
    direction = pair(1, 2, bug="early-replication")
    direction.slow_disks(900 * MS, SECOND, A)
    direction.put(1 * SECOND, A)
    direction.part(1_100 * MS, 10 * SECOND, (A,), (B,))
    direction.crash(1_150 * MS, 200 * MS, A)
    direction.get(5 * SECOND, A)
    return direction


def hint_dropped() -> Direction:
    """The fallback drops its hint when it has sent it; the owner stops before it is on the disk."""
    direction = pair(1, 1, n=1, nodes=2, sloppy=True, claim="no-lost-write", bug="hint-deleted-on-send")
    direction.key = direction.key_of((A, B))
    direction.part(500 * MS, CALM_US + 5 * SECOND, (A,), (B,))
    direction.put(CALM_US, B)
    direction.slow_disks(CALM_US + 4 * SECOND, 10 * SECOND, A)
    direction.until(CALM_US + 10 * SECOND)
    brought_us = direction.moment(lambda message: isinstance(message, Handoff), B, A, CALM_US + 5 * SECOND)
    direction.crash(brought_us + 50 * MS, 200 * MS, A)
    return direction


def last_writer_wins() -> Direction:
    """Two puts that have not seen each other; the second replaces the first."""
    direction = pair(1, 2, versions="lww")
    direction.put(1 * SECOND, A)
    direction.put(2 * SECOND, B)
    direction.get(3 * SECOND, A)
    return direction


def repair_overwrites() -> Direction:
    """b alone has an older put. A get at a has seen that, and not yet repaired a, when a takes a newer put."""
    direction = pair(1, 2, bug="repair-overwrites", anti_entropy=False)
    direction.part(500 * MS, SECOND, (A,), (B,))
    direction.put(1 * SECOND, B)
    direction.clog(2 * SECOND, 60 * MS, (B, A))
    direction.get(2_001 * MS, A)
    direction.put(2_010 * MS, A)
    direction.part(2_100 * MS, 5 * SECOND, (A,), (B,))
    direction.get(3 * SECOND, A)
    return direction
