"""The faults that the world can suffer, as data.

A fault happens at a time, lasts for a time and then heals by itself; what it hits is spelled out, so a plan can be
saved, read by a person, and cut down.
"""

from typing import NamedTuple

LOSS, DUPLICATE, REORDER, DELAY = "loss", "duplicate", "reorder", "delay"
PARTITION, ONE_WAY, PARTIAL = "partition", "one-way-partition", "partial-partition"
SWIZZLE, CLOGGED = "swizzle", "clogged-link"
CRASH, MID_STEP, TORN, PAUSE, SLOW_NODE = "crash", "mid-step-crash", "torn-write", "pause", "slow-node"
OFFSET, DRIFT, JUMP = "clock-offset", "clock-drift", "clock-jump"
DISK_FULL, SLOW_DISK, IO_ERROR, LYING = "disk-full", "slow-disk", "io-error", "lying-sync"
BIT_ROT, MISDIRECTED, LOST_DISK, OLD_DISK = "bit-rot", "misdirected-write", "lost-disk", "old-disk"
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
    SWIZZLE: "nodes are cut off one after the other, and come back in another order",
    CLOGGED: "links hold everything back for a while, and then deliver it",
    CRASH: "nodes stop, lose what was not synced, and start again",
    MID_STEP: "a node stops between two effects of one step",
    TORN: "a crash leaves half of the last write on the disk",
    PAUSE: "a node stands still and then goes on with what has piled up",
    SLOW_NODE: "every step of a node takes long, and its events queue up",
    OFFSET: "a wall clock is wrong",
    DRIFT: "a clock runs fast or slow",
    JUMP: "a wall clock jumps by seconds, hours or days, and back",
    DISK_FULL: "a disk fills up; a write that finds no room stops its node until there is room",
    SLOW_DISK: "syncs take much longer",
    IO_ERROR: "a sync fails and stops its node, or a read fails once",
    LYING: "a disk says synced and is not; then its power fails",
    BIT_ROT: "a stored record no longer matches its checksum",
    MISDIRECTED: "a write has gone to another record's place, and is missing at its own",
    LOST_DISK: "a disk is lost; its node comes back with an empty one",
    OLD_DISK: "a node comes back with a copy of its disk from earlier on",
    JOIN: "a new node joins the ring",
    LEAVE: "a node leaves the ring",
    REPLACE: "a node dies for good, and a new one takes its place",
    REMOVE: "a node dies for good, and is removed from the ring",
    WEIGHT: "a node gets more or fewer virtual nodes",
    ABORT: "the operator aborts the change of membership that is under way",
    RIVALS: "two operators begin two changes of membership at once",
}
"""Every kind, and what it does."""

ALL = tuple(KINDS)
"""What a run suffers unless it says otherwise."""

CUTS = (PARTITION, ONE_WAY, PARTIAL, SWIZZLE)
"""Links are cut, both ways or one."""
CLOCKS = (OFFSET, DRIFT, JUMP)
STOPS = (CRASH, MID_STEP, PAUSE, DISK_FULL, IO_ERROR, LOST_DISK)
"""A node may be dead or stand still for as long as the fault lasts."""
DISKS = (DISK_FULL, SLOW_DISK, IO_ERROR, LYING, BIT_ROT, MISDIRECTED, LOST_DISK, OLD_DISK)
"""One disk misbehaves."""
DAMAGES = (BIT_ROT, MISDIRECTED, LOST_DISK, OLD_DISK)
"""What was durable changes; the atlas is asked before."""
CHANGES = (JOIN, LEAVE, REPLACE, REMOVE, WEIGHT, ABORT, RIVALS)
"""What operators do. A change heals by itself like other faults: it comes to its end."""
DEATHS = (REPLACE, REMOVE)
"""Changes that begin with a node's death; the atlas is asked before."""

NEWCOMER_AT = {JOIN: 0, REPLACE: 1, RIVALS: 0}
"""Changes that bring a new node -> which of the fault's nodes that is."""

Place = tuple[str, bytes]
"""A name space and a key: where a record is stored."""


class Fault(NamedTuple):
    """One fault. Times are the world's, in microseconds."""

    kind: str
    at_us: int
    for_us: int
    nodes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    """Partitions, swizzles, clogged links: the directions that are cut or clogged. Leave: who leaves and whom the
    operator tells so first; where that is left open, any member."""
    number: float = 0.0
    """Loss, duplicate, delay: the chance per message. Crash, I/O error: the share of unsynced batches that survive.
    Mid-step crash: how many effects are still carried out. Offset, jump: microseconds. Drift: millionths. Slow node,
    slow disk: microseconds that each step or sync takes longer. Disk full: how many records still fit. Bit rot,
    misdirected write: which record, as `share_of` reads it."""
    torn: float = -1.0
    """Crash: the share of the first lost batch's bytes that is on the disk; negative: none, nothing is torn."""
    dirty: bool = False
    """Crash: wait for the next write and strike before it is synced. I/O error: it is a read that fails."""
    places: tuple[tuple[str, str], ...] = ()
    """Bit rot: the record that rots. Misdirected write: the record that is missing at its own place, and the one whose
    place has its bytes. Spaces and keys (`place_of`); empty: not decided yet."""


def share_of(number: float) -> tuple[str, float]:
    """The name space in which a record is chosen, and how far into it: 0.25 is a quarter into the data, 1.5 half-way
    into the hints, 2.9 near the end of the node's own records."""
    space = min(2, max(0, int(number)))
    return ("data", "hint", "meta")[space], min(0.999999, max(0.0, number - space))


def place_of(place: tuple[str, str]) -> Place:
    """A place as a disk names it."""
    return place[0], place[1].encode("utf-8", "surrogateescape")


def named(place: Place) -> tuple[str, str]:
    """A place as a plan names it; `place_of` goes back."""
    return place[0], place[1].decode("utf-8", "surrogateescape")
