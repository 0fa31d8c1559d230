"""Coordinating a get, and repairing what it finds stale (Dynamo, sections 4.5 and 5).

All N targets are asked; R replies make the answer: the merge of what they hold. The coordinator goes on listening
after it has answered, and sends the merged state to every owner that turns out to lack some of it. With blocking
repair it answers only when so many replicas hold the merged state that every later quorum meets one of them, which
makes reads monotone.
"""

from collections.abc import Callable
from typing import Any

from dynamo.core.answers import showing
from dynamo.core.host import Host
from dynamo.core.messages import FAIL, Read, ReadReply, Replicate, Request, Response
from dynamo.core.placement import Placement, Target
from dynamo.core.replica import Replica
from dynamo.core.siblings import NOTHING, Siblings

Answer = Callable[[Response], None]


class PendingGet:
    """One get that this node coordinates."""

    __slots__ = (
        "also",
        "answer",
        "answered",
        "closed",
        "deadline_us",
        "failed",
        "holders",
        "op",
        "owner_replies",
        "pr",
        "r",
        "replies",
        "request",
        "started_us",
        "state",
        "targets",
        "version",
    )

    def __init__(self, op: int, request: Request, answer: Answer, host: Host, targets: tuple[Target, ...]) -> None:
        config = host.config
        self.op = op
        self.request = request
        self.answer = answer
        self.r = request.r or config.r
        self.pr = request.pr or config.pr
        self.started_us = host.now_us
        self.deadline_us = host.now_us + (request.timeout_us or config.timeout_us)
        self.targets: dict[str, str] = {target.node: target.owner for target in targets}
        self.replies: dict[str, Siblings] = {}
        self.failed: set[str] = set()
        self.owner_replies = 0
        self.state = NOTHING
        """The merge of the replies."""
        self.holders: set[str] | None = None
        """Blocking repair under way: who holds `state`."""
        self.also: tuple[str, ...] = ()
        """While the membership changes: owners that are not asked, but must hold what is answered."""
        self.answered = False
        self.closed = False
        self.version = host.version


