"""What the rows of steps.jsonl say of lost disks, of changes of the ring, and of reaping.

Beside `kept.lab.stepping`, which follows records: here nodes are followed whose partitions are recovered, moved or
given away. What concerns a partition becomes rows of its keys, of all that the trace is ever about, at its end.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from dynamo.core import messages as m
from dynamo.core.host import AnyRing
from dynamo.core.membership import Table
from dynamo.core.node import Node
from dynamo.core.puts import PendingPut
from dynamo.core.transition import TransitionRing
from histories.steps import Confirmed, Recovered, Sent, Step, Transferred, Turned
from histories.text import to_bytes

Lists = tuple[tuple[str, ...], ...]


class OfKeys(NamedTuple):
    """One row for each key, or for each of some partitions of a ring."""

    row: Callable[[str], Step]
    ring: AnyRing | None = None
    partitions: frozenset[int] = frozenset()

    def rows(self, keys: Iterable[str]) -> Iterator[Step]:
        for key in keys:
            if self.ring is None or self.ring.partition_of(to_bytes(key)) in self.partitions:
                yield self.row(key)


class RingWatch:
    """Follows the nodes of one world. `tell` takes rows, `number` gives a message its number."""

    def __init__(
        self, tell: Callable[[Step | OfKeys], None], key: Callable[[bytes], str], number: Callable[[Any], int]
    ) -> None:
        self.tell = tell
        self.key = key
        self.number = number
        self.turning = False
        """Whether any node has ever taken up another table."""
        self.alone: dict[int, tuple[m.Request, Lists]] = {}
        """Of puts that began while no change was known: the one list of owners; requests are kept, so ids stay."""
        self._lost: dict[str, frozenset[int] | None] = {}
        """Nodes without a disk -> the partitions that they recover; None: they have not begun."""
        self._pulls: dict[tuple[str, str, int], tuple[int, int]] = {}
        """(old owner, new owner, question) -> partition and leaf."""
        self._pages: dict[tuple[str, str, int], int] = {}
        """(new owner, old owner, partition) -> the page with which the transfer began."""
        self._ballots: dict[tuple[str, int], bytes] = {}
        """(caller, ballot) -> the key that it is about."""
        self._nodes: dict[str, Node] = {}

    # What puts and gets need

    def owners(self, node: Node, key: bytes) -> Lists:
        """The one list that a put needs where its coordinator knows of no change."""
        ring = node.host.ring
        return (tuple(ring.owners(ring.partition_of(key))),)

    def lists(self, put: PendingPut) -> Lists:
        """The lists in each of which a put needs W; nothing while the ring is as it was."""
        if not self.turning:
            return ()
        _, alone = self.alone.get(id(put.request), (None, ()))
        return tuple(map(tuple, put.lists)) or alone

    def readers(self, node: Node, key: bytes) -> tuple[str, ...]:
        """Whom a get asks; nothing while the ring is as it was."""
        if not self.turning:
            return ()
        ring = node.host.ring
        return tuple(ring.readers(ring.partition_of(key)))

    # Nodes

    def follow(self, name: str, node: Node) -> None:
        """Hear of what a node takes up, recovers and fetches."""
        adopt, receive = node.participant.adopt, node._receive
        self._nodes[name] = node

        def adopting(table: Table) -> bool:
            before = node.participant.table
            taken = adopt(table)
            if taken:
                self._turned(name, node, before)
            return taken

        setattr(node.participant, "adopt", adopting)  # noqa: B010 - of this one node
        same, pull, page = receive[m.TreeSame], receive[m.TransferPull], receive[m.TransferPage]

        def confirmed(sender: str, message: m.TreeSame) -> None:
            recovering = node.replica.recovering
            if message.confirm == node.host.generation:
                heard = frozenset(p for p in message.partitions if sender in recovering.get(p, ()))
                number = self.number(message)
                self.tell(
                    OfKeys(lambda key: Confirmed(node=name, key=key, by=sender, message=number), node.host.ring, heard)
                )
            same(sender, message)

        def pulled(sender: str, message: m.TransferPull) -> None:
            self._pulls[name, sender, message.op] = message.partition, message.leaf
            pull(sender, message)

        def paged(sender: str, message: m.TransferPage) -> None:
            inflow = node.transfer.inflows.get(sender)
            if inflow is not None and inflow.op == message.op and inflow.partitions and not inflow.leaf:
                self._pages[name, sender, inflow.partitions[0]] = self.number(message)
            page(sender, message)

        receive.update({m.TreeSame: confirmed, m.TransferPull: pulled, m.TransferPage: paged})
        self._follow_transfer(name, node)

    def _follow_transfer(self, name: str, node: Node) -> None:
        note, known = node.transfer._note, dict[str, frozenset[int]]()

        def noting() -> None:
            for source, partitions in node.transfer.done.items():
                for partition in sorted(partitions - known.get(source, frozenset())):  # order-free: sorted
                    number = self._pages.get((name, source, partition))
                    if number is not None:
                        self._transferred(name, node, source, partition, number)
                known[source] = frozenset(partitions)
            note()

        setattr(node.transfer, "_note", noting)  # noqa: B010

    def _transferred(self, name: str, node: Node, source: str, partition: int, number: int) -> None:
        self.tell(
            OfKeys(
                lambda key: Transferred(node=name, key=key, source=source, message=number),
                node.host.ring,
                frozenset({partition}),
            )
        )

    def _turned(self, name: str, node: Node, before: Table) -> None:
        table, ring, self.turning = node.participant.table, node.host.ring, True
        plan, inside = table.plan, name in table.involved
        phase: Any = plan.phase if plan is not None else ""
        if before.plan == plan and before.epoch == table.epoch:
            return
        involved = table.involved

        def turned(key: str) -> Turned:
            partition = ring.partition_of(to_bytes(key))
            quorums = ring.quorums(partition) if isinstance(ring, TransitionRing) else (ring.owners(partition),)
            return Turned(
                node=name,
                key=key,
                plan=plan.id if plan is not None else "",
                phase=phase,
                lists=tuple(map(tuple, quorums)) if inside else (),
                members=involved,
            )

        self.tell(OfKeys(turned))

    # Lost disks

    def lost(self, name: str) -> None:
        """A node's disk is gone."""
        self._lost[name] = None

    def recovering(self, name: str, node: Node) -> None:
        """A node has taken in an event: has it recovered more?"""
        if name not in self._lost or not node.serving or name not in node.host.involved:
            return
        now = frozenset(node.replica.recovering)
        if now == self._lost[name]:
            return
        whole = frozenset(range(node.host.ring.count)) - now
        self.tell(OfKeys(lambda key: Recovered(node=name, key=key), node.host.ring, whole))
        if now:
            self._lost[name] = now
        else:
            del self._lost[name]

    # Messages

    def sent(self, sender: str, to: str, number: int, message: Any) -> None:
        """A node sends something that is not about one record."""
        tell: dict[str, Any] = {"node": sender, "to": to, "message": number}
        if type(message) is m.ReapQuery:
            self.tell(Sent(**tell, key=self.key(message.key), what="query", ballot=message.op))
            self._ballots[sender, message.op] = message.key
        elif type(message) is m.ReapVote:
            about = self._ballots.get((to, message.op))
            if message.yes and about is not None:
                self.tell(Sent(**tell, key=self.key(about), what="vote", ballot=message.op))
        elif type(message) is m.Reap:
            self.tell(Sent(**tell, key=self.key(message.key), what="reap"))
        elif type(message) is m.TreeSame:
            self._about("same", tell, frozenset(message.partitions))
        elif type(message) is m.TransferPage:
            partition, leaf = self._pulls.get((sender, to, message.op), (0, 1))
            if not leaf:
                self._about("page", tell, frozenset({partition}))

    def _about(self, what: Any, tell: dict[str, Any], partitions: frozenset[int]) -> None:
        ring = self._nodes[tell["node"]].host.ring
        self.tell(OfKeys(lambda key: Sent(**tell, key=key, what=what), ring, partitions))
