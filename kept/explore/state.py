"""A state of the whole cluster, and the steps that lead from one to the next."""

from typing import NamedTuple

from kept.explore.settling import Resting

IDLE = -1
WHOLE = -1


class Left(NamedTuple):
    """What is left of the budgets."""

    crashes: int
    drops: int
    duplicates: int
    partitions: int
    timeouts: int
    handoffs: int
    exchanges: int
    changes: int


class State(NamedTuple):
    """Small numbers of what is stored elsewhere (`Locals`, `Messages`, `Stories`)."""

    machines: tuple[int, ...]
    """The local state of each machine."""
    under_way: tuple[int, ...]
    """Messages in the order of their digests; one that is there twice is under way twice."""
    clients: tuple[tuple[int, int], ...]
    """Per client: how many of its operations it has begun, and which node it waits for, or `IDLE`."""
    story: int
    left: Left
    cut: int = WHOLE
    """The node that is cut off from the others, or `WHOLE`."""
    resting: Resting | None = None
    """The cluster, where it is left to itself; then everything else but `flaw` is as in the beginning, or empty."""
    flaw: str = ""
    """What has gone wrong in a way that no checker of histories sees; nothing happens after that."""


class Step(NamedTuple):
    """One step, as a person reads it. Equal steps of one state are the same step."""

    action: str
    """What coverage counts it as."""
    node: str
    what: str = ""
    mark: int = 0
    """Tells messages apart that read alike."""

    def __str__(self) -> str:
        return f"{self.node}: {self.what}" if self.node else self.what
