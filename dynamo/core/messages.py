"""What travels: between clients and nodes, and between nodes.

Every message is an immutable tuple. Losing, duplicating, delaying or reordering any of them is harmless to what the
store promises: replies name the operation they belong to, and states are merged, never assigned.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dynamo.core.siblings import Siblings
from dynamo.core.vector import Dot

GET, PUT, DELETE = "get", "put", "delete"
OK, FAIL, INFO = "ok", "fail", "info"


class Request(NamedTuple):
    """A client's request. Quorums and time-out of 0 mean the cluster's own."""

    id: str
    """Unique for each logical request; a retry repeats it, so it is executed once."""
    kind: str
    key: bytes
    value: bytes = b""
    context: bytes = b""
    """The opaque context of an earlier reply; empty where the client has seen nothing."""
    r: int = 0
    w: int = 0
    pr: int = 0
    pw: int = 0
    timeout_us: int = 0
    generation: int = 0
    """The boot of the node that this was sent to, as the connection learned it. A put for an earlier boot is not
    executed: that boot may have executed it already. 0: not known; accepted from a client, which then must not retry
    across a restart."""


class Response(NamedTuple):
    """The answer to a request: ``ok``, ``fail`` (no effect, ever) or ``info`` (it may take effect, now or later)."""

    id: str
    status: str
    reason: str = ""
    values: tuple[bytes, ...] = ()
    """The current siblings, as the context covers them."""
    dots: tuple[Dot, ...] = ()
    """The siblings' names, in the same order."""
    context: bytes = b""
    dot: Dot | None = None
    """The name of the version that a put made."""


class Forward(NamedTuple):
    """A put or delete on its way to a node of the key's preference list; `request.generation` is that node's boot."""

    request: Request


class Forwarded(NamedTuple):
    """The answer to `Forward`. `refused`: nothing was done, for the receiver is no coordinator for the key, or was not
    addressed by its boot; then `generation` tells which it is."""

    response: Response
    refused: bool = False
    generation: int = 0


class Replicate(NamedTuple):
    """Merge `state` into your copy of `key`; answer `Stored(op)` when that is durable."""

    op: int
    key: bytes
    state: Siblings
    owner: str = ""
    """Where not empty: keep it as a hint for this owner (4.6)."""
    durable: bool = True
    """Whether the acknowledgement must wait for the disk (6.1)."""


class Stored(NamedTuple):
    op: int


class Refused(NamedTuple):
    """The answer to a `Replicate` that was not taken in: the disk is low, or too much waits for it. Another node may
    take its place at once."""

    op: int


class Read(NamedTuple):
    op: int
    key: bytes


class ReadReply(NamedTuple):
    """What the sender holds of the key; None where it cannot tell (its copy is damaged or not yet recovered, or too
    much waits for its disk)."""

    op: int
    key: bytes
    state: Siblings | None


class Handoff(NamedTuple):
    """Hints for the receiver; answered with `HandedOff` when all are durable there."""

    batch: int
    records: tuple[tuple[bytes, Siblings], ...]


class HandedOff(NamedTuple):
    batch: int


class TreeRoots(NamedTuple):
    """Anti-entropy, first message: Merkle roots of the partitions that both nodes own (4.7)."""

    roots: Mapping[int, bytes]
    confirm: int = 0
    """The sender's boot where it recovers from a lost disk and wants to hear of equal partitions too; 0 otherwise."""


class TreeSame(NamedTuple):
    """The partitions that were equal when `TreeRoots` with this `confirm` came."""

    confirm: int
    partitions: tuple[int, ...]
    missing: Mapping[int, tuple[str, ...]] = {}  # nobody changes a message
    """Of those that the sender is recovering as well: whose confirmation it still lacks."""


class TreeNodes(NamedTuple):
    """Children digests of differing inner nodes: (partition, path, {child: digest})."""

    nodes: tuple[tuple[int, tuple[int, ...], Mapping[int, bytes]], ...]


class TreeLeaves(NamedTuple):
    """Contents of differing leaves: (partition, path, {key: digest})."""

    leaves: tuple[tuple[int, tuple[int, ...], Mapping[bytes, bytes]], ...]


class TreeRecord(NamedTuple):
    """My state of a key that differs; `wanted`: send me yours."""

    key: bytes
    state: Siblings
    wanted: bool


class Ping(NamedTuple):
    """Are you there? Sent to peers that are held to be down."""


class Pong(NamedTuple):
    pass


Heartbeats = Mapping[str, tuple[int, int]]
"""node -> (generation, heartbeat): how recently somebody heard of it."""


class GossipSyn(NamedTuple):
    """Here is the digest of my membership table, and my heartbeats."""

    table_digest: bytes
    heartbeats: Heartbeats
    cluster: str = ""
    """The founding that the sender belongs to."""


class GossipAck(NamedTuple):
    """My heartbeats, and my table where the digests differ; `answer`: send me yours."""

    table: bytes
    heartbeats: Heartbeats
    answer: bool
    cluster: str = ""


class Announce(NamedTuple):
    """My membership table, which you should take up."""

    table: bytes


class Progress(NamedTuple):
    """I have done what this phase of this plan asks of me."""

    plan: str
    phase: str


class LetIn(NamedTuple):
    """My ring gives way to yours: make me a member."""

    name: str
    weight: float
    host: str
    rack: str
    datacenter: str


class Hello(NamedTuple):
    """I start; my disk remembers this boot, and this heartbeat of it. What do you remember of me?"""

    op: int
    generation: int
    beat: int


class Welcome(NamedTuple):
    """The latest boot of yours that I have heard of and the latest heartbeat in it, and my membership table."""

    op: int
    generation: int
    beat: int
    table: bytes


class TransferPull(NamedTuple):
    """What do you hold of this partition, from this leaf of its Merkle tree on?"""

    op: int
    plan: str
    partition: int
    leaf: int


class TransferPage(NamedTuple):
    """Keys and digests of whole leaves; `next_leaf`: where the next page begins, -1 where there is none."""

    op: int
    entries: tuple[tuple[bytes, bytes], ...]
    next_leaf: int


class TransferFetch(NamedTuple):
    """Send me these records."""

    op: int
    keys: tuple[bytes, ...]


class TransferRecords(NamedTuple):
    op: int
    records: tuple[tuple[bytes, Siblings], ...]


class Operate(NamedTuple):
    """An operator's command to one node (4.8.1: "a human administrator uses a command line tool")."""

    id: str
    action: str
    """join, leave, replace, remove, weight, abort, status or vouch (for the disk of a node that is starting)."""
    node: str = ""
    """Whom it is about."""
    newcomer: str = ""
    """replace: who takes over."""
    weight: float = 1.0
    host: str = ""
    rack: str = ""
    datacenter: str = ""


class Operated(NamedTuple):
    """The answer: ``ok`` (the change is under way, or what was asked for is told) or ``refused``, with the reason."""

    id: str
    status: str
    reason: str = ""
    epoch: int = 0
    members: tuple[str, ...] = ()
    plan: str = ""
    """The change that is under way, for people; empty where there is none."""
    plan_id: str = ""


class ReapQuery(NamedTuple):
    """May the tombstone of `key`, whose state has `digest`, be forgotten?"""

    op: int
    key: bytes
    digest: bytes


class ReapVote(NamedTuple):
    op: int
    yes: bool


class Reap(NamedTuple):
    """Forget `key` if its state still has `digest`."""

    key: bytes
    digest: bytes
