"""Changes of membership that the nemesis plans: drawn as if each one succeeded, so that they can be listed before.

An order that does not fit what really happened (the node has left already, another change is under way) is refused by
the cluster, and that is a part of the run too.
"""

from collections.abc import Sequence

from kept.sim import faults as kinds
from kept.sim.entropy import Stream
from kept.sim.faults import Fault

MORE = 3
"""So many more nodes than at the beginning, at the most."""
NEWCOMERS = 10
"""So many machines are switched on in a run, at the most."""
WEIGHTS = (0.5, 1.0, 2.0)


class Changes:
    """The membership as the plan so far would have it."""

    def __init__(self, names: Sequence[str], least: int) -> None:
        self.members = list(names)
        self.least = least
        """Members that must stay."""
        self.most = len(names) + MORE
        self.named = len(names)
        self.machines = len(names) + NEWCOMERS

    def draw(self, draw: Stream, kind: str, now_us: int) -> Fault | None:
        """A change of this kind; None where it would leave too few nodes or too many."""
        members = self.members
        if kind == kinds.ABORT:
            return Fault(kind, now_us, 1)
        if kind == kinds.WEIGHT:
            return Fault(kind, now_us, 1, (draw.choice(members),), (), draw.choice(WEIGHTS))
        comes = kind in (kinds.JOIN, kinds.REPLACE, kinds.RIVALS)
        goes = kind in (kinds.LEAVE, kinds.REMOVE, kinds.REPLACE, kinds.RIVALS)
        if comes and self.named == self.machines:
            return None
        if len(members) + comes - goes < self.least or len(members) + comes - goes > self.most:
            return None
        nodes = []
        if goes:
            nodes.append(members.pop(draw.randrange(len(members))))
        if comes:
            self.named += 1
            newcomer = f"n{self.named}"
            members.append(newcomer)
            nodes.append(newcomer)
        if kind == kinds.RIVALS:  # the one that comes, then the one that goes
            nodes.reverse()
        return Fault(kind, now_us, 1, tuple(nodes), (), draw.choice(WEIGHTS) if kind == kinds.JOIN else 0.0)
