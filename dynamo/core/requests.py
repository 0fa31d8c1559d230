"""Where clients' requests come in: checked, executed once, and forwarded where another node must coordinate.

Any node answers any request (Dynamo, section 4.5). A get is coordinated where it arrives; a put needs a coordinator
that holds a copy, so a node outside the key's targets forwards it to one of them.

**A request id is executed at most once.** A node remembers the ids that it has taken, for as long as a retry can
come; a retry goes to the same boot of the same node (`Request.generation`), and a put that is addressed to an earlier
boot is answered `info`, because that boot may have executed it. A node forwards an id to one coordinator at a time
and tries another only after a refusal, which says that nothing was done (the bug known as riak_kv#1754 is a second
forward after silence).
"""

from typing import NamedTuple

from dynamo.core.context import decode_context
from dynamo.core.effects import Reply
from dynamo.core.errors import CallerError
from dynamo.core.gets import GetCoordinator
from dynamo.core.greeting import Greeting
from dynamo.core.host import Host
from dynamo.core.messages import DELETE, FAIL, GET, INFO, PUT, Forward, Forwarded, Request, Response
from dynamo.core.overload import LOW_DISK
from dynamo.core.placement import Placement, Target
from dynamo.core.puts import PutCoordinator
from dynamo.core.vector import EMPTY, Vector

MAX_FORWARDS = 2
"""Coordinators that one request is offered to, one after another, each after the refusal of the one before."""

MAX_ASKERS = 8
"""Connections that wait for the answer to one request."""
STRANGER = "not a coordinator for this key"


class Asker(NamedTuple):
    """Who waits for an answer: a client, or the node that forwarded its request."""

    name: str
    forwarded: bool


class Taken:
    """One request id that this node has taken."""

    __slots__ = (
        "askers",
        "bytes",
        "closed",
        "deadline_us",
        "forwarded_to",
        "forwarded_us",
        "generation",
        "refused",
        "refused_by",
        "request",
        "response",
    )

    def __init__(self, request: Request) -> None:
        self.request = request
        self.askers: list[Asker] = []
        self.response: Response | None = None
        self.forwarded_to = ""
        self.forwarded_us = 0
        self.deadline_us = 0
        self.generation = 0
        """The boot of `forwarded_to` that was addressed; 0 where it was not known."""
        self.refused = False
        self.refused_by: set[str] = set()
        self.bytes = 0
        """What it counts for in the memory of requests."""
        self.closed = False


