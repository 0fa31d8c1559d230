"""What a node asks of its shell, and what the shell tells a node.

A node never does anything itself: `Node.step(event, now_us, wall_us)` returns effects and the shell carries them
out, in their order. A crash between two of them is a schedule like any other, so the order is part of the protocol:
a node emits an effect only when everything that must be on disk before it already is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from dynamo.core.siblings import Siblings

DATA, HINT, META = "data", "hint", "meta"
SPACES = (DATA, HINT, META)
"""The three name spaces of a node's storage. `data`: key -> Siblings, what the node owns. `hint`: `hint_key` ->
Siblings, what it keeps for another owner. `meta`: name -> bytes, the node's own identity and membership history."""

Record = Siblings | bytes


def hint_key(owner: str, key: bytes) -> bytes:
    """The storage key of a hint for `owner`. Node names cannot contain NUL, so the split is unambiguous."""
    return owner.encode() + b"\0" + key


def split_hint_key(stored: bytes) -> tuple[str, bytes]:
    """The intended owner and the key of a stored hint."""
    owner, _, key = stored.partition(b"\0")
    return owner.decode(), key


class Change(NamedTuple):
    """One record set (or, where `record` is None, deleted) in one name space."""

    space: str
    key: bytes
    record: Record | None


# Effects: node -> shell


class Send(NamedTuple):
    """Send `message` to the node named `to`. It may be lost, duplicated, delayed or reordered."""

    to: str
    message: Any


class Reply(NamedTuple):
    """Answer a client."""

    client: str
    message: Any


class Write(NamedTuple):
    """Apply `changes` as one atomic batch. They are visible to loads at once, durable when `Synced(seq)` is told."""

    seq: int
    changes: tuple[Change, ...]
    buffered: bool = False
    """Nobody waits for it: the shell may keep it in a bounded buffer for a while before it syncs (the paper's 6.1)."""


class Load(NamedTuple):
    """Read one record; the shell answers with `Loaded`."""

    space: str
    key: bytes


class SetTimer(NamedTuple):
    """Wake the node with `TimerFired(name)` once, not before `at_us`. Setting a name again replaces it."""

    name: str
    at_us: int


class Minted(NamedTuple):
    """Tell an observer that the put of client request `request` was named `dot`. The protocol does not need it."""

    request: str
    key: bytes
    dot: tuple[str, int]


Effect = Send | Reply | Write | Load | SetTimer | Minted


# Events: shell -> node


class Boot(NamedTuple):
    """The node starts, with what survived on its disk."""

    meta: Mapping[bytes, bytes | None]
    """Every record of the meta space; None stands for one that does not match its checksum."""
    data: Iterable[tuple[bytes, Siblings | None]]
    """Every record of the data space; None stands for one that does not match its checksum."""
    hints: Iterable[tuple[bytes, Siblings | None]]
    fresh_disk: str
    """A name that no boot of this machine has used. A node that finds no whole identity on its disk takes it as its
    incarnation, so an actor that may have lost its disk never comes back under its old name."""
    genesis: bool
    """Whether this is the cluster's very first start, so an empty disk means an empty store and not a lost one."""
    started: int = 0
    """A number that, as far as the shell can tell, is greater than at every earlier start of this machine (seconds
    since the epoch, say). It keeps boots apart where the disk, which counts them too, was lost."""


class Received(NamedTuple):
    """A message of another node arrived."""

    sender: str
    message: Any


class Asked(NamedTuple):
    """A client asks."""

    client: str
    request: Any


class TimerFired(NamedTuple):
    name: str


class Synced(NamedTuple):
    """Every write with a sequence number up to `seq` is durable."""

    seq: int


class Loaded(NamedTuple):
    """The answer to `Load`: the record, None where there is none; `corrupt` where its checksum does not match."""

    space: str
    key: bytes
    record: Record | None
    corrupt: bool = False


class DiskSpace(NamedTuple):
    """The disk has little room left (`low`), or has room again. The shell says so while there still is a reserve: a
    node that hears it takes no new data, and goes on with what frees space."""

    low: bool


Event = Boot | Received | Asked | TimerFired | Synced | Loaded | DiskSpace
