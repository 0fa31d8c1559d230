"""Whether a cluster that is left to itself settles, in whatever order its background work happens.

Where a run may end, no client asks any more and nothing goes wrong any more. From there on an interval passes at some
node, again and again: it hands hints off, compares trees with a peer, or asks a peer that it held to be down. Each time
a while has passed (operations have ended, what was not answered may be sent anew), and all that comes of it happens
before the next. Which node comes next is free, but fair: a node does not wait for ever. A run that goes round without
ever coming to rest, or that stops in a state of unrest, breaks the property (`model.explorer.properties.Eventually`).

What no such run can tell is no part of a state: what clients asked for, the numbers of messages, and the time. Gossip
of heartbeats goes on behind it, so that nobody is convicted by silence. Tombstones stand: no step reaps them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from dynamo.core.effects import DATA, HINT
from dynamo.core.siblings import Siblings
from kept.explore.canon import Canon, Form, digest64
from kept.explore.cluster import Cluster
from kept.explore.freezing import tidy
from kept.explore.locals import told
from kept.explore.machine import Machine, Output
from kept.lab.settle import unrest

WHILE_US = 2_500_000
"""Longer than an operation lives, and than anything waits before it is sent anew."""
HANDOFF, EXCHANGE, PROBE = "handoff", "exchange", "probe"
MOST_MESSAGES = 20_000
_SPENT = frozenset({"requests", "puts", "gets", "actors", "reaper", "transfer", "greeting"})
"""Of a node: what only clients, or starts and changes of membership, ask for."""
_NUMBERS = frozenset({"batch", "_batches", "op", "_ops", "_op"})


class Interval(NamedTuple):
    """What passes, at which node, and with which peer."""

    timer: str
    node: str
    peer: str = ""


class Resting(NamedTuple):
    """The machines of a cluster that is left to itself, by their numbers."""

    machines: tuple[int, ...]


class World(NamedTuple):
    """What the question whether a cluster is at rest is asked of."""

    machines: dict[str, Machine]


class Settling:
    """The states of a cluster that is left to itself."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.digests: list[int] = []
        self._frozen: list[bytes] = []
        self._known: dict[int, int] = {}
        self._why: dict[Resting, str] = {}
        self._after: dict[tuple[Resting, Interval], Resting | str] = {}

    def begin(self, machines: Sequence[Machine]) -> Resting | str:
        """The cluster is left to itself: whatever was under way at these machines ends. An error as a text."""
        return self._passed(machines, None)

    def why(self, state: Resting) -> str:
        """What still goes on; empty where the cluster is at rest."""
        found = self._why.get(state)
        if found is None:
            machines = self._thaw(state)
            found = unrest(World(machines))  # type: ignore[arg-type]  # it has machines as a world has
            self._why[state] = found
        return found

    def steps(self, state: Resting) -> Iterator[tuple[Interval, Resting | str]]:
        """Every interval that may pass, and what comes of it: a state, or the error that stops a node."""
        for interval in self._intervals(self._thaw(state)):
            found = self._after.get((state, interval))
            if found is None:
                found = self._passed(list(self._thaw(state).values()), interval)
                self._after[state, interval] = found
            yield interval, found

    # Inside

    def _intervals(self, machines: dict[str, Machine]) -> list[Interval]:
        found = []
        for name, machine in machines.items():
            node = machine.node
            if node is None:
                continue
            down = node.host.detector.down
            found.append(Interval(HANDOFF, name))
            if down:
                found.append(Interval(PROBE, name))
            if self.cluster.store.anti_entropy:
                peers = [peer for peer in node.host.ring.neighbours(name) if peer not in down]
                found += [Interval(EXCHANGE, name, peer) for peer in peers]
        return found

    def _passed(self, machines: Sequence[Machine], interval: Interval | None) -> Resting | str:
        try:
            passing = _Passing(machines)
            passing.end_operations()
            if interval is not None:
                passing.take(interval)
        except Exception as error:  # whatever the store stumbles over is a finding
            return told(error)
        return Resting(tuple(self._number(machine) for machine in machines))

    def _thaw(self, state: Resting) -> dict[str, Machine]:
        machines = [self.cluster.freezer.thaw(self._frozen[number]) for number in state.machines]
        return {machine.name: machine for machine in machines}

    def _number(self, machine: Machine) -> int:
        if machine.node is not None:
            tidy(machine.node)
        digest = digest64(form_of(machine))
        number = self._known.get(digest)
        if number is None:
            number = self._known[digest] = len(self.digests)
            self.digests.append(digest)
            self._frozen.append(self.cluster.freezer.freeze(machine))
        return number


class _Passing:
    """A while passes at live machines."""

    def __init__(self, machines: Sequence[Machine]) -> None:
        self.machines = {machine.name: machine for machine in machines}
        self._wire: deque[tuple[str, str, Any]] = deque()
        now_us = max(machine.now_us for machine in machines) + WHILE_US
        for machine in machines:
            machine.now_us = now_us
            if machine.node is not None:
                host = machine.node.host
                for peer in sorted(host.involved - {machine.name} - host.detector.down):
                    host.detector.heard(peer, now_us)

    def end_operations(self) -> None:
        """Every deadline passes that is due now."""
        for machine in self.machines.values():
            due_us = machine.next_deadline_us()
            while due_us is not None and due_us <= machine.now_us:
                self._took(machine, machine.tick("deadlines"))
                self._deliver()
                due_us = machine.next_deadline_us()

    def take(self, interval: Interval) -> None:
        """An interval passes, and all that comes of it happens."""
        machine = self.machines[interval.node]
        node = machine.node
        assert node is not None
        if interval.timer == PROBE:
            gossip, node.gossip._beating = node.gossip, True  # its heartbeat is still on its way to the disk
            self._took(machine, machine.tick("gossip"))
            gossip._beating = False
        elif interval.timer == EXCHANGE:
            peers = [peer for peer in node.host.ring.neighbours(interval.node) if peer not in node.host.detector.down]
            self._took(machine, machine.tick(EXCHANGE, peers.index(interval.peer)))
        else:
            self._took(machine, machine.tick(HANDOFF))
        self._deliver()

    def _took(self, machine: Machine, output: Output) -> None:
        self._wire.extend((machine.name, to, message) for to, message in output.sends)
        while machine.unsynced:
            self._wire.extend((machine.name, to, message) for to, message in machine.sync().sends)

    def _deliver(self) -> None:
        for _ in range(MOST_MESSAGES):
            if not self._wire:
                return
            sender, to, message = self._wire.popleft()
            machine = self.machines.get(to)
            if machine is not None and machine.node is not None:
                self._took(machine, machine.deliver(sender, message))
        raise AssertionError(f"{MOST_MESSAGES} messages without an end")


class _SettlingCanon(Canon):
    """Forms in which neither clients nor the numbers of messages show."""

    without = _NUMBERS | _SPENT


def form_of(machine: Machine) -> Form:
    """The canonical form of a machine of a cluster that is left to itself."""
    records: list[Form] = []
    for space in (DATA, HINT):
        for key, record in machine.disk.engine.scan(space):
            assert isinstance(record, Siblings)
            records.append((space, key, record.digest))
    node = machine.node
    return (machine.name, tuple(sorted(records)), None if node is None else _SettlingCanon(node, quiet=True).form(node))
