"""Mutants of deletion and reaping, on stage. The claim is `no-resurrection` unless something else is said."""

from dynamo.core.messages import Handoff, Read, ReapQuery, Replicate
from kept.lab.direction import MS, SECOND, Direction
from kept.lab.workload import DELETE
from kept.sim.tape import DUPLICATE
from kept.staged.quorums import CALM_US, A, B, pair

F = "n3"
GRACE_US = 8 * SECOND
"""The reaper's grace in a run."""


def _deleting(**config: object) -> Direction:
    return pair(1, 1, claim="no-resurrection", **config)


def reaped_alone() -> Direction:
    """The fallback keeps the put as a hint; the owner deletes it for a client that read the hint, forgets the
    tombstone by itself, and is brought the hint."""
    direction = _deleting(n=1, sloppy=True, bug="early-reaping")
    direction.key = direction.key_of((A, B))
    direction.part(500 * MS, CALM_US + GRACE_US + 10 * SECOND, (A,), (B,))
    direction.put(CALM_US, B)
    direction.ask(CALM_US + SECOND, DELETE, B, A)
    direction.until(CALM_US + GRACE_US + 12 * SECOND)
    return direction


def live_reaped() -> Direction:
    """A key that nobody deleted."""
    direction = pair(1, 1, nodes=1, n=1, claim="no-lost-write", bug="live-reaped")
    direction.put(1 * SECOND, A)
    direction.until(4 * SECOND + GRACE_US)
    return direction


def stale_owner_ignored() -> Direction:
    """b was away when the key was deleted, and still shows it."""
    direction = _deleting(bug="stale-owner-ignored")
    direction.key = direction.key_of((A, B))
    direction.put(1 * SECOND, A)
    direction.part(2 * SECOND, CALM_US, (A,), (B,))
    direction.ask(3 * SECOND, DELETE, A, A)
    direction.until(CALM_US + 4 * SECOND)
    return direction


def no_grace_for_reads(lag_ms: int = 400) -> Direction:
    """A third node reads the value of a and repairs b; its message is held back until all have forgotten the key."""
    direction = _deleting(nodes=3, bug="no-grace", anti_entropy=False)
    direction.key = direction.key_of((A, B, F))
    direction.part(500 * MS, SECOND, (A, F), (B,))
    direction.put(1 * SECOND, A)
    read_us = _tick_us(direction) - lag_ms * MS
    direction.get(read_us, F)
    asked_us = direction.moment(lambda message: isinstance(message, Read), F, B, read_us)
    direction.clog(asked_us + 1, 900 * MS, (F, B))
    direction.ask(read_us + 20 * MS, DELETE, A, A)
    direction.until(read_us + 3 * SECOND)
    return direction


def no_grace_for_writes(lag_ms: int = 800) -> Direction:
    """The put's own message to b is late, and arrives when all have forgotten the key."""
    direction = _deleting(bug="no-grace", anti_entropy=False, read_repair="off")
    direction.key = direction.key_of((A, B))
    put_us = _tick_us(direction) - lag_ms * MS
    direction.put(put_us, A)
    direction.late(lambda message: isinstance(message, Replicate), A, B, put_us, 990 * MS)
    direction.ask(put_us + 20 * MS, DELETE, A, A)
    direction.get(put_us + 650 * MS, A)
    direction.until(put_us + 3 * SECOND)
    return direction


def _tick_us(direction: Direction) -> int:
    """When the first owner calls votes: once in a while from then on."""
    rehearsal = Direction(direction.claims, direction.key, **direction.given)
    rehearsal.put(4 * SECOND, A)
    rehearsal.ask(5 * SECOND, DELETE, A, A)
    rehearsal.until(10 * SECOND)
    return rehearsal.moment(lambda message: isinstance(message, ReapQuery), A, B, 5 * SECOND)


def _with_a_hint(bug: str) -> Direction:
    """The third node keeps a hint for b, and its link to b is cut; a and b have the tombstone."""
    direction = _deleting(nodes=3, sloppy=True, bug=bug, anti_entropy=False)
    direction.key = direction.key_of((A, B, F))
    direction.part(500 * MS, 1_500 * MS, (A, F), (B,))
    direction.put(1 * SECOND, A)
    direction.ask(4 * SECOND, DELETE, A, A)
    return direction


def hint_ignored() -> Direction:
    """The hint is brought when everybody has forgotten the key."""
    direction = _with_a_hint("hint-ignored")
    direction.cut(1_900 * MS, GRACE_US + 6 * SECOND, (F, B))
    direction.until(GRACE_US + 12 * SECOND)
    return direction


def handoff_ignored() -> Direction:
    """The hint is brought twice: the first time under the tombstone, the second time when it is gone."""
    direction = _with_a_hint("handoff-ignored")
    direction.until(GRACE_US + 12 * SECOND)
    direction.cut(1_900 * MS, GRACE_US + 3 * SECOND, (F, B))
    direction.late(lambda message: isinstance(message, Handoff), F, B, GRACE_US + 4_900 * MS, 990 * MS, kind=DUPLICATE)
    return direction


def tombstones_not_exchanged() -> Direction:
    """b misses the delete, which a and c acknowledge. a loses its disk; c confirms that it lacks nothing, and from b it
    gets the value. a and b answer a get."""
    direction = pair(2, 2, nodes=3, n=3, claim="fresh-deletes", bug="versions-only", read_repair="off")
    direction.put(1 * SECOND, A)
    direction.part(2 * SECOND, 22 * SECOND, (A, F), (B,))
    direction.ask(2_100 * MS, DELETE, A, A)
    direction.lose_disks(4 * SECOND, 5 * MS, A)
    direction.part(24 * SECOND, 40 * SECOND, (F,), (A, B))
    direction.get(50 * SECOND, B)
    return direction
