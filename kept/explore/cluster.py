"""The cluster of a scope: how its nodes are built, which are the owners of the keys, and its first state."""

from dataclasses import replace
from typing import NamedTuple

from dynamo.core import planning
from dynamo.core.node import Node
from dynamo.core.preference import Member
from kept.explore.freezing import Choice, Freezer, Marks, Rings
from kept.explore.locals import Locals
from kept.explore.machine import Machine
from kept.explore.scope import KEY, Scope
from kept.lab.run import _founders, rules_of
from kept.lab.settle import describe

_CANDIDATES = 400


class Change(NamedTuple):
    """What the operator has done to the membership."""

    action: str
    node: str
    """Who joins, leaves or is removed."""
    driver: str
    """Who is told."""


class Cluster:
    """What is the same in all states."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.config = scope.run_config()
        self.store = self.config.store()
        self.members: tuple[Member, ...] = _founders(self.config)[0]
        rules = rules_of(self.config)
        self.rings = Rings(rules.ring)
        self.rules = replace(rules, ring=self.rings)
        self.marks = Marks()
        self.choice = Choice()
        self.ring = self.rings(self.members, self.config.n, self.config.ring, self.config.partitions)
        self.freezer = Freezer((self.store, self.rules, self.marks, self.choice, self.ring), self.rings)
        joining = (f"n{len(self.members) + 1}",) if scope.change == "join" else ()
        self.names = (*(member.name for member in self.members), *joining)
        self.keys = self._keys(joining)
        self.owners = self.ring.owners(self.ring.partition_of(self.keys[0]))
        self.walk = tuple(self.ring.walk(self.ring.partition_of(self.keys[0])))
        """All members: the owners of the first key first."""
        self.change = self._change(joining)
        self._described: dict[tuple[Member, ...], dict[str, object]] = {}

    def _keys(self, joining: tuple[str, ...]) -> tuple[bytes, ...]:
        """The first key is one that a joining node is to own; each other one has another preference list, if it can."""
        ring, after = self.ring, self.ring
        if joining:
            newcomer = Member(joining[0], (), since=2)
            after = self.rings.of(planning.joined(self.members, newcomer, self.store))
        candidates = [KEY, *(b"%s%d" % (KEY, number) for number in range(2, _CANDIDATES))]
        owned = {key: after.owners(after.partition_of(key)) for key in candidates}
        chosen = [next(key for key in candidates if set(joining) <= set(owned[key]))]
        walks = [ring.walk(ring.partition_of(chosen[0]))]
        while len(chosen) < self.scope.keys:
            rest = [key for key in candidates if key not in chosen]
            other = next((key for key in rest if ring.walk(ring.partition_of(key)) not in walks), rest[0])
            chosen.append(other)
            walks.append(ring.walk(ring.partition_of(other)))
        return tuple(chosen)

    def _change(self, joining: tuple[str, ...]) -> Change | None:
        """An owner of the first key leaves; the first other node on its walk is told, and drives the change."""
        action = self.scope.change
        if not action:
            return None
        node = joining[0] if joining else self.walk[0]
        return Change(action, node, next(name for name in self.walk if name != node))

    def build(self, name: str) -> Node:
        """A node as it starts."""
        inside = any(member.name == name for member in self.members)
        seeds = (self.members[0].name, self.members[-1].name) if self.scope.change else ()
        members = self.members if inside else ()
        return Node(name, self.store, members, self.rules, self.choice, self.marks, seeds=seeds)

    def booted(self) -> list[Machine]:
        """Every machine of a new cluster, serving and at rest; who is to join is in no ring yet."""
        machines = {name: Machine(name) for name in self.names}
        for member in self.members:
            machine = machines[member.name]
            machine.boot(self.build, genesis=True)
            machine.sync()
        for name in self.names[len(self.members) :]:
            self._greet(machines, name)
        for machine in machines.values():
            assert machine.node is not None
            assert machine.node.serving, "a new node has only its disk and its seeds to wait for"
        return list(machines.values())

    def _greet(self, machines: dict[str, Machine], name: str) -> None:
        waiting = [(name, *sent) for sent in machines[name].boot(self.build).sends]
        while waiting:
            sender, to, content = waiting.pop(0)
            output = machines[to].deliver(sender, content)
            waiting += [(to, *sent) for sent in output.sends]
            for machine in (machines[to], machines[name]):
                if machine.unsynced:
                    waiting += [(machine.name, *sent) for sent in machine.sync().sends]

    def locals(self) -> Locals:
        """An empty table of local states."""
        return Locals(self.names, self.build, self.freezer, quiet=self.scope.timeouts == 0)

    def described(self, members: tuple[Member, ...] | None = None) -> dict[str, object]:
        """The ring of these members (None: of the first ones) as the operator meant it, for the checkers."""
        members = self.members if members is None else members
        found = self._described.get(members)
        if found is None:
            config = self.config
            found = self._described[members] = describe(members, config.n, config.ring, config.partitions)
        return found
