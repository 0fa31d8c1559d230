"""Mutants of lost disks and their recovery, on stage."""

from typing import Any

from dynamo.core.messages import TreeRecord, TreeSame
from kept.lab.direction import MS, SECOND, Direction
from kept.sim.faults import BIT_ROT
from kept.staged.quorums import A, B, pair

C = "n3"
STARTS = 64
"""So often a node starts, at the most, until chance lets it meet the wanted one."""


def the_only_disk() -> Direction:
    """W = 1, and the disk is lost that has the put."""
    direction = pair(1, 1, nodes=1, n=1, claim="no-lost-write", beyond=True)
    direction.put(1 * SECOND, A)
    direction.lose_disks(2 * SECOND, 200 * MS, A)
    direction.until(3 * SECOND)
    return direction


def wiped_disk_rejoins() -> Direction:
    """b acknowledges, loses its disk, and answers from the empty one."""
    direction = pair(1, 2, bug="recovering-answers")
    direction.put(1 * SECOND, A)
    direction.lose_disks(2 * SECOND, 200 * MS, B)
    direction.part(2_220 * MS, 10 * SECOND, (A,), (B,))
    direction.get(5 * SECOND, B)
    return direction


def recovered_by_one() -> Direction:
    """a and c acknowledge. a loses its disk and hears b, which never had the put; c is not there."""
    direction = pair(2, 2, nodes=3, n=3, bug="recovered-by-one")
    direction.part(500 * MS, 2 * SECOND, (A, C), (B,))
    direction.put(1 * SECOND, C)
    direction.part(2 * SECOND, 20 * SECOND, (A, B), (C,))
    direction.lose_disks(2 * SECOND, 200 * MS, A)
    direction.get(15 * SECOND, B)
    return direction


def two_disks_at_once() -> Direction:
    """a acknowledges, loses its disk, and is confirmed by b, which has not got the put yet; then b acknowledges, so
    the put is answered; c loses its disk, and confirms a, both being empty. Whom a node meets first after a start, and
    when, is chance: before the put a starts as often as it takes until it meets b in time."""
    for starts in range(STARTS):
        direction = pair(1, 3, nodes=3, n=3, bug="empties-confirm", beyond=True)
        for at in range(starts):
            direction.crash((500 + 100 * at) * MS, 5 * MS, A)
        put_us = 1 * SECOND + 100 * starts * MS
        direction.clog(put_us - 10 * MS, 500 * MS, (C, B))
        direction.put(put_us, C)
        direction.lose_disks(put_us + 20 * MS, 5 * MS, A)
        direction.part(put_us + 60 * MS, 570 * MS, (A,), (C,))
        direction.until(put_us + SECOND)
        if _met(direction, put_us + 25 * MS, put_us + 480 * MS):
            break
    direction.part(put_us + 485 * MS, 30 * SECOND, (A,), (B,))
    direction.lose_disks(put_us + 530 * MS, 5 * MS, C)
    direction.part(put_us + 530 * MS, 30 * SECOND, (C,), (B,))
    direction.get(put_us + 25 * SECOND, A)
    return direction


def _met(direction: Direction, after_us: int, before_us: int) -> bool:
    """Whether b has told a what they both hold by then, and c has told a nothing."""
    try:
        told_us = direction.moment(lambda message: isinstance(message, TreeSame), B, A, after_us)
    except LookupError:
        return False
    try:
        brought_us = direction.moment(lambda message: isinstance(message, TreeRecord), C, A, after_us)
    except LookupError:
        brought_us = before_us
    return told_us < before_us <= brought_us


def fallback_coordinates() -> Direction:
    """Nobody whom the client's node can reach owns the key, so a fallback coordinates, and two owners acknowledge
    (PW = 2). b does so, its record rots, and is healed from a, which has not got the put yet, and from the third owner,
    which never gets it. The only whole copy is the fallback's hint, and nobody who heals a
    record asks for hints."""
    quorums: dict[str, Any] = {"nodes": 7, "n": 3, "pr": 2, "pw": 2, "sloppy": True, "partitions": 7}
    direction = pair(2, 2, **quorums, anti_entropy=False, beyond=True, bug="fallback-coordinates")
    walk = direction.preference(direction.key)
    a, b, third, fallback, *more, stranger = walk
    direction.part(500 * MS, 120 * SECOND, (stranger,), (a, b, third))
    direction.part(500 * MS, 120 * SECOND, (fallback,), (third, *more))
    begin_us = 6 * SECOND
    direction.get(begin_us - 2 * SECOND, stranger)
    direction.get(begin_us - 2 * SECOND, fallback)
    direction.clog(begin_us - MS, 560 * MS, (fallback, a))
    direction.put(begin_us, stranger)
    direction.fault(BIT_ROT, begin_us + 40 * MS, 1, b, places=(("data", direction.key),))
    direction.crash(begin_us + 41 * MS, 1 * MS, b)  # so that it reads its disk
    direction.part(begin_us + 600 * MS, 20 * SECOND, (b, third), (a, fallback, *more, stranger))
    direction.get(begin_us + 800 * MS, third)
    return direction
