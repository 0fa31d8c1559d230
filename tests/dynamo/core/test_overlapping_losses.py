"""Two disks lost at once, found by the proof of the protocol (`docs/protocol-proof.md`, "What it found").

The abstract store needs "one disk at a time": without that guard a run of 18 steps misses an acknowledged put. Here it
is, step by step, in the real store, where it was found so. The configuration promises `fresh-reads`, and fewer than W
disks are lost.
"""

import pytest

from dynamo.core.messages import GET, PUT, Replicate
from tests.dynamo.core.cluster import SECOND, Cluster, Match, Packet, of


def between(*names: str) -> Match:
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


def test_a_recovered_owner_reads_what_was_acknowledged_while_another_disk_was_lost() -> None:
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
    for _ in range(10):  # a is as empty as b, and confirms nothing: nobody has confirmed a
        cluster.fire("b", "exchange")
        cluster.settle()
    assert cluster.nodes["b"].replica.recovering[partition] == {"a"}
    asked = cluster.ask("b", GET, key, timeout_us=100_000)
    cluster.settle()
    assert asked not in cluster.replies, "whoever could tell is not there"
    cluster.cut = lambda _packet: False
    cluster.run(20 * SECOND)
    assert not any(node.replica.recovering for node in cluster.nodes.values())
    assert cluster.get("b", key).values == (b"v",)


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_owners_that_have_all_lost_their_disks_do_not_wait_for_each_other_for_ever(names: str) -> None:
    cluster = Cluster(names, n=len(names), r=1, w=1)
    for name in names:
        cluster.lose_disk(name)
    for name in names:
        cluster.boot(name)
        cluster.sync(name)
    cluster.run(20 * SECOND)
    assert not any(node.replica.recovering for node in cluster.nodes.values())
    assert cluster.put(names[0], cluster.key(), b"v").status == "ok"
