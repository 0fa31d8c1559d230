"""Coordinating a put or a delete (Dynamo, section 4.5).

    local record -> new version, durable here -> replicate to the other targets -> W acknowledgements -> ok

While the membership changes, a key has two lists of owners, and W of *each* must acknowledge: whoever then reads from
either meets the put. A stand-in counts for the lists of the owner that it stands in for.

The coordinator's own copy is durable *before* anybody else sees the new version, so a crash in between leaves either
nothing or a version that this node still has: a dot that escaped is never made again. Silent targets are replaced by
the next healthy nodes, with a hint for the owner they stand in for (4.6). An operation that misses W is `info`: the
version exists somewhere and may yet spread. It is `fail` only where no version was made.
"""

from collections.abc import Callable, Mapping

from dynamo.core.actors import Actors
from dynamo.core.answers import showing
from dynamo.core.effects import Change, Minted
from dynamo.core.host import Host
from dynamo.core.messages import FAIL, INFO, PUT, Replicate, Request, Response
from dynamo.core.overload import LOW_DISK
from dynamo.core.placement import Placement, Target
from dynamo.core.replica import Replica
from dynamo.core.siblings import NOTHING, Siblings
from dynamo.core.vector import Dot, Vector

Answer = Callable[[Response], None]


class PendingPut:
    """One put that this node coordinates, from its new version to the last acknowledgement."""

    __slots__ = (
        "acks",
        "answer",
        "answered",
        "closed",
        "context",
        "deadline_us",
        "dot",
        "extra",
        "here",
        "lists",
        "made",
        "op",
        "pw",
        "refused",
        "request",
        "started_us",
        "state",
        "targets",
        "version",
        "w",
    )

    def __init__(self, op: int, request: Request, context: Vector, answer: Answer, host: Host, here: Target) -> None:
        config = host.config
        self.op = op
        self.request = request
        self.context = context
        self.answer = answer
        self.here = here
        self.w = request.w or config.w
        self.pw = request.pw or config.pw
        self.started_us = host.now_us
        self.deadline_us = host.now_us + (request.timeout_us or config.timeout_us)
        self.made = False
        self.extra: tuple[Change, ...] = ()
        """What must be written with the version, beside it."""
        self.state = NOTHING
        self.dot: Dot | None = None
        self.targets: dict[str, str] = {}
        """node -> the owner that it stands in for, or empty."""
        self.version = host.version
        self.lists = host.ring.quorums(host.partition(request.key)) if host.changing else ()
        """The lists of owners in each of which it needs W; empty where there is only one."""
        self.acks: dict[str, str] = {}
        """Whoever has acknowledged -> the owner that it stands in for, or empty."""
        self.refused: set[str] = set()
        """Targets that take no replica now; another node may stand in for each."""
        self.answered = False
        self.closed = False


