"""Two disks lost at once, found by the proof of the protocol (`docs/protocol-proof.md`, "What it found").

The abstract store needs "one disk at a time": without that guard a run of 18 steps misses an acknowledged put. Here it
is, step by step, in the real store. The configuration promises `fresh-reads`, and fewer than W disks are lost.
"""

from dynamo.core.messages import GET, PUT, Replicate
from tests.dynamo.core.cluster import Cluster, Packet, of


def between(*names: str):
    """Matches the packets from one of two nodes to the other."""
    return lambda packet: {packet.sender, packet.to} == set(names)


def exchange(cluster: Cluster, name: str, partition: int, until: set[str]) -> None:
    """Let a recovering node meet its peers until only `until` have not confirmed the partition."""
    recovering = cluster.nodes[name].replica.recovering
    for _ in range(40):
        if recovering.get(partition, set()) == until:
            return
        cluster.fire(name, "exchange")
        cluster.settle()
    raise AssertionError(f"{name} still waits for {recovering}")


def test_a_recovered_owner_reads_what_was_acknowledged_while_another_disk_was_lost():
    cluster = Cluster("abc", sloppy=False, n=3, r=1, w=3)
    key = cluster.key()
    partition = cluster.ring.partition_of(key)
    put = cluster.ask("a", PUT, key, b"v")
    cluster.sync("a")
    slow: list[Packet] = cluster.take(of(Replicate, to="c"))
    cluster.settle()  # b has the put on its disk and has acknowledged it
    cluster.lose_disk("b")
    cluster.boot("b")
    cluster.sync("b")
    cluster.cut = between("a", "b")
    exchange(cluster, "b", partition, {"a"})  # c confirms: it has not got the put yet
    cluster.cut = lambda _packet: False
    cluster.hand_in(*slow)
    cluster.sync("c")
    cluster.deliver(of(to="a"))
    cluster.deliver(of(to="a"))
    assert cluster.reply(put).status == "ok"  # all three owners have acknowledged it
    cluster.lose_disk("a")
    cluster.boot("a")
    cluster.sync("a")
    cluster.cut = lambda packet: "c" in (packet.sender, packet.to)
    exchange(cluster, "b", partition, set())  # a confirms: both are empty
    asked = cluster.ask("b", GET, key)
    cluster.settle()
    assert cluster.reply(asked).values == (b"v",)