class Requests:
    """The requests of one node's clients."""

    def __init__(
        self, host: Host, puts: PutCoordinator, gets: GetCoordinator, placement: Placement, greeting: Greeting
    ) -> None:
        self.host = host
        self.puts = puts
        self.gets = gets
        self.placement = placement
        self.greeting = greeting
        """It knows the peers' boots."""
        self.memory = host.overload.memory
        self.taken = self.memory.taken

    def asked(self, client: str, request: Request) -> None:
        """A client asks."""
        self._take(Asker(client, False), request)

    def forwarded(self, sender: str, message: Forward) -> None:
        """Another node asks on behalf of its client. It must say which boot of this node it means: a copy of its
        message that arrives in the next boot must not be executed there as well."""
        if not message.request.generation:
            self.host.mark("forward without a generation")
            response = Response(message.request.id, FAIL, "the boot of the coordinator was not named")
            self.host.send(sender, Forwarded(response, refused=True, generation=self.host.generation))
            return
        self._take(Asker(sender, True), message.request)

    def _take(self, asker: Asker, request: Request) -> None:
        host = self.host
        taken = self.taken.get(request.id)
        if taken is not None:
            host.mark("request came twice")
            if taken.response is not None:
                self._tell(asker, taken.response, taken.refused)
            elif asker not in taken.askers:
                taken.askers.append(asker)
                del taken.askers[:-MAX_ASKERS]  # the connection of the oldest is gone
            return
        if request.id in self.memory.refused:
            host.mark("refused request came again")
            self._tell(asker, Response(request.id, FAIL, "refused before"), refused=True)
            return
        if request.generation and request.generation != host.generation and request.kind != GET:
            host.mark("put for an earlier boot")
            self._tell(
                asker, Response(request.id, INFO, "the node has restarted and cannot know whether it was executed")
            )
            return
        if not host.involved:  # and what it took while it was in one, it still remembers
            host.mark("request at a node in no ring")
            self._refuse(asker, request, "the node is in no ring")
            return
        try:
            context = self._check(request)
        except CallerError as error:
            self._tell(asker, Response(request.id, FAIL, str(error)))
            return
        reason = host.overload.refusal(request)
        if reason:
            self._refuse(asker, request, reason)
            return
        taken = Taken(request)
        taken.askers.append(asker)
        self.memory.take(taken)
        if request.kind == GET:
            self.gets.start(request, self._answer)
        else:
            self._coordinate(taken, context, asker.forwarded)

    def _refuse(self, asker: Asker, request: Request, reason: str) -> None:
        """There is no room for the request, or no ring. A put's id is remembered, so that a copy of it that comes when
        there is one is not executed; without that nobody may be told that it failed."""
        if request.kind == GET or self.memory.refuse(request.id):
            self._tell(asker, Response(request.id, FAIL, reason), refused=True)
        else:
            self.host.mark("refusal not remembered")
            told = f"{reason}; not executed yet, but too much was refused to be sure that no copy of it will be"
            self._tell(asker, Response(request.id, INFO, told))

    def _check(self, request: Request) -> Vector:
        """The request's context; `CallerError` names the field that the store cannot accept."""
        config = self.host.config
        if request.kind not in (GET, PUT, DELETE):
            raise CallerError(f"kind: {request.kind!r} is unknown; accepted: get, put, delete")
        if len(request.key) > config.max_key_bytes:
            raise CallerError(f"key: {len(request.key)} bytes; accepted: up to {config.max_key_bytes}")
        if len(request.value) > config.max_value_bytes:
            raise CallerError(f"value: {len(request.value)} bytes; accepted: up to {config.max_value_bytes}")
        for name, count, primary in (("r", request.r, request.pr), ("w", request.w, request.pw)):
            if not 0 <= count <= config.n:
                raise CallerError(
                    f"{name}: {count} is out of range; accepted: 1 to N={config.n}, or 0 for the cluster's"
                )
            if not 0 <= primary <= (count or getattr(config, name)):
                raise CallerError(f"p{name}: {primary} is out of range; accepted: 0 to {name.upper()}")
        if not 0 <= request.timeout_us <= config.operation_life_us:
            limit = f"1 to {config.operation_life_us}, or 0 for the cluster's"
            raise CallerError(f"timeout_us: {request.timeout_us} is out of range; accepted: {limit}")
        context = decode_context(request.context) if request.context else EMPTY
        if request.kind == DELETE and not context:
            raise CallerError("context: a delete needs the context of a get: it deletes what that get has seen")
        return context

    def _coordinate(self, taken: Taken, context: Vector, forwarded: bool) -> None:
        """Coordinate a put here if this node owns the key, else find an owner that does.

        A fallback coordinates only where no owner can be reached, or where another node found that: it has no record
        of its own, so each time it would bring a new actor to life and make the key's context grow. Where PW asks for
        owners it never does: an owner may acknowledge, lose its disk before the answer, and recover from owners that
        have not got the put yet; an owner that coordinates has it before anybody else.
        """
        host = self.host
        targets = self.placement.targets(taken.request.key)
        here = next((target for target in targets if target.node == host.name), None)
        low = host.disk_low and taken.request.kind == PUT
        if low:
            host.mark("put not coordinated: low disk")
            here = None
        if here is not None and here.owner and not self._may_stand_in(taken.request):
            here = None
        if here is not None and (forwarded or not here.owner or not self._reachable(targets, taken)):
            self.puts.start(taken.request, context, targets, here, self._answer)
            return
        if forwarded:
            host.mark("forward refused")
            taken.refused = True  # and it stays so: the sender may have gone on to another coordinator
            self._answer(Response(taken.request.id, FAIL, LOW_DISK if low else STRANGER))
        else:
            self._forward(taken, targets)

    def _may_stand_in(self, request: Request) -> bool:
        """Whether a fallback may coordinate the put."""
        return not (request.pw or self.host.config.pw)

    def _reachable(self, targets: tuple[Target, ...], taken: Taken) -> list[str]:
        """The owners among `targets` that may still coordinate the request."""
        gone = self.host.detector.down | taken.refused_by | {self.host.name}
        return [t.node for t in targets if not t.owner and t.node not in gone]

    def _forward(self, taken: Taken, targets: tuple[Target, ...]) -> None:
        host, request = self.host, taken.request
        gone = host.detector.down | taken.refused_by | {host.name}
        nodes = self._reachable(targets, taken)
        if not nodes and self._may_stand_in(request):
            nodes = [t.node for t in targets if t.owner and t.node not in gone]
        if not nodes:
            low = f"; {LOW_DISK}" if host.disk_low else ""
            whom = "node of the preference list" if self._may_stand_in(request) else "owner, as PW demands,"
            self._answer(Response(request.id, FAIL, f"unavailable: no {whom} can be reached{low}"))
            return
        host.mark("put forwarded")
        if not taken.deadline_us:
            taken.deadline_us = host.now_us + (request.timeout_us or host.config.timeout_us)
            host.at(min(host.now_us + self._silence_us(), taken.deadline_us), taken, self._forward_silent)
        self._send_forward(taken, nodes[0])

    def _send_forward(self, taken: Taken, node: str) -> None:
        """Offer the request to one boot of `node`; where that is not known yet, the answer will tell it."""
        taken.forwarded_to = node
        taken.forwarded_us = self.host.now_us
        taken.generation = self.greeting.generation_of.get(node, 0)
        self.host.send(node, Forward(taken.request._replace(generation=taken.generation)))

    def answered(self, sender: str, message: Forwarded) -> None:
        """The coordinator of a forwarded request answers."""
        taken = self.taken.get(message.response.id)
        if taken is None or taken.response is not None or taken.forwarded_to != sender:
            return
        if not message.refused:
            self._answer(message.response)
        elif message.generation:
            if not taken.generation:  # else it is a late copy of an answer that was taken in already
                self.greeting.heard(sender, message.generation)
                self._send_forward(taken, sender)
        elif sender not in taken.refused_by:
            taken.refused_by.add(sender)
            if len(taken.refused_by) >= MAX_FORWARDS:
                reason = message.response.reason
                told = "the nodes disagree about the key's preference list" if reason == STRANGER else reason
                self._answer(Response(taken.request.id, FAIL, told))
            else:
                self._forward(taken, self.placement.targets(taken.request.key))

    def _silence_us(self) -> int:
        """How long a coordinator may be silent. It waits for replicas; it is not down because one of them is."""
        return 2 * self.host.config.hedge_us

    def _forward_silent(self, taken: Taken) -> None:
        """The coordinator is silent: others are not sent there any more, but this request stays with it."""
        due_us = min(taken.forwarded_us + self._silence_us(), taken.deadline_us)
        if due_us > self.host.now_us:  # it is the second one, and has not had its time yet
            self.host.at(due_us, taken, self._forward_silent)
            return
        self.host.detector.missed(taken.forwarded_to, self.host.now_us)
        self.host.at(taken.deadline_us, taken, self._forward_expired)

    def _forward_expired(self, taken: Taken) -> None:
        if taken.response is None:
            self.host.mark("forward unanswered")
            self.host.detector.missed(taken.forwarded_to, self.host.now_us)
            self._answer(Response(taken.request.id, INFO, f"no answer from its coordinator {taken.forwarded_to}"))

    def _answer(self, response: Response) -> None:
        taken = self.taken.get(response.id)
        if taken is None or taken.response is not None:
            return
        taken.response = response
        taken.closed = True
        self.memory.answered(taken)
        for asker in taken.askers:
            self._tell(asker, response, taken.refused)
        taken.askers.clear()

    def _tell(self, asker: Asker, response: Response, refused: bool = False) -> None:
        if asker.forwarded:
            self.host.send(asker.name, Forwarded(response, refused))
        else:
            self.host.effects.append(Reply(asker.name, response))
