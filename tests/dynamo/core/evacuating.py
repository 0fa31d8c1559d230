"""Evacuation in a test's hands: a node that leaves, and what it has to bring."""

from dynamo.core.messages import OK, Handoff
from dynamo.core.siblings import Siblings, Version
from tests.dynamo.core.cluster import Cluster, Packet


def state(value: bytes, counter: int = 1) -> Siblings:
    return Siblings({"z": counter}, (Version("z", counter, value),))


def leaving(keys: int = 2, **config: int) -> tuple[Cluster, list[bytes]]:
    """`e` leaves a ring of five; it is in the closing phase, and nothing is moved yet. Returns what it held."""
    cluster = Cluster("abcde", **config)
    found = [cluster.key(index, partition) for partition in range(5) for index in range(keys)]
    for key in found:
        assert cluster.put("a", key, b"v").status == OK
    assert cluster.operate("a", "leave", "e").status == "ok"
    cluster.reach("e", "flip")
    for name in "abcde":
        if cluster.phase("e") == "flip":
            cluster.tend(name)
    assert cluster.phase("e") == "close"
    held = [key for key in found if cluster.held("e", key) is not None]
    assert held
    return cluster, held


def only_at(cluster: Cluster, name: str, keys: list[bytes], value: bytes) -> None:
    """`name` alone holds another version of these keys; it comes as a hint."""
    cluster.hand_in(Packet("a", name, Handoff(1, tuple((key, state(value)) for key in keys))))
    cluster.sync(name)


def owners(cluster: Cluster, key: bytes) -> tuple[str, ...]:
    """The owners of a key as `a` sees them."""
    ring = cluster.nodes["a"].host.ring
    return ring.owners(ring.partition_of(key))
