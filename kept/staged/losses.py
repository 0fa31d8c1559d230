"""Mutants of lost disks and their recovery, on stage."""

from dynamo.core.messages import Replicate
from kept.lab.direction import MS, SECOND, Direction
from kept.staged.quorums import A, B, apart, pair

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
    the put is answered; c loses its disk, and confirms a, both being empty. The seed is one of which a meets b before the put's time is up."""
    direction = pair(1, 3, nodes=3, n=3, seed=seed, bug="empties-confirm", beyond=True)
    direction.clog(990 * MS, 500 * MS, (C, B))
    direction.put(1 * SECOND, C)
    direction.lose_disks(1_020 * MS, 5 * MS, A)
    direction.lose_disks(1_530 * MS, 5 * MS, C)
    direction.part(1_530 * MS, 20 * SECOND, (A, C), (B,))
    direction.get(10 * SECOND, A)
    return direction


def fallback_coordinates(seed: int = 0) -> Direction:
    direction = pair(2, 2, nodes=7, n=3, pr=2, pw=2, sloppy=True, seed=seed, partitions=7, beyond=True)
    direction.key = "k0"
    walk = direction.preference(direction.key)
    one, two, three, fallback, fifth, sixth, stranger = walk
    direction.part(500 * MS, 120 * SECOND, (stranger,), (one, two, three))
    direction.part(500 * MS, 120 * SECOND, (fallback,), (three, fifth, sixth))
    begin = 6 * SECOND
    direction.get(begin - 2 * SECOND, stranger)
    direction.get(begin - 2 * SECOND, fallback)
    direction.clog(begin - MS, 560 * MS, (fallback, one))
    direction.put(begin, stranger)
    direction.lose_disks(begin + 15 * MS, 1 * MS, two)
    for at in range(9):
        direction.crash(begin + (75 + 50 * at) * MS, 1 * MS, two)
    direction.part(begin + 600 * MS, 20 * SECOND, (two, three), tuple(n for n in walk if n not in (two, three)))
    direction.get(begin + 800 * MS, three)
    return direction
