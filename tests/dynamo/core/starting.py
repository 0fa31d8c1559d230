"""A node that starts, in a test's hands: whom it greets, and what it is told."""

from dynamo.core.effects import META
from dynamo.core.greeting import HEARTBEAT
from dynamo.core.membership import encode_table
from dynamo.core.messages import Hello, Welcome
from tests.dynamo.core.cluster import SECOND, Cluster, Packet, of


def restarted(names: str = "abcd", **config: int) -> Cluster:
    """`a` has been stopped and starts again; the others have heard nothing of that yet."""
    cluster = Cluster(names, **config)
    cluster.run(3 * SECOND)
    cluster.crash("a")
    cluster.wire.clear()
    cluster.boot("a", greeted=False)
    return cluster


def asked(cluster: Cluster, name: str = "a") -> list[str]:
    """Whom `name` greets, taken off the wire."""
    return [packet.to for packet in cluster.take(of(Hello, sender=name))]


def answer(cluster: Cluster, *names: str, known: tuple[int, int] | None = None, to: str = "a") -> None:
    """These nodes tell `to` which boot and heartbeat they remember of it; `known`: or what a test wants them to."""
    op = cluster.nodes[to].host.boot_bits
    for name in names:
        told = cluster.nodes[name].greeting.known(to) if known is None else known
        cluster.hand_in(Packet(name, to, Welcome(op, *told, encode_table(cluster.table(name)))))


def remembered(cluster: Cluster, name: str) -> tuple[int, int]:
    """The boot and the heartbeat on the disk of `name`."""
    saved = cluster.disks[name].durable[META][HEARTBEAT]
    assert isinstance(saved, bytes)
    boot, beat = saved.split()
    return int(boot), int(beat)


def serving(cluster: Cluster, name: str = "a") -> bool:
    cluster.sync(name)
    return cluster.nodes[name].serving


def wait(cluster: Cluster, span_us: int, name: str = "a") -> None:
    """Time passes for the one that starts; nothing is delivered."""
    cluster.now_us += span_us
    cluster.fire(name, "deadlines")
