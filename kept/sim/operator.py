"""The simulated operator: tells the cluster to change its members, while everything else goes on.

A change is a fault like others, as data: a kind, the node that it is about, sometimes another one or a weight. The
operator asks some member, tries another where nobody answers, and asks whom a refusal names; a refusal for another
reason is an answer. A removed or replaced node is dead for good: its machine is switched off and its disk destroyed
before the operator says so, and the operator says so again until the ring goes on without it.
"""

import re
from typing import TYPE_CHECKING, Any

from dynamo.core.messages import Operate, Operated
from kept.sim import faults as kinds
from kept.sim.census import newest
from kept.sim.entropy import stream
from kept.sim.faults import Fault

if TYPE_CHECKING:
    from kept.sim.world import World

NAME = "operator"
PATIENCE_US = 700_000
TRIES = 6
LOOKS_EVERY_US = 2_000_000
VOUCHES_AFTER_US = 5_000_000
_ASK = re.compile(r"; ask (\S+)$")


class Order:
    """One command that is under way."""

    __slots__ = ("asked", "command", "tries")

    def __init__(self, command: Operate) -> None:
        self.command = command
        self.tries = 0
        self.asked = ""


class Operator:
    """Gives the orders of one run."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.draw = stream(world.seed, NAME)
        self.orders: dict[str, Order] = {}
        self._numbers = 0
        world.clients[NAME] = self.answered

    def change(self, fault: Fault) -> None:
        """Give the order, or both orders, that `fault` stands for."""
        kind, nodes = fault.kind, fault.nodes
        if kind == kinds.RIVALS:
            one, other = nodes
            self.world.count(kind)
            self.world.enlist(one)
            self._order(Operate(self._id(), "join", one), avoid="")
            self._order(Operate(self._id(), "leave", other), avoid=other)
        elif kind == kinds.JOIN:
            self.world.enlist(nodes[0])
            self._order(Operate(self._id(), kind, nodes[0], weight=fault.number or 1.0), avoid="")
        elif kind in kinds.DEATHS:
            if kind == kinds.REPLACE:
                self.world.enlist(nodes[1])
            self._bury(fault, "")
        elif kind == kinds.WEIGHT:
            self._order(Operate(self._id(), kind, nodes[0], weight=fault.number), avoid="")
        else:
            told = fault.pairs[0][1] if fault.pairs else ""
            self._order(Operate(self._id(), kind, nodes[0] if nodes else ""), avoid=nodes[0] if nodes else "", to=told)

    def _bury(self, fault: Fault, cluster: str) -> None:
        """Have a dead node removed or replaced: look every now and then whether that is under way, and if not, say so
        (again), until its ring, `cluster`, goes on without it. A change that waits for it meanwhile is replaced by its
        removal. Another ring that does not know it says nothing: its own may be down as a whole just now."""
        dead = fault.nodes[0]
        world = self.world
        table = newest(world, dead)
        if table is not None and dead in (*table.names, *table.target):
            cluster = table.cluster
            plan = table.plan
            heir = fault.nodes[1] if fault.kind == kinds.REPLACE else ""
            if plan is None and heir and heir not in table.names and not world.machines[heir].destroyed:
                self._order(Operate(self._id(), "replace", dead, heir), avoid=dead)
            elif plan is None or dead not in plan.gone:
                self._order(Operate(self._id(), "remove", dead), avoid=dead)
        elif table is not None and table.cluster == cluster:
            return
        world.at(world.now_us + LOOKS_EVERY_US, NAME, self._bury, fault, cluster)

    def look_after_starts(self) -> None:
        """All faults are healed: from now on, vouch for the disk of whoever waits for an answer that nobody can give,
        because all who remembered it have lost their own disks."""
        self.world.at(self.world.now_us + VOUCHES_AFTER_US, NAME, self._vouch, None, None)

    def _vouch(self, _: Any, __: Any) -> None:
        waiting = [
            machine.name
            for machine in self.world.machines.values()
            if machine.node is not None and not machine.serving and not self.world.damage.returns(machine)
        ]
        for name in waiting:
            order = Order(Operate(self._id(), "vouch", name))
            self.orders[order.command.id] = order
            self._ask(order, name)
        if waiting:
            self.look_after_starts()

    def _id(self) -> str:
        self._numbers += 1
        return f"{NAME}.{self._numbers}"

    def _order(self, command: Operate, avoid: str, to: str = "") -> None:
        order = self.orders[command.id] = Order(command)
        self._ask(order, to if to in self.world.machines else self._somebody(avoid, command.node))

    def _somebody(self, avoid: str, about: str) -> str:
        """A node that accepts connections and is in a ring, the one of `about` if it can be; or any where there is
        none."""
        machines = self.world.machines
        names = [name for name, machine in machines.items() if name != avoid and not machine.destroyed]
        serving, knowing = [], []
        for name in names:
            node = machines[name].node
            if node is not None and node.serving and node.participant.inside:
                serving.append(name)
                if about in (*node.participant.table.names, *node.participant.table.target):
                    knowing.append(name)
        return self.draw.choice(knowing or serving or names or list(machines))

    def _ask(self, order: Order, node: str) -> None:
        order.tries += 1
        order.asked = node
        world = self.world
        world.network.send(NAME, node, world.now_us, world.machines[node].asked, NAME, order.command)
        world.at(world.now_us + PATIENCE_US, NAME, self._impatient, order, order.tries)

    def _impatient(self, order: Order, tries: int) -> None:
        if order.command.id not in self.orders or order.tries != tries:
            return
        if tries >= TRIES:
            self._end(order, "unanswered", "")
        else:
            self._ask(order, self._somebody(order.command.node, order.command.node))

    def answered(self, answer: Operated, _: Any) -> None:
        """A node has answered an order."""
        order = self.orders.get(answer.id)
        if order is None:
            return
        named = _ASK.search(answer.reason)
        if answer.status == "refused" and order.tries < TRIES:
            if named is not None and named[1] in self.world.machines:
                self._ask(order, named[1])
                return
            if answer.reason == "the node is starting":
                return  # patience ends, and another one is asked
        self._end(order, answer.status, answer.reason)

    def _end(self, order: Order, status: str, reason: str) -> None:
        del self.orders[order.command.id]
        world, action = self.world, order.command.action
        counted = action if status == "ok" else f"operator's order {status}"
        world.count(counted)
        world.observer.event(
            world.now_us,
            "operator",
            action=action,
            node=order.command.node,
            at=order.asked,
            status=status,
            reason=reason,
        )