class GetCoordinator:
    """Coordinates the gets of one node."""

    def __init__(self, host: Host, replica: Replica, placement: Placement) -> None:
        self.host = host
        self.replica = replica
        self.placement = placement
        self.pending: dict[int, PendingGet] = {}
        self._ops = 0

    def start(self, request: Request, answer: Answer) -> None:
        """Execute `request`. `answer` is called once, within the request's time-out."""
        host = self.host
        self._ops += 1
        op = host.boot_bits | 1 << 31 | self._ops
        key = request.key
        get = PendingGet(op, request, answer, host, self.placement.readers(key))
        self.pending[op] = get
        host.at(min(get.started_us + host.config.hedge_us, get.deadline_us), get, self._hedge)
        me = host.name
        message = Read(op, key)
        for node in get.targets:
            if node != me:
                host.send(node, message)
        if me in get.targets:
            self.serve(key, self._local, op, host.now_us)

    def serve(self, key: bytes, then: Callable[..., None], *args: Any) -> None:
        """Call `then(state, *args)` with everything that this node holds of `key` and that may be shown."""
        partition = self.host.partition(key)
        if self.host.name in self.host.ring.owners(partition):
            if partition in self.replica.recovering:
                then(None, *args)
            else:
                self.replica.fetch_shown(key, then, *args)
        else:
            found = self.replica.hinted(key)
            if found is None:
                then(NOTHING, *args)
            else:
                self.host.mark("hint answered a read")
                self.host.when_durable(found[1], then, found[0], *args)

    def _local(self, state: Siblings | None, op: int, since_us: int) -> None:
        self.host.admission.served(self.host.now_us - since_us)
        self.replied(self.host.name, ReadReply(op, b"", state))

    def replied(self, node: str, reply: ReadReply) -> None:
        """`node` tells what it holds."""
        get = self.pending.get(reply.op)
        if get is None:
            self.host.mark("late read reply")
            return
        if node in get.replies or node in get.failed or node not in get.targets:
            return
        state = reply.state
        if state is None:
            get.failed.add(node)
            self.host.mark("replica could not tell")
        else:
            get.replies[node] = state
            if get.holders is None:
                get.state = self.host.versioning.merge(get.state, state)
            elif state == get.state and not get.targets[node]:  # the state that is being spread stays as it is
                get.holders.add(node)
                self._count(get)
            if not get.targets[node]:
                get.owner_replies += 1
        if not get.answered and get.holders is None and self._enough(get):
            if self.host.config.read_repair == "blocking":
                self._block(get)
            else:
                self._answer(get)
        if len(get.replies) + len(get.failed) == len(get.targets) and get.answered:
            self._finish(get)

    def _enough(self, get: PendingGet) -> bool:
        return len(get.replies) >= get.r and get.owner_replies >= get.pr

    def _answer(self, get: PendingGet) -> None:
        get.answered = True
        get.answer(showing(self.host.versioning, get.request.id, get.state))

    # Blocking repair

    def _block(self, get: PendingGet) -> None:
        """Answer once so many owners hold the merged state that no later R replies can miss it, from whichever list of
        owners they come."""
        host = self.host
        get.holders = {node for node, state in get.replies.items() if state == get.state and not get.targets[node]}
        if host.changing:
            owners = host.ring.owners(host.partition(get.request.key))
            get.also = tuple(name for name in owners if name not in get.targets)
        for node in (*(node for node, owner in get.targets.items() if not owner), *get.also):
            if node not in get.holders:
                host.mark("blocking read repair")
                self._repair(get, node)
        self._count(get)

    def repaired(self, node: str, op: int) -> bool:
        """`node` acknowledges a repair; False where `op` is no get of ours."""
        get = self.pending.get(op)
        if get is None:
            return op >> 31 & 1 == 1
        if get.holders is not None and (node in get.also or not get.targets.get(node, "?")):
            get.holders.add(node)
            self._count(get)
        return True

    def _count(self, get: PendingGet) -> None:
        assert get.holders is not None
        if not get.answered and self._safe(get, get.holders):
            self._answer(get)
            self._finish(get)

    def _safe(self, get: PendingGet, holders: set[str]) -> bool:
        """Whether so many hold the merged state that every later get meets it."""
        host = self.host
        enough = max(host.config.n - get.r + 1, host.config.w)
        if not get.also:
            return len(holders) >= enough
        lists = host.ring.quorums(host.partition(get.request.key))
        return all(sum(name in holders for name in owners) >= enough for owners in lists)

    # Repair after the answer

    def _repair(self, get: PendingGet, node: str) -> None:
        key = get.request.key
        if node == self.host.name:
            self.replica.fetch(key, self._repair_here, get)
        else:
            self.host.send(node, Replicate(get.op, key, get.state))

    def _repair_here(self, local: Siblings | None, get: PendingGet) -> None:
        if local is not None:
            seq = self.replica.merge(local, get.request.key, get.state)
            if seq < 0:  # the disk is low
                return
            self.host.when_durable(seq, self._repaired_here, get.op)

    def _repaired_here(self, op: int) -> None:
        self.repaired(self.host.name, op)

    def _finish(self, get: PendingGet) -> None:
        """Nobody is waiting any more: bring stale owners up to date."""
        self._close(get)
        if self.host.config.read_repair == "after":
            merged = get.state
            for node, state in get.replies.items():
                if state is not merged and not get.targets[node] and state != merged:
                    self.host.mark("read repair")
                    self._repair(get, node)

    # Silence

    def _hedge(self, get: PendingGet) -> None:
        """Some targets are silent: suspect them and, where that is still needed, ask the next healthy nodes."""
        host = self.host
        if host.now_us - get.started_us > host.config.operation_life_us:
            self._expire(get)
            return
        for node, owner in list(get.targets.items()):
            if node in get.replies or node in get.failed or node == host.name:
                continue
            host.detector.missed(node, host.now_us)
            if not get.answered:
                stand_in = self.placement.fallback(get.request.key, get.targets.keys() | {host.name})
                if stand_in is not None:
                    host.mark("read asked a fallback")
                    get.targets[stand_in] = owner or node
                    host.send(stand_in, Read(get.op, get.request.key))
        if get.answered:
            self._finish(get)
        else:
            host.at(get.deadline_us, get, self._expire)

    def _expire(self, get: PendingGet) -> None:
        """The time is up."""
        host = self.host
        for node in get.targets:
            if node not in get.replies and node not in get.failed and node != host.name:
                host.detector.missed(node, host.now_us)
        if not get.answered:
            get.answered = True
            host.mark("get missed R")
            reason = f"{len(get.replies)} of R={get.r} replied in time"
            get.answer(Response(get.request.id, FAIL, reason))
        if host.now_us - get.started_us > host.config.operation_life_us:
            host.mark("operation outlived its time")  # what it learned is too old to be spread (see `reaping`)
            self._close(get)
        else:
            self._finish(get)

    def _close(self, get: PendingGet) -> None:
        get.closed = True
        self.pending.pop(get.op, None)

    def older_than(self, version: int) -> bool:
        """Whether an operation that began before this version of the ring still has to be answered."""
        return any(get.version < version and not get.answered for get in self.pending.values())

    def touches(self, key: bytes) -> bool:
        """Whether a get of `key` is under way here."""
        return any(get.request.key == key for get in self.pending.values())
