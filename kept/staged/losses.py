"""Mutants of lost disks and their recovery, on stage."""

from kept.lab.direction import MS, SECOND, Direction
from kept.staged.quorums import A, B, pair

C = "n3"


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


def two_disks_at_once(seed: int = 10) -> Direction:
    """a acknowledges, loses its disk, and is confirmed by b, which has not got the put yet; then b acknowledges, so
    the put is answered; c loses its disk, and confirms a, both being empty. The seed is one under which a meets b
    before the put's time is up."""
    direction = pair(1, 3, nodes=3, n=3, seed=seed, bug="empties-confirm", beyond=True)
    direction.clog(990 * MS, 500 * MS, (C, B))
    direction.put(1 * SECOND, C)
    direction.lose_disks(1_020 * MS, 5 * MS, A)
    direction.lose_disks(1_530 * MS, 5 * MS, C)
    direction.part(1_530 * MS, 20 * SECOND, (A, C), (B,))
    direction.get(10 * SECOND, A)
    return direction


def fallback_coordinates(seed: int = 104) -> Direction:
    """Nobody whom the client's node can reach owns the key, so a fallback coordinates, and two owners acknowledge
    (PW = 2). b does so, loses its disk, and is confirmed by a, which has not got the put yet,
    and by the third owner, which never gets it. The only whole copy is the fallback's hint, and no recovery asks for
    hints. The seed is one under which b meets both before the put's time is up."""
    direction = pair(
        2,
        2,
        nodes=7,
        n=3,
        pr=2,
        pw=2,
        sloppy=True,
        seed=seed,
        partitions=7,
        beyond=True,
        bug="fallback-coordinates",
    )
    walk = direction.preference(direction.key)
    a, b, third, fallback, *more, stranger = walk
    direction.part(500 * MS, 120 * SECOND, (stranger,), (a, b, third))
    direction.part(500 * MS, 120 * SECOND, (fallback,), (third, *more))
    begin_us = 6 * SECOND
    direction.get(begin_us - 2 * SECOND, stranger)
    direction.get(begin_us - 2 * SECOND, fallback)
    direction.clog(begin_us - MS, 560 * MS, (fallback, a))
    direction.put(begin_us, stranger)
    direction.lose_disks(begin_us + 15 * MS, 1 * MS, b)
    for at in range(9):  # each start looks for a peer at another moment
        direction.crash(begin_us + (75 + 50 * at) * MS, 1 * MS, b)
    direction.part(begin_us + 600 * MS, 20 * SECOND, (b, third), (a, fallback, *more, stranger))
    direction.get(begin_us + 800 * MS, third)
    return direction
