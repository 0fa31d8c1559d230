"""A process starts again: it reads its disk, greets the nodes that it can reach, and serves.

One step, though the real start takes several: a node that starts takes in nothing but greetings, so whatever the
others do meanwhile they could do before or after. Left out is only that it dies once more before it serves, and that
nodes hear from it a little before it serves. Where a node cannot serve without the answers of others that are dead as
well, they start together; where it cannot because it is cut off, it starts when it is no longer.
"""

from typing import TYPE_CHECKING

from kept.explore.locals import LocalEvent, LocalStep
from kept.explore.state import WHOLE, State

if TYPE_CHECKING:
    from kept.explore.system import Nodes

MAX_WAITS = 12
"""Deadlines that may pass until a node serves without the answers that it wanted."""


def restarted(nodes: "Nodes", state: State, at: int) -> State | None:
    """The state in which machine `at` serves again, alone or with all others that are dead; None where it waits."""
    facts = nodes.locals.facts
    dead = [which for which, number in enumerate(state.machines) if not (facts[number].up or facts[number].destroyed)]
    for starting in ([at], dead):
        start = _Start(nodes, list(state.machines), state.cut)
        if start.run(starting):
            if start.error:
                return state._replace(flaw=start.error)
            under_way = nodes.sorted((*state.under_way, *start.left))
            return state._replace(machines=tuple(start.machines), under_way=under_way)
    return None


class _Start:
    """The greetings of one start."""

    def __init__(self, nodes: "Nodes", machines: list[int], cut: int) -> None:
        self.nodes = nodes
        self.machines = machines
        self.cut = cut
        self.left: list[int] = []
        """What is sent beside greetings."""
        self.error = ""

    def run(self, starting: list[int]) -> bool:
        """Start these machines; whether all of them serve in the end, or something went wrong."""
        event, facts = self.nodes.locals.event, self.nodes.locals.facts
        boot, fire, sync = event(LocalEvent("boot")), event(LocalEvent("fire")), event(LocalEvent("sync"))
        for at in starting:
            self.take(at, boot)
        for _ in range(MAX_WAITS):
            waiting = [
                at for at in starting if facts[self.machines[at]].unsynced or not facts[self.machines[at]].serving
            ]
            if self.error or not waiting:
                return True
            for at in waiting:
                if not self.error and (facts[self.machines[at]].unsynced or facts[self.machines[at]].waits):
                    self.take(at, sync if facts[self.machines[at]].unsynced else fire)
        return False

    def take(self, at: int, event: int) -> None:
        """One machine does something, and what it sends arrives at once."""
        waiting = [(at, event)]
        while waiting and not self.error:
            where, happens = waiting.pop(0)
            step = self.nodes.locals.step(self.machines[where], happens)
            if step.error:
                self.error = f"{self.nodes.names[where]} stops with an error: {step.error}"
                return
            self.machines[where] = step.to
            waiting += self._arriving(where, step)

    def _arriving(self, sender: int, step: LocalStep) -> list[tuple[int, int]]:
        messages, locals_ = self.nodes.messages, self.nodes.locals
        arriving = []
        for number in step.sends:
            to = messages.receivers[number]
            if not locals_.facts[self.machines[to]].up or (self.cut != WHOLE and self.cut in (sender, to)):
                continue
            if messages.all[number].kind in ("Hello", "Welcome"):
                arriving.append((to, locals_.event(LocalEvent("deliver", message=number))))
            else:
                self.left.append(number)
        return arriving
