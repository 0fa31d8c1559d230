"""The faults that the world can suffer, as data.

A fault happens at a time, lasts for a time and then heals by itself; what it hits is spelled out, so a plan can be
saved, read by a person, and cut down.
"""

from typing import NamedTuple

LOSS, DUPLICATE, REORDER, DELAY = "loss", "duplicate", "reorder", "delay"
PARTITION, ONE_WAY, PARTIAL = "partition", "one-way-partition", "partial-partition"
CRASH, MID_STEP, TORN, PAUSE = "crash", "mid-step-crash", "torn-write", "pause"
OFFSET, DRIFT = "clock-offset", "clock-drift"
JOIN, LEAVE, REPLACE, REMOVE, WEIGHT = "join", "leave", "replace", "remove", "weight"
ABORT, RIVALS = "abort", "rival-operators"

KINDS: dict[str, str] = {
    LOSS: "messages are lost",
    DUPLICATE: "messages arrive twice, the second time late",
    REORDER: "messages overtake each other",
    DELAY: "messages take very long (a heavy tail)",
    PARTITION: "two groups of nodes cannot talk to each other",
    ONE_WAY: "messages from one group do not reach the other",
    PARTIAL: "some pairs of nodes cannot talk, others can",
    CRASH: "nodes stop, lose what was not synced, and start again",
    MID_STEP: "a node stops between two effects of one step",
    TORN: "a crash leaves half of the last write on the disk",
    PAUSE: "a node stands still and then goes on with what has piled up",
    OFFSET: "a wall clock is wrong",
    DRIFT: "a clock runs fast or slow",
    JOIN: "a new node joins the ring",
    LEAVE: "a node leaves the ring",
    REPLACE: "a node dies for good, and a new one takes its place",
    REMOVE: "a node dies for good, and is removed from the ring",
    WEIGHT: "a node gets more or fewer virtual nodes",
    ABORT: "the operator aborts the change of membership that is under way",
    RIVALS: "two operators begin two changes of membership at once",
}
"""Every kind, and what it does."""

CHANGES = (JOIN, LEAVE, REPLACE, REMOVE, WEIGHT, ABORT, RIVALS)
"""What operators do. A change heals by itself like other faults: it comes to its end."""
DEATHS = (REPLACE, REMOVE)
"""Changes that begin with a node's death."""


class Fault(NamedTuple):
    """One fault. Times are the world's, in microseconds."""

    kind: str
    at_us: int
    for_us: int
    nodes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Partitions: the directions that are cut."""
    number: float = 0.0
    """Loss, duplicate, delay: the chance per message. Crash: the share of unsynced batches that survive. Mid-step
    crash: how many effects are still carried out. Offset: microseconds. Drift: millionths."""
    torn: float = -1.0
    """Crash: the share of the first lost batch's bytes that is on the disk; negative: none, nothing is torn."""
    dirty: bool = False
    """Crash: wait for the next write and strike before it is synced."""
