"""A process starts again: it reads its disk, greets the nodes that it can reach, and serves.

One step, though the real start takes several: a node that starts takes in nothing but greetings, so whatever the
others do meanwhile they could do before or after. Left out is only that it dies once more before it serves, and that
nodes hear from it a little before it serves.
"""

from typing import TYPE_CHECKING

from kept.explore.locals import LocalEvent, LocalStep
from kept.explore.state import WHOLE, State

if TYPE_CHECKING:
    from kept.explore.system import Nodes

MAX_WAITS = 12
"""Deadlines that may pass until a node serves without the answers that it wanted."""


def restarted(nodes: "Nodes", state: State, at: int) -> State:
    """The state in which machine `at` serves again."""
    event = nodes.locals.event
    start = _Start(nodes, list(state.machines), at, state.cut)
    start.take(at, event(LocalEvent("boot")))
    fire, sync = event(LocalEvent("fire")), event(LocalEvent("sync"))
    for _ in range(MAX_WAITS):
        facts = nodes.locals.facts[start.machines[at]]
        if facts.unsynced:
            start.take(at, sync)
        elif facts.serving:
            break
        else:
            start.take(at, fire)
    if start.error:
        return state._replace(flaw=start.error)
    assert nodes.locals.facts[start.machines[at]].serving, "a node that has its disk starts without help"
    under_way = nodes.sorted((*state.under_way, *start.left))
    return state._replace(machines=tuple(start.machines), under_way=under_way)


class _Start:
    """The greetings of one start."""

    def __init__(self, nodes: "Nodes", machines: list[int], at: int, cut: int) -> None:
        self.nodes = nodes
        self.machines = machines
        self.at = at
        self.cut = cut
        self.left: list[int] = []
        """What is sent beside greetings."""
        self.error = ""

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
