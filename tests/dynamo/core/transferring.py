"""A transfer in a test's hands: a node that takes over what another one held."""

from collections.abc import Iterator

from dynamo.core.messages import OK, Replicate, TransferFetch, TransferPage, TransferPull, TransferRecords
from dynamo.core.siblings import Siblings, Version
from dynamo.core.transfer import RESEND_INTERVALS, Transfer
from tests.dynamo.core.cluster import Cluster, Packet, of

MESSAGES = (TransferPull, TransferPage, TransferFetch, TransferRecords)


def joining(keys: int = 2, phase: str = "transfer", **config: int) -> tuple[Cluster, list[bytes]]:
    """`d` is replaced by `x`, which is to own what `d` does: partitions 1 to 3 of four. `keys` in each partition.
    The old owners have been told to transfer; nothing of it is delivered yet."""
    cluster = Cluster("abcd", outsiders="x", **config)
    found = [cluster.key(index, partition) for partition in range(4) for index in range(keys)]
    for at, key in enumerate(found):
        assert cluster.put("abcd"[at % 4], key, b"old").status == OK
    cluster.crash("d")
    assert cluster.operate("a", "replace", "d", "x").status == "ok"
    cluster.settle()
    cluster.cut = of(*MESSAGES)
    cluster.reach("x", phase)
    cluster.wire.clear()
    cluster.cut = lambda _packet: False
    return cluster, found


def transfer(cluster: Cluster, name: str = "x") -> Transfer:
    return cluster.nodes[name].transfer


def again(cluster: Cluster) -> None:
    """Every question that is not answered is asked again."""
    cluster.now_us += RESEND_INTERVALS * cluster.config.handoff_us
    cluster.fire("x", "handoff")


def turns(cluster: Cluster) -> Iterator[list[Packet]]:
    """The messages of a transfer, delivered one round after another."""
    while packets := cluster.deliver(of(*MESSAGES)):
        cluster.sync()
        yield packets


def place(cluster: Cluster, name: str, key: bytes, value: bytes) -> None:
    """Only `name` holds this version; its disk has not been told to sync."""
    state = Siblings({"z0:99": 1}, (Version("z0:99", 1, value),))
    cluster.hand_in(Packet("a" if name != "a" else "b", name, Replicate(1, key, state)))


def gained(cluster: Cluster, keys: list[bytes]) -> list[bytes]:
    """Those of `keys` that `x` is to own."""
    partitions = (1, 2, 3)
    return [key for key in keys if cluster.ring.partition_of(key) in partitions]
