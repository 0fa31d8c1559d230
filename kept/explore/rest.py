"""What becomes of a cluster when its clients have stopped and nothing goes wrong any more.

The same nodes go on under one common clock: deadlines pass, nodes gossip, hand hints off, compare Merkle trees and
reap, until the cluster is at rest as a run of `kept run` must come to rest, or 60 seconds have passed. What an
exploration finds at its ends is judged after that.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from dynamo.core.effects import DATA, HINT, split_hint_key
from dynamo.core.siblings import Siblings
from histories.replicas import Replicas
from kept.explore.cluster import Cluster
from kept.explore.machine import Machine, Output
from kept.explore.witness import Witness
from kept.lab.run import FOUND_WORK, MAX_WAITS
from kept.lab.settle import _label, agreed, unrest

BOUND_US = 60_000_000
MAX_STEPS = 200_000


class Ended(NamedTuple):
    """The end of a run."""

    replicas: Replicas
    unrest: str
    """What still goes on; empty where the cluster has come to rest."""


class Resting:
    """Machines that are left to themselves."""

    def __init__(self, cluster: Cluster, machines: Sequence[Machine]) -> None:
        self.cluster = cluster
        self.machines = {machine.name: machine for machine in machines}
        self.now_us = max(machine.now_us for machine in machines)
        self._wire: deque[tuple[str, str, Any]] = deque()
        store = cluster.store
        self._every_us = {"gossip": store.gossip_us, "handoff": store.handoff_us, "reap": store.reap_us}
        if store.anti_entropy:
            self._every_us["exchange"] = store.exchange_us
        self._due_us = {
            (name, timer): self.now_us + every_us * (at + 1) // len(machines)
            for at, (name, machine) in enumerate(self.machines.items())
            if not machine.destroyed
            for timer, every_us in self._every_us.items()
        }

    def settle(self) -> str:
        """Let time pass until the cluster is at rest; returns what still goes on, if anything does."""
        self.cluster.choice.roll()
        try:
            end_us = self.now_us + BOUND_US
            why = unrest(self)  # type: ignore[arg-type]  # it has machines as a world has
            while why and self.now_us < end_us:
                self._advance(self.cluster.store.handoff_us)
                why = unrest(self)  # type: ignore[arg-type]
            if not why and any(m.node is not None and m.node.replica.tombstones for m in self.machines.values()):
                why = self._linger()
            return why
        finally:
            self.cluster.choice.rolling = False

    def _linger(self) -> str:
        """Rest must last until tombstones are reaped, and for a while in which anti-entropy finds no work (as in
        `kept.lab.run`). Returns what went on instead, if anything did."""
        store, marks = self.cluster.store, self.cluster.marks
        while_us = store.reap_grace_us + 3 * store.reap_us
        self._advance(while_us)
        why = unrest(self)  # type: ignore[arg-type]
        if why:
            return f"it had settled, and then {why}"
        for _ in range(MAX_WAITS):
            before = marks.get(FOUND_WORK, 0)
            self._advance(while_us)
            if marks.get(FOUND_WORK, 0) == before:
                return unrest(self)  # type: ignore[arg-type]
        return "anti-entropy still finds differences"

    def _advance(self, span_us: int) -> None:
        """Timers fire as they come due, and whatever that causes happens at once."""
        end_us = self.now_us + span_us
        while True:
            due = dict(self._due_us)
            for name, machine in self.machines.items():
                deadline_us = machine.next_deadline_us()
                if deadline_us is not None:
                    due[name, "deadlines"] = deadline_us
            (name, timer), at_us = min(due.items(), key=lambda entry: (entry[1], entry[0]))
            if at_us > end_us:
                break
            self.now_us = max(self.now_us, at_us)
            if timer != "deadlines":
                self._due_us[name, timer] = self.now_us + self._every_us[timer]
            machine = self.machines[name]
            self._set_clock(machine)
            self._took(machine, machine.tick(timer))
            self._deliver()
        self.now_us = end_us

    def _set_clock(self, machine: Machine) -> None:
        machine.wall_us += max(0, self.now_us - machine.now_us)
        machine.now_us = self.now_us

    def _took(self, machine: Machine, output: Output) -> None:
        self._wire.extend((machine.name, to, message) for to, message in output.sends)
        while machine.unsynced:
            self._wire.extend((machine.name, to, message) for to, message in machine.sync().sends)

    def _deliver(self) -> None:
        for _ in range(MAX_STEPS):
            if not self._wire:
                return
            sender, to, message = self._wire.popleft()
            machine = self.machines.get(to)
            if machine is None or machine.destroyed:
                continue
            self._set_clock(machine)
            self._took(machine, machine.deliver(sender, message))
        raise AssertionError(f"{MAX_STEPS} messages without an end")


def ended(cluster: Cluster, machines: Sequence[Machine], witness: Witness) -> Ended:
    """Let the machines come to rest, and tell what each of them holds then. They are used up."""
    resting = Resting(cluster, machines)
    why = resting.settle()
    data, hints, roots = [], [], {}
    for machine in machines:
        if machine.destroyed:
            continue
        for key, state in machine.disk.engine.scan(DATA):
            assert isinstance(state, Siblings)
            data.append((machine.name, key, state))
        for stored, state in machine.disk.engine.scan(HINT):
            assert isinstance(state, Siblings)
            hints.append((machine.name, *split_hint_key(stored), state))
        node = machine.node
        assert node is not None
        ring = node.host.ring
        if node.participant.inside and machine.name in ring.names:
            held = node.host.forest.roots(ring.partitions_of(machine.name))
            roots[machine.name] = {str(_label(ring, partition)): root.hex() for partition, root in held.items()}
    meant = cluster.described(agreed(resting))  # type: ignore[arg-type]  # it has machines as a world has
    return Ended(witness.replicas(not why, data, hints, roots, meant), why)
