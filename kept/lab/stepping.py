"""Recording what every node does with every record, as rows of steps.jsonl, while a run is going on.

The run stays the same to the byte. What is told is what the nodes themselves know: nothing is added to their code, the
shell around them is listened to, and the two calls that begin an operation at its coordinator.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dynamo.core import messages as m
from dynamo.core.context import decode_context
from dynamo.core.effects import DATA, HINT, META, Change, Received, Synced, split_hint_key
from dynamo.core.messages import OK, Request, Response
from dynamo.core.node import Node
from dynamo.core.siblings import Siblings
from histories.steps import (
    Answered,
    Asked,
    Beyond,
    Crashed,
    Durable,
    Held,
    Lost,
    Made,
    Sent,
    Step,
    Steps,
    StepsHeader,
    Wrote,
    rows_of,
)
from histories.text import to_bytes, to_text
from kept.lab.config import RunConfig
from kept.lab.log import RunLog
from kept.lab.ringsteps import OfKeys, RingWatch
from kept.lab.run import Lab
from kept.lab.schedule import Schedule
from kept.lab.trial import prepare, prepare_again
from kept.sim import faults as kinds
from kept.sim.disk import Disk
from kept.sim.machine import Machine

HARM = frozenset({kinds.LYING, *kinds.DAMAGES, "destroyed"} - {kinds.LOST_DISK})
"""What befalls a machine that traces do not tell of."""


class StepWatch:
    """Writes down the steps of a lab that has not begun. It is the world's `Watch`."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.steps: list[Step | OfKeys] = []
        self.ring = RingWatch(self._tell, self._key, self._number)
        self._batches: dict[str, int] = {}
        self._of_seq: dict[str, dict[int, int]] = {}
        """Per node the number of the batch with this sequence number of its disk."""
        self._numbers: dict[int, tuple[int, Any]] = {}
        """The number of each message that was sent, by identity; the message is kept, so that no other takes its id."""
        self._cause: dict[str, int | None] = {}
        self._made: dict[int, Any] = {}
        self._request: dict[tuple[str, int], str] = {}
        """(coordinator, put or delete) -> the request."""
        self._gets: dict[tuple[str, int], tuple[str, bytes]] = {}
        """(coordinator, get) -> the request and its key."""
        self._reads: dict[str, int] = {}
        self._nodes: dict[str, Node | None] = {}
        self._keys: dict[str, None] = {}
        self._over = False
        if lab.config.durable_copies or lab.config.versions != "dvv":
            self._tell(Beyond(why="only dotted vectors and acknowledgements from disk are held against the protocol"))
            self._over = True
        if lab.config.rings > 1:
            self._tell(Beyond(why="several rings"))
            self._over = True
        lab.world.watch = self
        lab.log = lab.world.observer = _Listening(lab, self)
        for machine in lab.world.machines.values():
            self._listen(machine)
        enlist = lab.world.enlist

        def enlisting(name: str) -> None:
            known = name in lab.world.machines
            enlist(name)
            if not known:
                self._listen(lab.world.machines[name])

        setattr(lab.world, "enlist", enlisting)  # noqa: B010 - of this one world

    def recorded(self) -> Steps:
        """Everything so far."""
        config = self.lab.config
        ring = self.lab._plain_ring(self.lab.founders[0])
        owners = {key: tuple(ring.owners(ring.partition_of(to_bytes(key)))) for key in self._keys}
        founders = tuple(member.name for member in self.lab.members)
        nodes = (*founders, *(name for name in self.lab.world.names if name not in founders))
        header = StepsHeader(
            r=config.r, w=config.w, sloppy=config.sloppy, nodes=nodes, outside=nodes[len(founders) :], owners=owners
        )
        keys, steps = tuple(self._keys), list[Step]()
        for step in self.steps:
            if isinstance(step, OfKeys):
                steps += step.rows(keys)
            else:
                steps.append(step)
        return Steps.model_construct(header=header, steps=tuple(steps))

    def _number(self, message: Any) -> int:
        return self._numbers.setdefault(id(message), (len(self._numbers), message))[0]

    def _tell(self, step: Step | OfKeys) -> None:
        if not self._over:
            self.steps.append(step)

    def _key(self, key: bytes) -> str:
        text = to_text(key)
        self._keys[text] = None
        return text

    # The shell

    def _listen(self, machine: Machine) -> None:
        """Know which event a machine takes in, and hear of operations that begin at its node."""
        take_in = machine._take_in

        def listening(event: Any) -> None:
            if machine.node is not self._nodes.get(machine.name):
                self._nodes[machine.name] = machine.node
                assert machine.node is not None, "a dead machine takes in nothing"
                self._follow(machine.name, machine.node)
            outer = self._cause.get(machine.name)
            if isinstance(event, Received):
                self._cause[machine.name] = self._numbers.get(id(event.message), (None, None))[0]
            elif isinstance(event, Synced):
                self._synced(machine.name, event.seq)
            take_in(event)
            self._cause[machine.name] = outer
            if machine.node is not None:
                self.ring.recovering(machine.name, machine.node)

        setattr(machine, "_take_in", listening)  # noqa: B010 - of this one machine

    def _follow(self, name: str, node: Node) -> None:
        begin_put, begin_get = node.puts.start, node.gets.start
        self.ring.follow(name, node)

        def put(request: Request, context: Any, targets: Any, here: Any, answer: Callable[[Response], None]) -> None:
            def answered(response: Response) -> None:
                if response.status == OK:
                    pending = next(p for p in node.puts.pending.values() if p.request is request)
                    key = self._key(request.key)
                    self._tell(Answered(node=name, key=key, request=request.id, acks=tuple(pending.acks)))
                answer(response)

            if not node.host.changing:
                self.ring.alone[id(request)] = request, self.ring.owners(node, request.key)
            begin_put(request, context, targets, here, answered)

        def get(request: Request, answer: Callable[[Response], None]) -> None:
            key, read = self._key(request.key), self._read_name(request.id)

            def answered(response: Response) -> None:
                if response.status == OK:
                    pending = next(p for p in node.gets.pending.values() if p.answer is answered)
                    replies = {replier: _held(state) for replier, state in pending.replies.items()}
                    shown = Held(context=dict(decode_context(response.context)), dots=response.dots)
                    self._tell(Answered(node=name, key=key, request=read, replies=replies, shown=shown))
                answer(response)

            self._tell(Asked(node=name, key=key, request=read, readers=self.ring.readers(node, request.key)))
            begin_get(request, answered)
            for op, pending in node.gets.pending.items():
                if pending.answer is answered:
                    self._gets[name, op] = read, request.key

        setattr(node.puts, "start", put)  # noqa: B010 - of this one node
        setattr(node.gets, "start", get)  # noqa: B010

    def _synced(self, node: str, seq: int) -> None:
        batch = self._of_seq.get(node, {}).get(seq)
        if batch is not None:
            self._tell(Durable(node=node, batch=batch))

    # The world's watch

    def wrote(self, _time_us: int, node: str, disk: Disk, changes: tuple[Change, ...]) -> None:
        """A node writes."""
        batch = self._batches[node] = self._batches.get(node, 0) + 1
        self._of_seq.setdefault(node, {})[disk.last_seq + 1] = batch
        known = self.lab.world.machines[node].node
        for space, stored, record in changes:
            if space == META:
                continue
            owner, key = split_hint_key(stored) if space == HINT else ("", stored)
            assert space in (DATA, HINT), "there are three spaces"
            assert record is None or isinstance(record, Siblings), "data and hints are siblings"
            if known is not None:
                self._just_made(node, known, key)
            self._tell(
                Wrote(
                    node=node,
                    key=self._key(key),
                    batch=batch,
                    hint_for=owner,
                    held=None if record is None else _held(record),
                    message=self._cause.get(node),
                )
            )

    def _just_made(self, name: str, node: Node, key: bytes) -> None:
        for put in node.puts.pending.values():
            if put.made and put.request.key == key and id(put) not in self._made:
                self._made[id(put)] = put
                self._request[name, put.op] = put.request.id
                self._tell(
                    Made(
                        node=name,
                        key=self._key(key),
                        request=put.request.id,
                        dot=put.dot,
                        context=dict(put.context),
                        fallback=bool(put.here.owner),
                        lists=self.ring.lists(put),
                    )
                )

    def sent(  # noqa: PLR0912 - one branch for each kind of message
        self, _time_us: int, sender: str, to: str, message: Any
    ) -> None:
        """A node sends."""
        number = self._number(message)
        tell: dict[str, Any] = {"node": sender, "to": to, "message": number}
        if type(message) is m.Replicate:
            key, state = self._key(message.key), _held(message.state)
            request = self._request.get((sender, message.op))
            if request is not None:
                self._tell(Sent(**tell, key=key, what="replicate", request=request, held=state, hint_for=message.owner))
            else:
                asked, _ = self._gets.get((sender, message.op), ("", b""))
                self._tell(Sent(**tell, key=key, what="repair", request=asked, held=state))
        elif type(message) is m.Stored:
            request = self._request.get((to, message.op))
            if request is not None:
                self._tell(Sent(**tell, key=self._key_of(request), what="stored", request=request))
        elif type(message) is m.ReadReply:
            if message.state is not None and (to, message.op) in self._gets:
                asked, about = self._gets[to, message.op]
                state = _held(message.state)
                self._tell(Sent(**tell, key=self._key(about), what="reply", request=asked, held=state))
        elif type(message) is m.Handoff:
            for key_, state_ in message.records:
                self._tell(Sent(**tell, key=self._key(key_), what="handoff", held=_held(state_)))
        elif type(message) is m.TreeRecord:
            self._tell(Sent(**tell, key=self._key(message.key), what="exchange", held=_held(message.state)))
        elif type(message) is m.TransferRecords:
            for key_, state_ in message.records:
                self._tell(Sent(**tell, key=self._key(key_), what="records", held=_held(state_)))
        else:
            self.ring.sent(sender, to, number, message)

    def _read_name(self, request: str) -> str:
        """A get that its client asks for again is executed again, under a name of its own."""
        times = self._reads[request] = self._reads.get(request, 0) + 1
        return request if times == 1 else f"{request}#{times}"

    def _key_of(self, request: str) -> str:
        return next(self._key(put.request.key) for put in self._made.values() if put.request.id == request)

    # The log

    def happened(self, name: str, fields: dict[str, Any]) -> None:
        """A fault began, a node crashed or booted."""
        if name == "crashed":
            node = fields["node"]
            self._batches[node] = left = self._batches.get(node, 0) - fields["lost_batches"]
            self._tell(Crashed(node=node, batch=left))
        elif name == "disk lost":
            self._of_seq[fields["node"]] = {}
            self.ring.lost(fields["node"])
            self._tell(Lost(node=fields["node"]))
        elif name in HARM:
            self._tell(Beyond(why=name))
            self._over = True


def stepped(config: RunConfig) -> Steps:
    """Run a configuration with every node listened to."""
    lab = prepare(config)
    watch = StepWatch(lab)
    lab.execute()
    return watch.recorded()


def write_steps(schedule: Schedule, path: Path) -> int:
    """Run a schedule again with every node listened to, and write what they did; returns how many steps that are."""
    lab = prepare_again(schedule)
    watch = StepWatch(lab)
    lab.execute()
    trace = watch.recorded()
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(rows_of(trace.header, trace.steps))
    return len(trace.steps)


class _Listening(RunLog):
    """Records as every run does, and tells the watch."""

    def __init__(self, lab: Lab, watch: StepWatch) -> None:
        super().__init__(lab.recorder)
        self.clock = lab.world
        self._watch = watch

    def event(self, time_us: int, name: str, **fields: Any) -> None:
        super().event(time_us, name, **fields)
        self._watch.happened(name, fields)


def _held(state: Siblings) -> Held:
    return Held.model_construct(context=dict(state.context), dots=tuple(version.dot for version in state.versions))
