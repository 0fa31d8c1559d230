"""The world: machines, network, clients and faults under one queue of events and one virtual clock."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Protocol

from dynamo.core.effects import Change, Minted
from dynamo.core.messages import Request, Response
from dynamo.core.node import Node
from kept.sim import faults as kinds
from kept.sim.damage import Damage
from kept.sim.disk import Disk
from kept.sim.faults import Fault
from kept.sim.machine import Machine
from kept.sim.network import Network
from kept.sim.operator import Operator
from kept.sim.scheduler import Action, Queue
from kept.sim.tape import Tape

LATENCY_US = (150, 1_200)
"""One way between any two endpoints, in fair weather."""
_DEADLY = frozenset(kinds.STOPS) - {kinds.PAUSE}
"""A dead node does not start again while one of these lasts."""


class Observer(Protocol):
    """Whoever records what happens."""

    def event(self, time_us: int, name: str, **fields: Any) -> None: ...

    def minted(self, time_us: int, node: str, minted: Minted) -> None: ...


class Watch(Protocol):
    """Whoever wants to see every message and every write; costs time, so it is off unless a run is explained."""

    def sent(self, time_us: int, sender: str, to: str, message: Any) -> None: ...

    def wrote(self, time_us: int, node: str, disk: Disk, changes: tuple[Change, ...]) -> None: ...


class World:
    """Everything that a run is made of, but the clients' minds. Equal seeds, plans and tapes give equal runs."""

    def __init__(
        self,
        seed: int,
        names: Iterable[str],
        build: Callable[..., Node],
        queue: Queue,
        tape: Tape,
        observer: Observer,
        watch: Watch | None = None,
        latency_us: tuple[int, int] = LATENCY_US,
    ) -> None:
        self.seed = seed
        self.now_us = 0
        self.queue = queue
        self.observer = observer
        self.watch = watch
        self.counts: dict[str, int] = {}
        """How often each kind of fault really happened."""
        self.network = Network(seed, queue, tape, self.counts, latency_us)
        self._new_machine = build
        self.names = tuple(names)
        """Every machine that is or was there, in the order of their coming."""
        self.machines: dict[str, Machine] = {name: Machine(self, name, build) for name in self.names}
        self.damage = Damage(self)
        self.clients: dict[str, Callable[[Any, Any], None]] = {}
        self.operator = Operator(self)
        self.events = 0
        self.timers = 0
        self.stopped = False
        self._active: dict[int, Fault] = {}
        self.struck = 0
        """How many faults have happened; a refused one has not."""

    def start(self) -> None:
        """Boot every machine of a new cluster."""
        for machine in self.machines.values():
            machine.boot(genesis=True)

    def at(self, due_us: int, task: str, action: Action, one: Any = None, two: Any = None) -> None:
        self.queue.push(due_us, task, action, one, two)

    def run(self, until_us: int) -> None:
        """Let events happen until `until_us`, or until somebody sets `stopped`."""
        assert until_us >= self.now_us, "time does not run backwards"
        pop = self.queue.pop
        self.stopped = False
        count = 0
        while not self.stopped:
            event = pop(self.now_us, until_us)
            if event is None:
                self.now_us = until_us
                break
            self.now_us, action, one, two = event
            action(one, two)
            count += 1
        self.events += count

    # Clients

    def ask(self, client: str, node: str, request: Request) -> None:
        """Send a client's request to a node."""
        self.network.send(client, node, self.now_us, self.machines[node].asked, client, request)

    def reply(self, node: str, client: str, response: Response) -> None:
        """Send a node's response to a client."""
        self.network.send(node, client, self.now_us, self.clients[client], response, None)

    # Faults

    def inject(self, fault: Fault) -> Fault:
        """Let a fault happen now; it heals by itself. Returns the fault as it was decided, with all that it hits."""
        decided = self.damage.decide(fault)
        told = fault if decided is None else decided
        self.observer.event(
            self.now_us,
            told.kind if decided is not None else "refused",
            **({} if decided is not None else {"fault": told.kind}),
            nodes=told.nodes,
            pairs=told.pairs,
            number=told.number,
            for_us=told.for_us,
            **({"places": tuple(map(kinds.place_of, told.places))} if told.places else {}),
        )
        if decided is None:
            return fault
        self.struck += 1
        self._active[self.struck] = decided
        self._begin(self.struck, decided)
        self.at(self.now_us + decided.for_us, "nemesis", self._heal, self.struck)
        return decided

    def _begin(self, number: int, fault: Fault) -> None:
        if fault.kind in kinds.CHANGES:
            self._change(fault)
        elif fault.kind in kinds.DISKS:
            self.damage.begin(number, fault)
        elif fault.kind in kinds.STOPS:
            self._stop_nodes(fault)
        else:
            if fault.kind in (*kinds.CUTS, kinds.CLOGGED, *kinds.CLOCKS):
                self.count(fault.kind)
            self._bend(fault, 1)

    def _bend(self, fault: Fault, sign: int) -> None:
        """Add a fault of links, clocks, a process' speed or the weather to those that are, or take it away again."""
        kind, network = fault.kind, self.network
        if kind in kinds.CUTS:
            for pair in fault.pairs:
                network.sever(pair, sign)
        elif kind == kinds.CLOGGED:
            for pair in fault.pairs:
                network.clog(pair, sign, self.now_us)
        elif kind in kinds.CLOCKS:
            for name in fault.nodes:
                self._bend_clock(name, fault, sign)
        elif kind == kinds.SLOW_NODE:
            for name in fault.nodes:
                self.machines[name].slow_down(int(fault.number), sign)
        else:
            self._change_weather(kind)

    def _change(self, fault: Fault) -> None:
        """An operator changes the membership, after a death or without one."""
        if fault.kind in kinds.DEATHS:
            machine = self.machines[fault.nodes[0]]
            machine.destroy()
            self.damage.atlas.harmed(machine.name, self.now_us)
            self.observer.event(self.now_us, "destroyed", node=machine.name)
        self.operator.change(fault)

    def enlist(self, name: str) -> None:
        """A new machine is switched on; its node is in no ring yet."""
        if name not in self.machines:
            machine = self.machines[name] = Machine(self, name, self._new_machine)
            self.names = (*self.names, name)
            self._boot(machine)

    def heal(self) -> None:
        """End every fault now, start every dead node, and keep the network calm from here on."""
        for number in list(self._active):
            self._heal(number, None, over=True)
        for machine in self.machines.values():
            machine.dies_after = machine.syncs.dies_dirty = None
            if machine.node is None and not machine.destroyed:
                self._boot(machine)
        self.operator.look_after_starts()
        self.observer.event(self.now_us, "healed")

    def end(self, ended: Collection[str], node: str = "") -> None:
        """End now the faults of these kinds that hit `node`, or all of them where it is empty."""
        for number, fault in list(self._active.items()):
            if fault.kind in ended and (not node or node in fault.nodes):
                self._heal(number, None)

    def active(self, kind: str, node: str) -> list[Fault]:
        """The faults of a kind that hit a node now."""
        return [fault for fault in self._active.values() if fault.kind == kind and node in fault.nodes]

    def _heal(self, number: int, _: Any, over: bool = False) -> None:
        fault = self._active.pop(number, None)
        if fault is None:
            return
        if fault.kind in kinds.CHANGES:
            return
        if fault.kind in kinds.DISKS:
            self.damage.end(number, fault, over)
        if fault.kind not in kinds.DISKS and fault.kind not in kinds.STOPS:
            self._bend(fault, -1)
            return
        for name in fault.nodes:
            self.revive(self.machines[name])

    def revive(self, machine: Machine) -> None:
        """A fault that stopped a machine is over; another one may still hold it."""
        held = {fault.kind for fault in self._active.values() if machine.name in fault.nodes}
        if kinds.MID_STEP not in held:
            machine.dies_after = None
        if kinds.CRASH not in held:
            machine.syncs.dies_dirty = None
        if machine.node is None and not machine.destroyed and not held.intersection(_DEADLY):
            self._boot(machine)
        if machine.paused and kinds.PAUSE not in held:
            self.observer.event(self.now_us, "resumed", node=machine.name)
            machine.resume()

    def _boot(self, machine: Machine) -> None:
        self.observer.event(self.now_us, "boot", node=machine.name)
        machine.boot()

    def _stop_nodes(self, fault: Fault) -> None:
        for name in fault.nodes:
            machine = self.machines[name]
            if machine.node is None:
                continue
            if fault.kind == kinds.PAUSE:
                self.count(kinds.PAUSE)
                machine.pause()
            elif fault.kind == kinds.MID_STEP:
                machine.dies_after = int(fault.number)
            elif fault.dirty:
                machine.syncs.dies_dirty = fault
            else:
                self._strike(machine, fault)

    def _strike(self, machine: Machine, fault: Fault) -> None:
        self.count(kinds.CRASH)
        self.crash(machine, fault.number, fault.torn if fault.torn >= 0 else None)

    def died_dirty(self, machine: Machine, fault: Fault) -> None:
        """The write that a crash was waiting for has happened, and is not synced."""
        if machine.syncs.dies_dirty is fault and machine.node is not None:
            self._strike(machine, fault)

    def died_in_step(self, machine: Machine) -> None:
        """A machine has carried out some effects of a step; the rest of them never happens."""
        self.count(kinds.MID_STEP)
        self.observer.event(self.now_us, "died in a step", node=machine.name)
        self.crash(machine, 0.0, None)

    def crash(self, machine: Machine, keep_share: float, torn_at: float | None) -> None:
        """A machine stops at once, whatever it is doing."""
        lost, torn = self.damage.power_loss(machine, keep_share, torn_at)
        if lost:
            self.count("unsynced writes lost", lost)
        if torn:
            self.count(kinds.TORN)
        self.observer.event(self.now_us, "crashed", node=machine.name, lost_batches=lost, torn=torn)

    def _bend_clock(self, name: str, fault: Fault, sign: int) -> None:
        clock = self.machines[name].clock
        if fault.kind != kinds.DRIFT:
            clock.offset_us += sign * int(fault.number)
        else:
            clock.drift(self.now_us, clock.ppm + sign * int(fault.number))

    def _change_weather(self, kind: str) -> None:
        """A fault of the network's weather has begun or ended: what is active now makes the chances."""
        weather = self.network.weather
        if kind == kinds.REORDER:
            weather.reorder = any(active.kind == kinds.REORDER for active in self._active.values())
        else:
            chances = [active.number for active in self._active.values() if active.kind == kind]
            setattr(weather, kind, min(1.0, sum(chances)))
            weather.settle()

    def count(self, kind: str, times: int = 1) -> None:
        """Something that is to be counted has really happened."""
        self.counts[kind] = self.counts.get(kind, 0) + times
