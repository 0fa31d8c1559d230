"""The plain way to explore: every state is a whole cluster of live nodes, copied with `copy.deepcopy` for each step.

Nothing is interned, remembered or left out. It knows no faults; within that it must come to the same states as
`kept.explore.system` without reductions, which is what it is for, and what `benchmarks/explore_real.py` compares speeds
with.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from dynamo.core import messages as m
from dynamo.core.messages import Request
from kept.explore.canon import Canon, digest64
from kept.explore.cluster import Cluster
from kept.explore.freezing import tidy
from kept.explore.locals import form_of
from kept.explore.machine import EPOCH_US, Machine, Output
from kept.explore.program import task
from kept.explore.scope import Scope
from kept.explore.story import OPEN, Told, plain

Packet = tuple[str, str, Any]


class World:
    """One state: live machines, what is under way, and what each client has been told."""

    def __init__(self, cluster: Cluster) -> None:
        self.machines: dict[str, Machine] = {machine.name: machine for machine in cluster.booted()}
        self.under_way: list[Packet] = []
        self.told: list[list[Told]] = [[] for _ in cluster.scope.programs()]

    def took(self, machine: Machine, output: Output) -> None:
        """What a machine's step leads to."""
        self.under_way += [(machine.name, to, content) for to, content in output.sends]
        for minted in output.minted:
            self._tell(minted.request, minted=(minted.dot,))
        for _, response in output.replies:
            _, status, _, values, dots, seen, dot = response
            self._tell(response.id, status=status, values=values, dots=dots, seen=seen, dot=dot)

    def _tell(self, request: str, **fields: Any) -> None:
        client, _, number = request.partition(".")
        told = self.told[int(client)]
        told[int(number) - 1] = told[int(number) - 1]._replace(**fields)

    def fingerprint(self, quiet: bool) -> int:
        """64 bits of everything."""
        for machine in self.machines.values():
            if machine.node is not None:
                tidy(machine.node)
        wire = sorted(digest64((one, to, Canon(None, quiet).form(content))) for one, to, content in self.under_way)
        machines = tuple(digest64(form_of(machine, quiet)) for machine in self.machines.values())
        return digest64((machines, tuple(wire), tuple(plain(tuple(told)) for told in self.told)))


class PlainExplorer:
    """Breadth first over worlds."""

    def __init__(self, scope: Scope) -> None:
        budgets = (scope.crashes, scope.drops, scope.duplicates, scope.partitions, scope.timeouts, scope.exchanges)
        assert not any((*budgets, scope.handoffs, scope.change)), "a scope without faults"
        self.scope = scope
        self.cluster = Cluster(scope)
        self.programs = scope.programs()
        self.most = max(map(len, self.programs))
        self.states = self.transitions = 0

    def run(self, limit: int | None = None) -> None:
        """Visit every state, or stop after so many."""
        first = World(self.cluster)
        seen = {first.fingerprint(quiet=True)}
        waiting = [first]
        while waiting and (limit is None or len(seen) < limit):
            after: list[World] = []
            for world in waiting:
                for successor in self._steps(world):
                    self.transitions += 1
                    mark = successor.fingerprint(quiet=True)
                    if mark not in seen:
                        seen.add(mark)
                        after.append(successor)
                if limit is not None and len(seen) >= limit:
                    break
            waiting = after
        self.states = len(seen)

    def _copied(self, world: World) -> World:
        shared = (
            self.cluster.rings,
            self.cluster.store,
            self.cluster.rules,
            self.cluster.marks,
            self.cluster.choice,
            self.cluster.ring,
        )
        return deepcopy(world, {id(thing): thing for thing in shared})

    def _steps(self, world: World) -> Iterator[World]:
        for client, told in enumerate(world.told):
            if len(told) < len(self.programs[client]) and (not told or told[-1].status != OPEN):
                yield self._asked(self._copied(world), client)
        packets: dict[int, int] = {}
        for place, (sender, to, content) in enumerate(world.under_way):
            packets.setdefault(digest64((sender, to, Canon(None, quiet=True).form(content))), place)
        for place in packets.values():
            after = self._copied(world)
            sender, to, content = after.under_way.pop(place)
            after.took(after.machines[to], after.machines[to].deliver(sender, content))
            yield after
        for name, machine in world.machines.items():
            if machine.unsynced:
                after = self._copied(world)
                after.took(after.machines[name], after.machines[name].sync())
                yield after

    def _asked(self, world: World, client: int) -> World:
        told = world.told[client]
        word, which = task(self.programs[client][len(told)])
        key = self.cluster.keys[which]
        node = self.cluster.walk[client % len(self.cluster.walk)]
        seen = (
            next((one.seen for one in reversed(told) if one.key == key and one.status == m.OK), b"")
            if word == "put"
            else b""
        )
        kind = m.GET if word == "get" else m.PUT
        value = b"%d.%d" % (client, len(told) + 1) if kind == m.PUT else b""
        before = sum(
            1 << other * self.most + number
            for other, all_told in enumerate(world.told)
            for number, one in enumerate(all_told)
            if one.status != OPEN
        )
        request = Request(f"{client}.{len(told) + 1}", kind, key, value, seen, generation=1)
        told.append(Told(kind, key, value, seen, before))
        machine = world.machines[node]
        world.took(machine, machine.ask(f"c{client}", request, EPOCH_US))
        return world