class PutCoordinator:
    """Coordinates the puts and deletes of one node."""

    def __init__(self, host: Host, replica: Replica, actors: Actors, placement: Placement) -> None:
        self.host = host
        self.replica = replica
        self.actors = actors
        self.placement = placement
        self.pending: dict[int, PendingPut] = {}
        self._ops = 0

    def start(
        self, request: Request, context: Vector, targets: tuple[Target, ...], here: Target, answer: Answer
    ) -> None:
        """Execute `request` at this node, which is `here` among `targets`. `answer` is called once, within the
        request's time-out."""
        host = self.host
        self._ops += 1
        put = PendingPut(host.boot_bits | self._ops, request, context, answer, host, here)
        down = host.detector.down
        healthy = {target.node: target.owner for target in targets if target.node not in down}
        if not _suffice(put, healthy):
            host.mark("put refused: too few healthy nodes")
            answer(Response(request.id, FAIL, f"unavailable: {len(healthy)} of {len(targets)} targets are reachable"))
            return
        for target in targets:
            put.targets[target.node] = target.owner
        self.pending[put.op] = put
        host.at(min(put.started_us + host.config.hedge_us, put.deadline_us), put, self._hedge)
        if here.owner:
            host.mark("fallback coordinated a put")
            found = self.replica.hinted(request.key)
            self._name(found[0] if found is not None else NOTHING, put)
        else:
            self.replica.fetch(request.key, self._name, put)

    def _name(self, local: Siblings | None, put: PendingPut) -> None:
        """The local record is here: find an actor for the new version."""
        if put.closed:
            return
        if local is None:
            self.host.mark("put refused: damaged record")
            self._refuse(put, "the coordinator's copy is damaged and being healed")
        elif put.request.kind == PUT or self.host.versioning.delete_makes_version:
            self.actors.give(put.request.key, self._make, put, standing_in=bool(put.here.owner))
        else:
            self._make("", (), put)

    def _make(self, actor: str, extra: tuple[Change, ...], put: PendingPut) -> None:
        """Make the new version and write it here. The record may have moved on while the actor waited for its lease."""
        host, request = self.host, put.request
        key = request.key
        if put.closed:
            return
        if put.here.owner:
            found = self.replica.hinted(key)
            local = found[0] if found is not None else NOTHING
        else:
            entry = self.replica.cache.get(key)
            if entry is None:  # evicted meanwhile: once more, and what comes with the actor must not be forgotten
                put.extra += extra
                self.replica.fetch(key, self._name, put)
                return
            local = entry[0]
        if request.kind == PUT:
            state, version = host.versioning.update(
                local, put.context, request.value, actor, host.wall_us, self.actors.floor
            )
            put.dot = version.dot
        else:
            state = host.versioning.delete(local, put.context, actor, host.wall_us, self.actors.floor)
            if self.replica.no_room(local, state):
                self._refuse(put, "the coordinator's disk is low, and the tombstone takes more room than it frees")
                return
        if put.here.owner:
            seq = self.replica.keep_hint(put.here.owner, key, state, put.extra + extra)
            if seq < 0:
                self._refuse(put, LOW_DISK if host.disk_low else "the coordinator's hint store is full")
                return
        else:
            seq = self.replica.put(key, state, put.extra + extra)
        put.made = True
        put.state = state
        if put.dot is not None:
            host.effects.append(Minted(request.id, key, put.dot))
        host.when_durable(seq, self._replicate, put)

    def _replicate(self, put: PendingPut) -> None:
        """The new version is durable here: now it may leave, unless that took too long."""
        if put.closed:
            return
        host = self.host
        copies = (host.config.durable_copies if not put.lists else 0) or len(put.targets)
        key, state, op = put.request.key, put.state, put.op
        me = host.name
        for node, owner in put.targets.items():
            if node != me:
                copies -= 1
                host.send(node, Replicate(op, key, state, owner, copies > 0))
                if owner:
                    host.mark("hint sent")
        self.stored(me, op)

    def stored(self, node: str, op: int) -> None:
        """`node` acknowledges that it holds the version of operation `op`."""
        put = self.pending.get(op)
        if put is None:
            self.host.mark("late acknowledgement")
            return
        if node in put.acks or node not in put.targets:
            return
        put.acks[node] = put.targets[node]
        if not put.answered and _suffice(put, put.acks):
            self._answer(put)
        if len(put.acks) == len(put.targets):
            self._close(put)

    def refused(self, node: str, op: int) -> None:
        """`node` took no replica of the version of operation `op`; nobody is suspected for saying so."""
        put = self.pending.get(op)
        if put is None or node in put.acks or node in put.refused or node not in put.targets:
            return
        put.refused.add(node)
        self.host.mark("replica refused")
        if len(put.refused) <= self.host.config.n:  # where so many are at their limits, more of the same helps nobody
            self._stand_in(put, node)
        if not put.answered and len(put.acks) + len(put.refused) == len(put.targets):
            self.host.mark("put missed W: replicas refused")
            put.answered = True
            reason = f"{len(put.acks)} of W={put.w} acknowledged, the others refused"
            put.answer(Response(put.request.id, INFO, reason))

    def _stand_in(self, put: PendingPut, node: str) -> bool:
        """Send the version to the next healthy node in place of `node`, with a hint; False where there is none."""
        stand_in = self.placement.fallback(put.request.key, put.targets.keys() | {self.host.name})
        if stand_in is None:
            return False
        owner = put.targets[node] or node
        put.targets[stand_in] = owner
        self.host.send(stand_in, Replicate(put.op, put.request.key, put.state, owner, True))
        return True

    def _answer(self, put: PendingPut) -> None:
        put.answered = True
        put.answer(showing(self.host.versioning, put.request.id, put.state, put.dot))

    def _hedge(self, put: PendingPut) -> None:
        """Some targets are silent: suspect them, and let the next healthy nodes keep the version for them."""
        host = self.host
        if host.now_us - put.started_us > host.config.operation_life_us:
            self._expire(put)
            return
        if put.acks:  # without our own ack the disk is slow, not the others
            for node in list(put.targets):
                if node in put.acks or node in put.refused:
                    continue
                host.detector.missed(node, host.now_us)
                if self._stand_in(put, node):
                    host.mark("hint sent late")
        host.at(put.deadline_us, put, self._expire)

    def _expire(self, put: PendingPut) -> None:
        """The time is up."""
        if not put.answered:
            put.answered = True
            self.host.mark("put missed W")
            if put.made:
                reason = f"{len(put.acks)} of W={put.w} acknowledged in time"
                put.answer(Response(put.request.id, INFO, reason))
            else:
                put.answer(Response(put.request.id, FAIL, "the coordinator's disk did not answer in time"))
        if put.acks:  # without our own, nothing was sent
            for node in put.targets:
                if node not in put.acks and node not in put.refused:
                    self.host.detector.missed(node, self.host.now_us)
        self._close(put)

    def _refuse(self, put: PendingPut, reason: str) -> None:
        """End an operation of which nothing was made."""
        put.answered = True
        put.answer(Response(put.request.id, FAIL, reason))
        self._close(put)

    def _close(self, put: PendingPut) -> None:
        put.closed = True
        self.pending.pop(put.op, None)

    def older_than(self, version: int) -> bool:
        """Whether an operation that began before this version of the ring still has to be answered."""
        return any(put.version < version and not put.answered for put in self.pending.values())

    def touches(self, key: bytes) -> bool:
        """Whether a put or delete of `key` is under way here."""
        return any(put.request.key == key for put in self.pending.values())


def _suffice(put: PendingPut, nodes: Mapping[str, str]) -> bool:
    """Whether these nodes (each with the owner that it stands in for) are enough: W of them, PW of them owners, in
    each list of owners."""
    if not put.lists:
        return len(nodes) >= put.w and (not put.pw or sum(not owner for owner in nodes.values()) >= put.pw)
    for owners in put.lists:
        counted = [owner for node, owner in nodes.items() if (owner or node) in owners]
        if len(counted) < put.w or sum(not owner for owner in counted) < put.pw:
            return False
    return True
