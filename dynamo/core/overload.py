"""Bounded queues: how much a node takes on at once, and what it says beyond that (docs/limits.md).

Nothing waits for room. A client's request that finds none is answered ``fail`` at once, a coordinator's `Replicate`
is answered `Refused`, a peer's read is answered "cannot tell", and background work is held back. A refused put has no
effect, ever: it is refused before anything is made of it, and its id is remembered (`dynamo.core.request_memory`).
"""

from collections.abc import Sized
from typing import TYPE_CHECKING, Any

from dynamo.core.messages import GET, Request
from dynamo.core.request_memory import RequestMemory
from dynamo.core.weight import request_bytes

if TYPE_CHECKING:
    from dynamo.core.host import Host

LOW_DISK = "this node's disk is low: it makes no new versions"
"""Why a node coordinates no puts."""


class Overload:
    """The queues of one node, and whether there is room in them."""

    def __init__(self, host: "Host") -> None:
        self.host = host
        self.memory = RequestMemory(host)
        self.peer_work: dict[str, int] = {}
        """peer -> replications and reads of its that wait for this node's disk."""
        self.coordinated: tuple[Sized, ...] = ()
        """The operations that this node coordinates, also those that are answered and still listen to replicas."""
        self._refused = False
        self._head: Any = None
        """What was first in line for the disk when `pressed` was asked last."""
        self._loads_done = -1
        """How many loads were answered when `pressed` was asked last; -1 where nobody waited for one."""

    # Clients' requests

    def refusal(self, request: Request) -> str:
        """Why the node does not take `request` on; empty where it does."""
        config, memory, host = self.host.config, self.memory, self.host
        weight = request_bytes(request)
        memory.forget_old()
        if memory.bytes + weight > config.max_queued_bytes or len(memory.taken) >= config.max_requests:
            memory.forget_gets(config.max_requests, weight)
        under_way = self.under_way()
        if under_way >= config.max_inflight:
            host.mark("request refused: too many under way")
            what = f"{under_way} operations are under way here"
        elif self.full():
            host.mark("request refused: the disk is behind")
            what = "this node's disk is behind"
        elif memory.bytes + weight > config.max_queued_bytes:
            host.mark("request refused: too many bytes")
            what = f"requests hold {memory.bytes} bytes here"
        elif request.kind != GET and memory.puts() >= config.max_requests:
            host.mark("request refused: memory of requests full")
            what = f"{memory.puts()} requests are remembered here"
        else:
            return ""
        self._refused = True
        return f"overloaded: {what}; nothing was done; try another node or later"

    def under_way(self) -> int:
        """Requests that are not answered, or operations that are not closed, whichever are more."""
        return max(self.memory.open, sum(map(len, self.coordinated)))

    # Peers' replications and reads

    def begin(self, peer: str) -> bool:
        """Whether the node takes on one more piece of `peer`'s work; `end` must follow a yes."""
        work = self.peer_work.get(peer, 0)
        if work >= self.host.config.max_peer_work or self.full():
            self.host.mark("peer's work refused")
            self._refused = True
            return False
        self.peer_work[peer] = work + 1
        return True

    def end(self, peer: str) -> None:
        """A piece of `peer`'s work is done, one way or the other."""
        left = self.peer_work[peer] - 1
        if left:
            self.peer_work[peer] = left
        else:
            del self.peer_work[peer]

    # The disk

    def full(self) -> bool:
        """Whether as much waits for the disk as may."""
        host = self.host
        config = host.config
        return (
            host.seq - host.durable_seq >= config.max_unsynced
            or len(host.waiting) + host.loads_waiting >= config.max_waiting
        )

    def behind(self) -> bool:
        """Whether half of what may be unsynced is: what could wait in a buffer should be synced now."""
        return 2 * (self.host.seq - self.host.durable_seq) >= self.host.config.max_unsynced

    def pressed(self) -> bool:
        """Whether the foreground has suffered, in other ways than latency, since this was asked last: something was
        refused, the same thing is still first in line for the disk, or half of the operations are under way that
        may be."""
        host = self.host
        head = host.waiting[0] if host.waiting else None
        stuck = head is not None and head is self._head
        stuck = stuck or (host.loads_waiting > 0 and host.loads_done == self._loads_done)
        self._head = head
        self._loads_done = host.loads_done if host.loads_waiting else -1
        refused, self._refused = self._refused, False
        return refused or stuck or 2 * self.under_way() >= host.config.max_inflight
