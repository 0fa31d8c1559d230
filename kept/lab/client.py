"""A simulated client: one operation at a time, with the habits of real ones.

It keeps the context of what it read, or loses it; it retries a request that is not answered, with the same id at the
same node; it gives up; it dies while it waits. A client whose operation ended without an answer goes on as a new
process, as in Jepsen, because the old one may still have an operation under way.
"""

from collections.abc import Callable
from typing import Any, Protocol

from dynamo.core import messages as m
from dynamo.core.messages import Request, Response
from kept.lab.workload import BLIND, CART, DELETE, GET, Habits, Intent, Workload, add_to_cart
from kept.sim.entropy import stream
from kept.sim.world import World

PATIENCE_US = 350_000
"""How long a client waits for an answer before it asks again or gives up."""
ATTEMPTS = 3
REFUSED_US = 500
"""How long it takes to learn that a machine is dead."""


class Log(Protocol):
    """The recorder, as far as a client needs it."""

    def invoke(self, process: int, request: Request) -> None: ...

    def complete(self, process: int, request: Request, response: Response) -> None: ...


class Client:
    """One client thread; `take` gives leave for one more operation, `done` is called when it has stopped."""

    def __init__(
        self,
        world: World,
        index: int,
        clients: int,
        workload: Workload,
        habits: Habits,
        log: Log,
        think_us: int,
        take: Callable[[], bool],
        done: Callable[[], None],
    ) -> None:
        self.world = world
        self.clients = clients
        self.workload = workload
        self.habits = habits
        self.log = log
        self.think_us = think_us
        self.take = take
        self.done = done
        self.name = f"c{index}"
        self.process = index
        self.draw = stream(world.seed, "client", index)
        self.seen: dict[bytes, tuple[bytes, tuple[bytes, ...]]] = {}
        """key -> the context and the siblings of the last answer."""
        self.request: Request | None = None
        self.then: Intent | None = None
        """What to do with the answer of the get that is under way."""
        self.node = ""
        self.attempt = 0
        self.sent = 0
        world.clients[self.name] = self.replied

    def rest_until(self, due_us: int) -> None:
        """Think until then, and begin the next intent."""
        self.world.at(due_us, self.name, self.begin)

    def wanted(self) -> Intent:
        """What to do next."""
        return self.workload.draw(self.draw)

    def begin(self, _one: Any = None, _two: Any = None) -> None:
        """Start the next intent, if the run still wants one."""
        if not self.take():
            self.done()
            return
        intent = self.wanted()
        key = intent.key
        known = self.seen.get(key)
        if known is not None and self.draw.random() < self.habits.loses_context:
            self._count("client lost its context")
            self.seen.pop(key)
            known = None
        if intent.kind == GET:
            self._issue(m.GET, key, b"", b"")
        elif intent.kind == BLIND:
            self._issue(m.PUT, key, self._fresh(), b"")
        elif known is None or not known[0] or intent.kind == CART:
            self.then = intent
            self._issue(m.GET, key, b"", b"")
        elif intent.kind == DELETE:
            self._issue(m.DELETE, key, b"", known[0])
        else:
            self._issue(m.PUT, key, self._fresh(), known[0])

    def _follow_up(self, intent: Intent, response: Response) -> None:
        """The get before a write has answered."""
        if not self.take():
            self.done()
        elif intent.kind == CART:
            self._issue(m.PUT, intent.key, add_to_cart(response.values, self._fresh()), response.context)
        elif intent.kind == DELETE:
            if response.context:
                self._issue(m.DELETE, intent.key, b"", response.context)
            else:  # nothing there to delete
                self._issue(m.PUT, intent.key, self._fresh(), b"")
        else:
            self._issue(m.PUT, intent.key, self._fresh(), response.context)

    def _fresh(self) -> bytes:
        return b"%d.%d" % (self.process, self.sent + 1)

    # One operation

    def _issue(self, kind: str, key: bytes, value: bytes, context: bytes) -> None:
        """Send a new request to a node that accepts connections."""
        world = self.world
        self.sent += 1
        machines = world.machines
        names = world.names
        for _ in range(self.habits.contact_tries):
            self.node = names[int(self.draw.random() * len(names))]
            node = machines[self.node].node
            if node is not None and node.serving and node.host.involved:
                break
        node = machines[self.node].node
        generation = node.host.generation if node is not None else 0
        request = Request(f"{self.process}.{self.sent}", kind, key, value, context, generation=generation)
        self.request = request
        self.attempt = 1
        self.log.invoke(self.process, request)
        if node is None:  # no connection, so no request: it certainly has no effect
            refused = Response(request.id, m.FAIL, f"{self.node} refused the connection")
            world.at(world.now_us + REFUSED_US, self.name, self.replied, refused)
            return
        world.ask(self.name, self.node, request)
        if self.habits.dies and self.draw.random() < self.habits.dies:
            self._count("client died in mid-call")
            world.at(world.now_us + int(self.draw.random() * 2_000), self.name, self._die, request)
        world.at(world.now_us + PATIENCE_US, self.name, self._impatient, request, 1)

    def _impatient(self, request: Request, attempt: int) -> None:
        """No answer yet: ask again with the same request, or give up."""
        if self.request is not request or self.attempt != attempt:
            return
        if attempt == ATTEMPTS or self.draw.random() < self.habits.gives_up:
            self._count("client gave up")
            self._complete(Response(request.id, m.INFO if request.kind != m.GET else m.FAIL, "no answer in time"))
            return
        self._count("client retried")
        self.attempt += 1
        self.world.ask(self.name, self.node, request)
        self.world.at(self.world.now_us + PATIENCE_US, self.name, self._impatient, request, self.attempt)

    def _die(self, request: Request, _: Any) -> None:
        """The client process dies; whatever it asked for may still happen."""
        if self.request is request:
            self._complete(Response(request.id, m.INFO, "the client died"))

    def replied(self, response: Response, _: Any) -> None:
        """A node answers."""
        if self.request is not None and response.id == self.request.id:
            self._complete(response)

    def _complete(self, response: Response) -> None:
        request = self.request
        assert request is not None
        self.request = None
        self.log.complete(self.process, request, response)
        then, self.then = self.then, None
        if response.status == m.OK:
            if request.kind == m.DELETE:
                self.seen.pop(request.key, None)
            else:
                self.seen[request.key] = (response.context, response.values)
            if then is not None:
                self._follow_up(then, response)
                return
        elif response.status == m.INFO:
            self.process += self.clients
            self.seen.clear()
        pause_us = int(self.draw.expovariate(1.0 / self.think_us)) if self.think_us else 0
        self.rest_until(self.world.now_us + pause_us)

    def _count(self, what: str) -> None:
        counts = self.world.counts
        counts[what] = counts.get(what, 0) + 1
