"""A few nodes in one test's hands: a dictionary for each disk, a list for the wire, and nothing happens by itself.

A test says what is synced, what is delivered, lost or duplicated, who crashes and how far time goes on. With one
partition per node (strategy 3), partition 0 belongs to the first N names in their order, and the others stand in for
them in their order (Dynamo, sections 4.3 and 4.6); `key()` is a key of it.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dynamo.core.config import StoreConfig
from dynamo.core.effects import (
    DATA,
    HINT,
    META,
    Asked,
    Boot,
    Effect,
    Event,
    Load,
    Loaded,
    Minted,
    Received,
    Reply,
    Send,
    SetTimer,
    Synced,
    TimerFired,
    Write,
)
from dynamo.core.membership import Table, encode_table
from dynamo.core.messages import DELETE, GET, PUT, Hello, Operate, Operated, Request, Response, Welcome
from dynamo.core.node import Node
from dynamo.core.ring import Member, Ring
from dynamo.core.rules import Rules, rules_for
from dynamo.core.siblings import Siblings
from dynamo.core.tokens import build_members
from tests.dynamo.core.disk import Disk

MS = 1_000
SECOND = 1_000_000


class Dice:
    """A seeded choice that is copied along with the node that holds it."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def __call__(self, sides: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 33) % sides


class Packet(NamedTuple):
    """One message on the wire."""

    sender: str
    to: str
    message: Any


Match = Callable[[Packet], bool]


def of(*kinds: type, to: str = "", sender: str = "") -> Match:
    """Matches messages of these kinds (all where none is given), by receiver and sender where they are given."""

    def match(packet: Packet) -> bool:
        kind = not kinds or isinstance(packet.message, kinds)
        return kind and to in ("", packet.to) and sender in ("", packet.sender)

    return match


