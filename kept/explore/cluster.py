"""The cluster of a scope: how its nodes are built, which are the owners of the key, and its first state."""

from dataclasses import replace

from dynamo.core.node import Node
from dynamo.core.preference import Member
from dynamo.core.ring import Ring
from kept.explore.freezing import Choice, Freezer, Marks
from kept.explore.locals import Locals
from kept.explore.machine import Machine
from kept.explore.scope import KEY, Scope
from kept.lab.run import _founders, rules_of
from kept.lab.settle import describe


class Cluster:
    """What is the same in all states."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.config = scope.run_config()
        self.store = self.config.store()
        self.members: tuple[Member, ...] = _founders(self.config)[0]
        self.names = tuple(member.name for member in self.members)
        rules = rules_of(self.config)
        make = rules.ring
        rings: dict[tuple[Member, ...], Ring] = {}

        def shared(members: tuple[Member, ...], n: int, strategy: int, partitions: int) -> Ring:
            if members not in rings:
                rings[members] = make(members, n, strategy, partitions)
            return rings[members]

        self.rules = replace(rules, ring=shared)
        self.marks = Marks()
        self.choice = Choice()
        self.ring = shared(self.members, self.config.n, self.config.ring, self.config.partitions)
        self.freezer = Freezer((self.store, self.rules, self.marks, self.choice, self.ring))
        self.owners = self.ring.owners(self.ring.partition_of(KEY))
        self.walk = tuple(self.ring.walk(self.ring.partition_of(KEY)))
        """All nodes: the owners of the key first."""

    def build(self, name: str) -> Node:
        """A node as it starts."""
        return Node(name, self.store, self.members, self.rules, self.choice, self.marks)

    def booted(self) -> list[Machine]:
        """Every machine of a new cluster, serving and at rest."""
        machines = [Machine(name) for name in self.names]
        for machine in machines:
            machine.boot(self.build, genesis=True)
            machine.sync()
            assert machine.node is not None
            assert machine.node.serving, "a new node has only its disk to wait for"
        return machines

    def locals(self) -> Locals:
        """An empty table of local states."""
        return Locals(self.names, self.build, self.freezer, quiet=self.scope.timeouts == 0)

    def described(self) -> dict[str, object]:
        """The ring as the operator meant it, for the checkers."""
        return describe(self.members, self.config.n, self.config.ring, self.config.partitions)
