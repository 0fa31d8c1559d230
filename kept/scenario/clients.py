"""The clients of a scenario: what they ask, what they are told, and the history that this makes.

A client is a process that has one operation open at a time. Where a command names no client, the first process that
is free takes the request.
"""

from typing import Any

from checkers.registry import judge
from checkers.verdict import Verdict
from dynamo.core import messages as m
from dynamo.core.effects import Asked, Minted
from dynamo.core.messages import Request, Response
from histories.header import RunHeader
from histories.recorder import Recorder
from histories.run import RecordedRun
from kept.lab.fingerprint import created_by
from kept.lab.log import RunLog
from kept.lab.settle import describe, export
from kept.scenario import wording
from kept.scenario.failing import ScenarioError, unknown_word
from kept.scenario.stage import Stage
from kept.scenario.wire import Packet

CLIENT = "client"
"""Who asks where no client is named."""
REQUEST_US = 1_000
"""A request comes so long after what was before it, so that histories know which of two came first."""


class Operation:
    """One request of a client, and its answer as far as there is one."""

    def __init__(self, request: Request, node: str, client: str, process: int) -> None:
        self.request = request
        self.node = node
        self.client = client
        self.process = process
        self.response: Response | None = None


class Clients:
    """All clients of one stage. They watch it: names that are given and answers that arrive come here."""

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.names: dict[str, int] = {}
        """Named clients and their processes."""
        self.labels: dict[str, Operation] = {}
        self._operations: dict[str, Operation] = {}
        self._noted: list[tuple[int, str, tuple[Any, ...]]] = []
        """What a log would have been told: (time, method, arguments)."""

    def ask(
        self, node: str, kind: str, key: bytes, value: bytes, *, client: str, label: str, with_label: str, **quorum: int
    ) -> None:
        """Send a new request to `node`. `with_label` names the operation whose context it carries."""
        stage = self._on_stage()
        stage.now_us += REQUEST_US
        context = self._context(with_label) if with_label else b""
        process = self._process(client)
        running = stage.machines[node].node
        generation = running.host.generation if running is not None else 0
        number = len(self._operations) + 1
        request = Request(f"q{number}", kind, key, value, context, generation=generation, **quorum)
        operation = Operation(request, node, client, process)
        self._operations[request.id] = operation
        if label:
            self.labels[label] = operation
        self._note("invoke", operation.process, request)
        self._send(operation)

    def retry(self, operation: Operation) -> None:
        """Ask once more, with the same request, at the same node."""
        if operation.response is not None and operation.response.status == m.FAIL:
            raise ScenarioError("that request has failed, which is final; a new one may be made")
        self._on_stage().now_us += REQUEST_US
        self._send(operation)

    def labelled(self, label: str) -> Operation:
        """The operation that a command called ``as`` this."""
        if label not in self.labels:
            raise unknown_word("label", label, list(self.labels) or ["none yet: a command ends with `as LABEL`"])
        return self.labels[label]

    def _send(self, operation: Operation) -> None:
        stage = self._on_stage()
        machine = stage.machines[operation.node]
        if machine.node is None:
            reason = f"{operation.node} refused the connection"
            if operation.response is None and operation.request.generation == 0:
                self._complete(operation, Response(operation.request.id, m.FAIL, reason))
            else:
                stage.said.append(f"{wording.request(operation.request)}: {reason}")
        else:
            machine.step(Asked(operation.client, operation.request))
            stage.run()

    def _context(self, label: str) -> bytes:
        operation = self.labelled(label)
        if operation.response is None or operation.response.status != m.OK:
            raise ScenarioError(f"with {label}: that operation was not answered ok, so there is no context")
        return operation.response.context

    def _process(self, client: str) -> int:
        busy = {operation.process for operation in self._operations.values() if operation.response is None}
        if client == CLIENT:
            named = set(self.names.values())
            return next(number for number in range(len(busy) + len(named) + 1) if number not in busy | named)
        if client not in self.names:
            taken = {operation.process for operation in self._operations.values()}
            self.names[client] = max(taken, default=-1) + 1
        if self.names[client] in busy:
            raise ScenarioError(f"{client} still waits for an answer; another client can ask")
        return self.names[client]

    # What the stage tells

    def minted(self, _node: str, minted: Minted) -> None:
        """A put got its name."""
        self._note("minted", _node, minted)

    def answered(self, packet: Packet) -> None:
        """An answer arrives at its client."""
        response = packet.message
        assert isinstance(response, Response), "orders are answered to the operator"
        operation = self._operations[response.id]
        if operation.response is None:
            self._complete(operation, response)
        else:
            again = wording.answer(operation.request, response)
            self._on_stage().said.append(f"{again} (answered again)")

    def _complete(self, operation: Operation, response: Response) -> None:
        operation.response = response
        self._note("complete", operation.process, operation.request, response)
        self._on_stage().said.append(wording.answer(operation.request, response))

    def waiting(self) -> list[str]:
        """The requests that have no answer."""
        return [
            f"{wording.request(operation.request)}: no answer yet"
            for operation in self._operations.values()
            if operation.response is None
        ]

    def _note(self, method: str, *arguments: Any) -> None:
        self._noted.append((self._on_stage().now_us, method, arguments))

    def _on_stage(self) -> Stage:
        assert self.stage is not None, "the clients have a cluster"
        return self.stage

    # The history

    def recorded(self, settled: bool) -> RecordedRun:
        """The history so far and what every replica holds now, through the files' own writers and readers."""
        stage = self._on_stage()
        config = stage.config
        header = RunHeader(seed=0, config=config.model_dump(mode="json"), created_by=created_by(), code="scenario")
        recorder = Recorder(None, header)
        log = RunLog(recorder)
        log.clock = clock = _Clock()
        for now_us, method, arguments in self._noted:
            clock.now_us = now_us
            if method == "minted":
                log.minted(now_us, *arguments)
            else:
                getattr(log, method)(*arguments)
        clock.now_us = stage.now_us
        meant = describe(stage.members, config.n, config.strategy, config.partitions)
        export(stage, recorder.replicas(settled, 0 if settled else None, meant))  # type: ignore[arg-type]  # as a world
        log.close()
        return recorder.recorded()

    def verdicts(self, claims: tuple[str, ...], settled: bool) -> dict[str, Verdict]:
        """Judge `claims` over what was recorded so far."""
        return judge(self.recorded(settled), claims)


class _Clock:
    """What a log asks for the time."""

    now_us = 0