class Cluster:
    """Nodes named by the letters of `names`, in one ring, and by those of `outsiders`, in none; they have booted, and
    their boot is durable. `ring` is how it began: under strategy 3 partitions are dealt in the order of the names."""

    def __init__(
        self, names: str = "abcd", rules: Rules | None = None, boot: bool = True, outsiders: str = "", **config: Any
    ) -> None:
        settings: dict[str, Any] = {"partitions": len(names), "merkle_depth": 1}
        self.config = StoreConfig(**(settings | config))
        self.rules = rules or rules_for(self.config.versions)
        strategy, count = self.config.strategy, self.config.partitions
        self.members = tuple(Member(name, tuple(range(at, count, len(names)))) for at, name in enumerate(names))
        if strategy != 3:
            self.members = build_members(self.members, strategy, self.config.tokens_per_node, count)
        self.ring = Ring(self.members, self.config.n, strategy, count)
        self.founders = dict.fromkeys(names, self.members) | dict.fromkeys(outsiders, ())
        """The members of the ring that each node is founded in."""
        everybody = names + outsiders
        self.now_us = SECOND
        self.wall_us: dict[str, int] = {}
        """Wall clocks that are wrong; the others show `now_us`."""
        self.nodes: dict[str, Node] = {}
        self.disks = {name: Disk(f"{name}0") for name in everybody}
        self.wire: list[Packet] = []
        self.cut: Match = lambda _packet: False
        """Packets that the network loses when they are to be delivered."""
        self.replies: dict[str, list[Response]] = {}
        self.minted: list[Minted] = []
        self.log: list[tuple[str, Effect]] = []
        """Every effect that was carried out, with its node."""
        self.timers: dict[str, dict[str, int]] = {name: {} for name in everybody}
        self.stuck: set[str] = set()
        """Nodes whose disks do not sync."""
        self.slow_loads: set[str] = set()
        """Nodes whose loads wait for `answer_loads`."""
        self.loads: dict[str, list[Load]] = {name: [] for name in everybody}
        self.mortal: dict[str, int] = {}
        """Nodes that stop for good, by `Died`, after so many more effects."""
        self.starts = dict.fromkeys(everybody, 0)
        """How often each machine was started, on whatever disk."""
        self._requests = 0
        if boot:
            for name in everybody:
                self.boot(name, genesis=name in names)
            self.settle()

    # Life and death

    def boot(self, name: str, genesis: bool = False, greeted: bool = True) -> Node:
        """Start a process on what is durable on its disk; `greeted`: the others tell at once what they remember."""
        dice = Dice(sum(name.encode()) * 1_000 + len(self.log))
        node = Node(name, self.config, self.founders[name], self.rules, dice, {})
        self.nodes[name] = node
        disk = self.disks[name]
        meta = {
            key: None if key in disk.corrupt else record
            for key, record in disk.durable[META].items()
            if isinstance(record, bytes)
        }
        data, hints = self._records(disk, DATA), self._records(disk, HINT)
        self.starts[name] += 1
        fresh = disk.name if not meta else f"{disk.name}.{self.starts[name]}"
        self.step(name, Boot(meta, data, hints, fresh, genesis, self.starts[name]))
        if greeted:
            self._greet(name)
        return node

    def _greet(self, name: str) -> None:
        """Whoever is greeted by a node that starts answers at once, also where the wire is cut or nobody is there:
        most tests are not about that."""
        node = self.nodes[name]
        hellos = self.take(of(Hello, sender=name))
        for _, other, hello in hellos:
            peer = self.nodes.get(other)
            known = peer.greeting.known(name) if peer is not None else (0, 0)
            table = encode_table((peer or node).participant.table)
            self.step(name, Received(other, Welcome(hello.op, *known, table)))
        self.timers[name].pop("deadlines", None)

    def crash(self, name: str, keep: int = 0) -> None:
        """The process ends; of its unsynced batches the oldest `keep` are on the disk by accident."""
        self.nodes.pop(name, None)
        self.disks[name].sync(keep)
        self.disks[name].unsynced.clear()
        self.timers[name].clear()
        self.loads[name].clear()

    def reboot(self, name: str) -> Node:
        """Crash and start again; the boot is durable at once."""
        self.crash(name)
        node = self.boot(name)
        self.sync(name)
        return node

    def lose_disk(self, name: str) -> None:
        """Crash, and put an empty disk in place of the old one."""
        self.crash(name)
        self.disks[name] = Disk(f"{name}{int(self.disks[name].name[1:]) + 1}")

    @staticmethod
    def _records(disk: Disk, space: str) -> list[tuple[bytes, Siblings | None]]:
        found: list[tuple[bytes, Siblings | None]] = []
        for key, record in sorted(disk.durable[space].items()):
            assert isinstance(record, Siblings)
            found.append((key, None if space == DATA and key in disk.corrupt else record))
        return found

    # Events and effects

    def step(self, name: str, event: Event) -> list[Effect]:
        """Let one node take in one event, and carry out what it asks for."""
        effects = self.nodes[name].step(event, self.now_us, self.wall_us.get(name, self.now_us))
        for effect in effects:
            if name in self.mortal:
                if not self.mortal[name]:
                    raise Died(name)
                self.mortal[name] -= 1
            self._carry_out(name, effect)
        return effects

    def _carry_out(self, name: str, effect: Effect) -> None:
        self.log.append((name, effect))
        if isinstance(effect, Send):
            self.wire.append(Packet(name, effect.to, effect.message))
        elif isinstance(effect, Reply):
            self.replies.setdefault(effect.message.id, []).append(effect.message)
        elif isinstance(effect, Write):
            self.disks[name].unsynced.append(effect)
        elif isinstance(effect, SetTimer):
            self.timers[name][effect.name] = effect.at_us
        elif isinstance(effect, Minted):
            self.minted.append(effect)
        else:
            self.loads[name].append(effect)

    def answer_loads(self, name: str) -> None:
        """The disk answers every load that waits."""
        while self.loads[name]:
            space, key = self.loads[name].pop(0)
            disk = self.disks[name]
            if space == DATA and key in disk.corrupt:
                self.step(name, Loaded(space, key, None, True))
            else:
                self.step(name, Loaded(space, key, disk.visible(space).get(key)))

    def sync(self, *names: str) -> None:
        """The disks of these nodes (of all but the stuck ones by default) make everything durable, and say so."""
        for name in names or tuple(self.nodes):
            if name not in self.nodes or (not names and name in self.stuck):
                continue
            if name not in self.slow_loads:
                self.answer_loads(name)
            seq = self.disks[name].sync()
            if seq:
                self.step(name, Synced(seq))

    # Messages

    def packets(self, match: Match) -> list[Packet]:
        return [packet for packet in self.wire if match(packet)]

    def take(self, match: Match) -> list[Packet]:
        """Take the matching packets off the wire: they are lost, unless the test hands them in later."""
        taken = self.packets(match)
        self.wire = [packet for packet in self.wire if not match(packet)]
        return taken

    def hand_in(self, *packets: Packet) -> None:
        """Deliver these packets now, in this order."""
        for packet in packets:
            if packet.to in self.nodes and not self.cut(packet):
                self.step(packet.to, Received(packet.sender, packet.message))
                if packet.to not in self.slow_loads:
                    self.answer_loads(packet.to)

    def deliver(self, match: Match | None = None) -> list[Packet]:
        """Deliver the matching packets that are on the wire now, but not what is sent in answer."""
        packets = self.take(match or (lambda _packet: True))
        self.hand_in(*packets)
        return packets

    def settle(self) -> None:
        """Sync and deliver until nothing is left to sync or to deliver. No time passes."""
        for _ in range(1_000):
            self.sync()
            if not self.wire and not any(
                self.disks[name].unsynced or (self.loads[name] and name not in self.slow_loads)
                for name in self.nodes
                if name not in self.stuck
            ):
                return
            self.deliver()
        raise AssertionError("the cluster does not come to rest")

    def run(self, span_us: int) -> None:
        """Let time pass: fire the timers as they come due, and settle after each."""
        end_us = self.now_us + span_us
        while due := min(self._due(), default=None):
            at_us, name, timer = due
            if at_us > end_us:
                break
            self.now_us = max(self.now_us, at_us)
            self.fire(name, timer)
            self.settle()
        self.now_us = end_us

    def _due(self) -> Iterator[tuple[int, str, str]]:
        return ((at_us, name, timer) for name in self.nodes for timer, at_us in self.timers[name].items())

    def fire(self, name: str, timer: str) -> None:
        """Fire one node's timer now."""
        self.timers[name].pop(timer, None)
        self.step(name, TimerFired(timer))

    # Clients

    def key(self, index: int = 0, partition: int = 0) -> bytes:
        """The key number `index` of a partition."""
        found = (b"k%d" % number for number in range(10_000))
        mine = (key for key in found if self.ring.partition_of(key) == partition)
        return next(key for at, key in enumerate(mine) if at == index)

    def ask(self, name: str, kind: str, key: bytes, value: bytes = b"", **fields: Any) -> str:
        """A client asks `name`; returns the request's id, under which `replies` has the answers."""
        self._requests += 1
        request = Request(fields.pop("id", f"q{self._requests}"), kind, key, value, **fields)
        self.step(name, Asked(f"client {request.id}", request))
        if name not in self.slow_loads:
            self.answer_loads(name)
        return request.id

    def reply(self, request_id: str) -> Response:
        """The one answer to a request."""
        (response,) = self.replies[request_id]
        return response

    def put(self, name: str, key: bytes, value: bytes, **fields: Any) -> Response:
        """Put, and settle; no time passes."""
        request_id = self.ask(name, PUT, key, value, **fields)
        self.settle()
        return self.reply(request_id)

    def get(self, name: str, key: bytes, **fields: Any) -> Response:
        request_id = self.ask(name, GET, key, **fields)
        self.settle()
        return self.reply(request_id)

    def delete(self, name: str, key: bytes, **fields: Any) -> Response:
        request_id = self.ask(name, DELETE, key, **fields)
        self.settle()
        return self.reply(request_id)

    # Operators

    def operate(self, name: str, action: str, node: str = "", newcomer: str = "", **fields: Any) -> Operated:
        """Tell `name` to change the members, and nothing more: no disk syncs, nothing is delivered."""
        self._requests += 1
        effects = self.step(name, Asked("operator", Operate(f"o{self._requests}", action, node, newcomer, **fields)))
        (answer,) = [effect.message for effect in effects if isinstance(effect, Reply)]
        assert isinstance(answer, Operated)
        return answer

    def tend(self, *names: str) -> None:
        """The short interval passes at these nodes (at all by default), and all settles: a plan goes on by a phase."""
        self.now_us += self.config.handoff_us
        for name in names or tuple(self.nodes):
            self.fire(name, "handoff")
        self.settle()

    def reach(self, name: str, phase: str) -> None:
        """Tend until `name` is in this phase of a plan; in none where it is empty."""
        for _ in range(50):
            if self.phase(name) == phase:
                return
            self.tend()
        raise AssertionError(f"{name} does not come to {phase or 'an end'}")

    def table(self, name: str) -> Table:
        return self.nodes[name].participant.table

    def phase(self, name: str) -> str:
        plan = self.table(name).plan
        return plan.phase if plan is not None else ""

    # What nodes hold

    def held(self, name: str, key: bytes, space: str = DATA) -> Siblings | None:
        """What is durable at `name`."""
        record = self.disks[name].durable[space].get(key)
        assert record is None or isinstance(record, Siblings)
        return record

    def values(self, name: str, key: bytes) -> list[bytes | None]:
        """The values that are durable at `name`, sorted by dot."""
        state = self.held(name, key)
        return [] if state is None else [version.value for version in state.versions]

    def hints(self, name: str) -> list[bytes]:
        return sorted(self.disks[name].durable[HINT])

    def marked(self, name: str, mark: str) -> int:
        return self.nodes[name].host.marks.get(mark, 0)


class Died(Exception):
    """The named node stopped between two effects."""
