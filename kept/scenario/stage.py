"""The hand-stepped cluster: machines on one wire, under one clock that stands still unless it is told to go on."""

from collections.abc import Callable
from typing import Protocol

from dynamo.core.effects import Minted, Received
from dynamo.core.host import AnyRing
from dynamo.core.membership import Table, decode_table, founded
from dynamo.core.node import Node
from dynamo.core.participant import MEMBERS, ring_of
from dynamo.core.ring import Member, Ring
from dynamo.core.siblings import Siblings
from kept.scenario import wording
from kept.scenario.config import ClusterConfig
from kept.scenario.failing import ScenarioError
from kept.scenario.machine import Dice, Machine
from kept.scenario.wire import Packet, Wire
from kept.sim.census import newest

BACKGROUND = frozenset(
    {
        *("GossipSyn", "GossipAck", "Ping", "Pong", "Hello", "Welcome", "Announce", "Progress", "LetIn"),
        *("TreeRoots", "TreeSame", "TreeNodes", "TreeLeaves", "TransferPull", "TransferPage", "TransferFetch"),
        *("Response", "Operated"),
    }
)
"""Messages that an answer leaves out, unless ``trace all``: they carry no record (answers to clients and to
the operator have lines of their own)."""
MAX_DELIVERIES = 200_000
TRACES = ("off", "on", "all")


class Watcher(Protocol):
    """Whoever sees names being given and answers arriving."""

    def minted(self, node: str, minted: Minted) -> None: ...

    def answered(self, packet: Packet) -> None: ...


class Stage:
    """A cluster that has booted and is at rest. What it does meanwhile is said in `said`, line by line."""

    def __init__(self, config: ClusterConfig, watcher: Watcher) -> None:
        self.config = config
        self.watcher = watcher
        self.now_us = 0
        self.said: list[str] = []
        self.trace = "off"
        self.wire = Wire()
        self.marks: dict[str, int] = {}
        self._founders = config.founders()
        self._seeds = tuple(members[0].name for members in self._founders)
        self._store = config.store()
        self._rules = config.rules()
        self.machines: dict[str, Machine] = {
            member.name: Machine(self, member.name, self._build) for members in self._founders for member in members
        }
        for machine in self.machines.values():
            machine.boot(genesis=True)
        self.run()

    def _build(self, name: str, dice: Dice) -> Node:
        """A node that knows the other founders of its ring, or none."""
        known = next((ring for ring in self._founders if any(member.name == name for member in ring)), ())
        return Node(name, self._store, known, self._rules, dice, self.marks, seeds=self._seeds)

    def enlist(self, name: str) -> None:
        """A new machine is switched on; its node is in no ring."""
        machine = self.machines[name] = Machine(self, name, self._build)
        machine.boot()
        self.run()

    @property
    def policy(self) -> str:
        """The versioning policy that the nodes follow; a bug may have brought another one."""
        return self._rules.versioning.name

    @property
    def table(self) -> Table:
        """The newest membership table: of a node that runs and is in a ring, else of what is on the disks."""
        running = newest(self)  # type: ignore[arg-type]  # a stage has machines as a world has
        if running is not None:
            return running
        kept = [machine.disk.meta().get(MEMBERS) for machine in self.machines.values()]
        tables = [decode_table(encoded) for encoded in kept if encoded is not None]
        return max(tables, key=lambda table: table.rank, default=founded(self._founders[0]))

    @property
    def members(self) -> tuple[Member, ...]:
        """The members as of now."""
        return self.table.members

    @property
    def ring(self) -> AnyRing:
        """The ring as the nodes build it from the newest table: the old one and the new while a change is under way."""
        return ring_of(self.table, self._make_ring)

    def _make_ring(self, members: tuple[Member, ...]) -> Ring:
        return self._rules.ring(members, self._store.n, self._store.strategy, self._store.partitions)

    def state(self, found: Siblings | None) -> str:
        """What a copy holds, in words."""
        return wording.state(found, self.policy)

    # Messages

    def run(self) -> None:
        """Deliver what is under way, and what comes of it, until nothing moves. No time passes."""
        moving = self.wire.moving
        for _ in range(MAX_DELIVERIES):
            if not moving:
                return
            packet = moving.popleft()
            if self.wire.is_cut(packet):
                self._say("lost: ", packet, "on")
            elif self.wire.is_held(packet) or self._stands_still(packet.to):
                self.wire.held.append(packet)
                self._say("held: ", packet, "off")
            else:
                self.deliver(packet)
        raise ScenarioError(f"the cluster did not come to rest after {MAX_DELIVERIES:,} messages")

    def deliver(self, packet: Packet) -> None:
        """Hand one packet over, whatever holds are in force."""
        machine = self.machines.get(packet.to)
        if machine is None:
            self._say("", packet, "on")
            self.watcher.answered(packet)
        elif machine.node is None:
            self._say("lost: ", packet, "on", f" ({packet.to} is down)")
        elif machine.paused:
            raise ScenarioError(f"{packet.to} stands still; `resume {packet.to}` first")
        else:
            self._say("", packet, "on")
            machine.step(Received(packet.sender, packet.message))

    def _stands_still(self, name: str) -> bool:
        return name in self.machines and self.machines[name].paused

    def _say(self, how: str, packet: Packet, level: str, why: str = "") -> None:
        """Say what became of a packet, from this level of the trace on."""
        if self.trace == "all" or (packet.kind not in BACKGROUND and TRACES.index(self.trace) >= TRACES.index(level)):
            self.said.append(f"{how}{self.packet(packet)}{why}")

    def packet(self, packet: Packet) -> str:
        """One packet in words."""
        return f"{packet.sender} -> {packet.to} {wording.message(packet.message, self.policy)}"

    # Time

    def advance(self, span_us: int) -> None:
        """Let time pass: timers fire as they come due, and after each of them everything that it causes happens."""
        self.advance_until(lambda: False, span_us)

    def advance_until(self, there: Callable[[], bool], span_us: int) -> bool:
        """As `advance`, but no further than to where `there()` holds; whether it came to that."""
        end_us = self.now_us + span_us
        while due := self._due(end_us):
            at_us, name, timer = due
            self.now_us = max(self.now_us, at_us)
            self.machines[name].fire(timer)
            self.run()
            if there():
                return True
        self.now_us = end_us
        return False

    def _due(self, end_us: int) -> tuple[int, str, str] | None:
        due = [
            (at_us, machine.name, timer)
            for machine in self.machines.values()
            if machine.node is not None and not machine.paused
            for timer, at_us in machine.timers.items()
            if at_us <= end_us
        ]
        return min(due, default=None)
