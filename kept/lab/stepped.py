"""A stepped run: a lab whose clients and faults do one step after the other, as a test or a saved schedule says.

Between two steps the world stands still. Whatever a step sets off goes on in the steps that follow: messages are on
their way, timers fire, operations that nobody waits for end when they are answered or after `PATIENCE_US`.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from dynamo.core import messages as m
from dynamo.core.messages import Request, Response
from dynamo.core.rules import Rules
from kept.lab.config import RunConfig
from kept.lab.run import Lab, Outcome
from kept.lab.settle import settle
from kept.lab.steps import NOTHING_SEEN, Ask, End, Pass, Settle, Step, Strike, struck
from kept.sim.tape import Tape
from kept.sim.world import Watch

PATIENCE_US = 1_000_000
"""How long a client waits for an answer: longer than the store's own time-out."""
GAP_US = 1
"""A request begins so long after whatever was before it, so that a history knows which of two came first."""
REFUSED_US = 500
"""How long it takes to learn that a machine is dead."""
SERVING_US = 5_000_000
"""Within this time a new cluster serves."""


class Operation:
    """One request of a client, and its answer as far as there is one."""

    __slots__ = ("client", "number", "process", "request", "response")

    def __init__(self, number: int, client: int, process: int, request: Request) -> None:
        self.number = number
        self.client = client
        self.process = process
        self.request = request
        self.response: Response | None = None


class Stepped(Lab):
    """A lab that takes steps: the given ones when it is executed, or single ones between `begin` and `conclude`."""

    def __init__(
        self,
        config: RunConfig,
        steps: Iterable[Step] = (),
        directory: Path | None = None,
        rules: Rules | None = None,
        tape: Tape | None = None,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(config, directory, rules, tape, faults=[], watch=watch)
        self.given = tuple(steps)
        self.taken_steps: list[Step] = []
        """What was done, as it was decided."""
        self.operations: list[Operation] = []
        self._processes = list(range(config.clients))
        self._open: dict[int, Operation] = {}
        """client -> what it has under way."""
        self._awaited = -1
        """The client whose answer the world is to stop at."""
        for client in self._processes:
            self.world.clients[f"c{client}"] = self._replied

    @property
    def open(self) -> bool:
        """Whether an operation is under way."""
        return bool(self._open)

    def _start_clients(self) -> None:
        """Instead of clients that decide for themselves: a cluster that serves."""
        world = self.world
        while not all(machine.serving for machine in world.machines.values()) and world.now_us < SERVING_US:
            world.run(world.now_us + 1_000)

    def _work(self) -> None:
        for step in self.given:
            self.take(step)

    def conclude(self) -> Outcome:
        for client in list(self._open):
            self._await(client)
        return replace(super().conclude(), steps=tuple(self.taken_steps))

    # Steps

    def take(self, step: Step) -> bool:
        """Do one step. Whether it really happened: the atlas refuses damage, and a fault may hit nothing."""
        if isinstance(step, Strike):
            return self._strike(step)
        if isinstance(step, Ask):
            self._ask(step)
        elif isinstance(step, End):
            self.world.end(step.kinds, step.node)
        elif isinstance(step, Pass):
            self.world.run(self.world.now_us + step.for_us)
        else:
            assert isinstance(step, Settle), "there are no other steps"
            self._settle()
        self.taken_steps.append(step)
        return True

    def _strike(self, step: Strike) -> bool:
        world = self.world
        before = world.struck
        fault = world.inject(step.fault(world.now_us))
        self.injected.append(fault)
        self.taken_steps.append(struck(fault))
        return world.struck > before

    def _settle(self) -> None:
        """An order of the operator that no node has heard yet is no unrest to be seen, so it is waited for."""
        world, bound_us = self.world, self.config.settle_s * 1_000_000
        ends_us = world.now_us + bound_us
        world.heal()
        while world.operator.orders and world.now_us < ends_us:
            world.run(world.now_us + 10_000)
        settle(world, bound_us)

    # Clients

    def _ask(self, step: Ask) -> None:
        world, client = self.world, step.client
        self._await(client)
        world.run(world.now_us + GAP_US)
        process = self._processes[client]
        node = world.machines[step.node].node
        number = len(self.operations)
        request = Request(
            f"{process}.{number}",
            step.kind,
            step.key,
            step.value,
            self._context(step.seen),
            generation=node.host.generation if node is not None else 0,
        )
        operation = Operation(number, client, process, request)
        self.operations.append(operation)
        self._open[client] = operation
        self.log.invoke(process, request)
        name = f"c{client}"
        if node is None:  # no connection, so no request: it certainly has no effect
            refused = Response(request.id, m.FAIL, f"{step.node} refused the connection")
            world.at(world.now_us + REFUSED_US, name, self._replied, refused)
        else:
            world.ask(name, step.node, request)
            world.at(world.now_us + PATIENCE_US, name, self._give_up, operation)
        if step.wait:
            self._await(client)

    def _context(self, seen: int) -> bytes:
        if seen == NOTHING_SEEN:
            return b""
        response = self.operations[seen].response
        return response.context if response is not None and response.status == m.OK else b""

    def _await(self, client: int) -> None:
        """Let time pass until the client has nothing under way."""
        world = self.world
        self._awaited = client
        while client in self._open:
            world.run(world.now_us + PATIENCE_US)
        self._awaited = -1

    def _give_up(self, operation: Operation, _: Any) -> None:
        if operation.response is None:
            status = m.FAIL if operation.request.kind == m.GET else m.INFO
            self._complete(operation, Response(operation.request.id, status, "no answer in time"))

    def _replied(self, response: Response, _: Any) -> None:
        for operation in self._open.values():
            if operation.request.id == response.id:
                self._complete(operation, response)
                return

    def _complete(self, operation: Operation, response: Response) -> None:
        """The operation has ended. A client whose operation may still take effect goes on as a new process."""
        operation.response = response
        del self._open[operation.client]
        self.log.complete(operation.process, operation.request, response)
        if response.status == m.INFO:
            self._processes[operation.client] += self.config.clients
        if operation.client == self._awaited:
            self.world.stopped = True
