"""Two rings in a test's hands that were founded apart and do not know each other."""

from dynamo.core.membership import founded
from dynamo.core.messages import OK, LetIn
from dynamo.core.ring import Member
from tests.dynamo.core.cluster import Cluster, Packet


def two_rings(**config: int) -> tuple[Cluster, str, str]:
    """Two rings of three that do not know each other; the one that gives way comes second."""
    cluster = Cluster("abc", outsiders="xyz", boot=False, partitions=6, **config)
    others = tuple(Member(name, (at, at + 3)) for at, name in enumerate("xyz"))
    cluster.founders |= dict.fromkeys("xyz", others)
    for name in "abcxyz":
        cluster.boot(name, genesis=True)
    cluster.settle()
    names = sorted(["abc", "xyz"], key=lambda ring: cluster.table(ring[0]).cluster)
    assert founded(others).cluster == cluster.table("x").cluster != cluster.table("a").cluster
    return cluster, names[0], names[1]


def coming_over(phase: str = "prepare") -> tuple[Cluster, str, str]:
    """One node of the ring that gives way is let into the other one, and has come to this phase; its companions are
    not there. It brings a value of `key()`. Returns the ring that stays and that node."""
    cluster, stays, gives_way = two_rings()
    name = gives_way[0]
    assert cluster.put(name, cluster.key(), b"brought").status == OK
    for other in gives_way[1:]:
        cluster.crash(other)
    cluster.hand_in(Packet(name, stays[0], LetIn(name, 1.0, "", "", "")))
    cluster.tend(stays[0])
    cluster.reach(name, phase)
    return cluster, stays, name
