"""One machine's disk in a scenario: what is durable, and the batches after it that a crash may take."""

from collections import deque
from collections.abc import Iterator

from dynamo.core.effects import DATA, META, SPACES, Change, Record, Write
from dynamo.core.siblings import Siblings
from dynamo.storage.memory import MemoryEngine


class Disk:
    """An engine that shows every write at once, and what would undo each batch that is not synced."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.engine = MemoryEngine()
        self.damaged: dict[bytes, None] = {}
        """Keys of the data space whose record does not match its checksum."""
        self.boots = 0
        """How often a process has started on it."""
        self._undo: deque[tuple[Write, tuple[Change, ...]]] = deque()

    @property
    def unsynced(self) -> int:
        """Batches that a power failure takes."""
        return len(self._undo)

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for one of them; the others may lie in a buffer for a while (Dynamo, 6.1)."""
        return any(not write.buffered for write, _ in self._undo)

    def write(self, write: Write) -> None:
        """Apply a batch; it heals what it overwrites."""
        self._undo.append((write, self.engine.previous(write.changes)))
        self.engine.apply(write.changes)
        for space, key, _ in write.changes:
            if space == DATA:
                self.damaged.pop(key, None)

    def sync(self, batches: int | None = None) -> int:
        """Make the oldest `batches` durable (None: all); the number of the last one, 0 where there is none."""
        seq = 0
        for _ in range(self.unsynced if batches is None else min(batches, self.unsynced)):
            seq = self._undo.popleft()[0].seq
        return seq

    def crash(self, keep: int) -> int:
        """Lose all unsynced batches but the oldest `keep`; how many were lost."""
        lost = 0
        while len(self._undo) > keep:
            self.engine.apply(self._undo.pop()[1])
            lost += 1
        self._undo.clear()
        return lost

    def image(self) -> "Disk":
        """A copy of what is durable."""
        copy = Disk(self.name)
        copy.boots = self.boots
        copy.damaged.update(self.damaged)
        for space in SPACES:
            copy.engine.apply([Change(space, key, record) for key, record in self.engine.scan(space)])
        for _, before in reversed(self._undo):
            copy.engine.apply(before)
        return copy

    def meta(self) -> dict[bytes, bytes]:
        """Every record of the meta space."""
        return {key: record for key, record in self.engine.scan(META) if isinstance(record, bytes)}

    def contents(self, space: str) -> Iterator[tuple[bytes, Siblings | None]]:
        """Every record of a space as a boot finds it: None for one that is damaged."""
        for key, record in self.engine.scan(space):
            assert isinstance(record, Siblings)
            yield key, None if space == DATA and key in self.damaged else record

    def durable(self, space: str, key: bytes) -> Record | None:
        """The record that a power failure would leave."""
        for _, before in self._undo:
            for change in before:
                if (change.space, change.key) == (space, key):
                    return change.record
        return self.engine.read(space, key)

    def read(self, space: str, key: bytes) -> tuple[Record | None, bool]:
        """A record, and whether it is damaged."""
        if space == DATA and key in self.damaged:
            return None, True
        return self.engine.read(space, key), False
