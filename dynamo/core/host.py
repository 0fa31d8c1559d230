"""What the components of one node share: its identity, its time, its effects and its durability barrier.

The rule that this module keeps: **nothing leaves a node that its own disk might forget.** A component that wants to
send or acknowledge a record passes the sequence number of the write that made it to `when_durable`, and the send
happens in the step in which the disk says so.
"""

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, Protocol

from dynamo.core.config import StoreConfig
from dynamo.core.detector import Detector
from dynamo.core.effects import Change, Effect, Send, SetTimer, Write
from dynamo.core.merkle import MerkleForest
from dynamo.core.ring import Ring
from dynamo.core.transition import TransitionRing
from dynamo.core.versioning import Versioning

if TYPE_CHECKING:
    from dynamo.core.admission import Admission
    from dynamo.core.overload import Overload

AnyRing = Ring | TransitionRing
Chooser = Callable[[int], int]
"""Randomness comes in through this port: a whole number from 0 to the argument minus one."""


COMPACT_FROM = 1_024
"""Deadlines that are kept before those of closed operations are looked for."""


class Operation(Protocol):
    """Something with a deadline."""

    closed: bool


class Host:
    """One node's shared state. The components hold it; the node moves its clock."""

    __slots__ = (
        "_compact_at",
        "_deadlines",
        "_order",
        "_partitions",
        "_woken_at_us",
        "admission",
        "booted_us",
        "changing",
        "choose",
        "config",
        "detector",
        "disk_low",
        "durable_seq",
        "effects",
        "forest",
        "generation",
        "incarnation",
        "involved",
        "loads_done",
        "loads_waiting",
        "marks",
        "name",
        "now_us",
        "overload",
        "ring",
        "seq",
        "version",
        "versioning",
        "waiting",
        "wall_us",
    )

    def __init__(
        self,
        name: str,
        config: StoreConfig,
        versioning: Versioning,
        choose: Chooser,
        marks: dict[str, int],
        detector: Detector,
        forest: MerkleForest,
        ring: AnyRing,
    ) -> None:
        self.name = name
        self.config = config
        self.versioning = versioning
        self.choose = choose
        self.marks = marks
        self.detector = detector
        self.forest = forest
        self.ring = ring
        self.involved: frozenset[str] = frozenset(ring.names)
        """Who takes part in the ring, this node included; messages of others are not listened to. Empty while this
        node itself is in no ring."""
        self.changing = False
        """Whether a change of membership is under way."""
        self.version = 0
        """Grows with every change of the lists of owners: it tells operations that began before."""
        self.now_us = 0
        self.wall_us = 0
        self.generation = 0
        """The number of this boot: greater than that of every earlier boot of this machine, whatever disk it had."""
        self.booted_us = 0
        self.disk_low = False
        """Whether the shell has said that the disk has little room left."""
        self.incarnation = ""
        """The name of this node's disk: the prefix of every actor that it brings to life."""
        self.effects: list[Effect] = []
        self.seq = 0
        self.durable_seq = 0
        self.waiting: deque[tuple[int, Callable[..., None], tuple[Any, ...]]] = deque()
        self.loads_waiting = 0
        """Pieces of work that wait for a record to be loaded."""
        self.loads_done = 0
        self.overload: Overload
        self.admission: Admission
        self._deadlines: list[tuple[int, int, Operation, Callable[[Any], None]]] = []
        self._compact_at = COMPACT_FROM
        self._order = 0
        self._woken_at_us = 0
        self._partitions: dict[bytes, int] = {}

    def mark(self, name: str, count: int = 1) -> None:
        """Leave a mark that a rare line was reached."""
        self.marks[name] = self.marks.get(name, 0) + count

    def send(self, to: str, message: Any) -> None:
        self.effects.append(Send(to, message))

    def write(self, changes: tuple[Change, ...], buffered: bool = False) -> int:
        """Write one atomic batch; returns the sequence number under which it becomes durable."""
        self.seq = seq = self.seq + 1
        self.effects.append(Write(seq, changes, buffered))
        return seq

    def when_durable(self, seq: int, then: Callable[..., None], *args: Any) -> None:
        """Call `then(*args)` as soon as every write up to `seq` is durable: now, or in the step that says so."""
        if seq <= self.durable_seq:
            then(*args)
        elif not self.waiting or seq >= self.waiting[-1][0]:
            self.waiting.append((seq, then, args))
        else:  # something older than the latest write: it must not wait for what came after it
            at = len(self.waiting) - 1
            while at and self.waiting[at - 1][0] > seq:
                at -= 1
            self.waiting.insert(at, (seq, then, args))

    def synced(self, seq: int) -> None:
        """Every write up to `seq` is durable."""
        self.durable_seq = max(self.durable_seq, seq)
        waiting = self.waiting
        while waiting and waiting[0][0] <= seq:
            _, then, args = waiting.popleft()
            then(*args)

    def at(self, due_us: int, operation: Operation, then: Callable[[Any], None]) -> None:
        """Call `then(operation)` at `due_us` unless it is closed by then. All deadlines share one timer, which passes
        over those of closed operations: an operation that ends in time costs no wake-up."""
        self._order += 1
        if len(self._deadlines) >= self._compact_at:  # no more of closed operations than of open ones stay in memory
            self._deadlines = [entry for entry in self._deadlines if not entry[2].closed]
            heapify(self._deadlines)
            self._compact_at = max(COMPACT_FROM, 2 * len(self._deadlines))
        heappush(self._deadlines, (due_us, self._order, operation, then))
        if not self._woken_at_us or due_us < self._woken_at_us:
            self._arm()

    def deadlines(self) -> None:
        """The shared timer fired."""
        self._woken_at_us = 0
        heap = self._deadlines
        while heap:
            due_us, _, operation, then = heap[0]
            if operation.closed:
                heappop(heap)
            elif due_us <= self.now_us:
                heappop(heap)
                then(operation)
            else:
                break
        self._arm()

    def _arm(self) -> None:
        if self._deadlines:
            due_us = self._deadlines[0][0]
            if not self._woken_at_us or due_us < self._woken_at_us:
                self._woken_at_us = due_us
                self.effects.append(SetTimer("deadlines", due_us))

    def others(self, partition: int) -> tuple[str, ...]:
        """The partition's owners without this node and those that are declared dead."""
        return tuple(name for name in self.ring.owners(partition) if name != self.name and name in self.involved)

    def keepers(self, partition: int) -> tuple[str, ...]:
        """Who is to have the records of a partition: its owners. Once a change closes, not those that are declared
        dead: what is kept for them would fill the place of what has to move, and whoever replaces them asks the
        others. Where all owners are dead, whoever has such a record keeps it until the next change gives it owners; who
        leaves brings it to a member that stays."""
        owners = self.ring.owners(partition)
        if isinstance(self.ring, TransitionRing):
            return owners
        living = tuple(name for name in owners if name in self.involved)
        if living or self.name not in self.involved:
            return living or owners
        staying = [name for name in self.ring.names if name in self.involved]
        return (self.name,) if self.name in staying else tuple(staying[:1]) or owners

    @property
    def boot_bits(self) -> int:
        """The upper bits of operation numbers, so that answers to an earlier boot fit no operation of this one."""
        return (self.generation & 0xFFFFFF) << 32

    def partition(self, key: bytes) -> int:
        """The key's partition; recent ones are remembered, since each costs an MD5."""
        known = self._partitions.get(key)
        if known is None:
            if len(self._partitions) >= self.config.cache_records:
                self._partitions.clear()
            known = self._partitions[key] = self.ring.partition_of(key)
        return known

    def owns(self, key: bytes) -> bool:
        """Whether this node is one of the key's N owners."""
        return self.name in self.ring.owners(self.partition(key))

    def new_ring(self, ring: AnyRing) -> None:
        """Membership has changed. Under strategy 1 the partitions are others now."""
        self.ring = ring
        self._partitions.clear()
        if ring.strategy == 1:
            self.forest.regroup(ring.partition_of)
