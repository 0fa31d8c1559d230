"""A machine's disk: what survives a crash is what was synced, perhaps a little more, never a hole.

Batches are applied in order and become durable in order (the contract of `dynamo.storage.port`). A crash keeps a
prefix of the batches that were not synced yet; the first one that is lost may be torn: part of its bytes are there,
its checksum does not match, and recovery throws it away.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from dynamo.core.effects import Change, Record
from dynamo.core.errors import CorruptRecord
from dynamo.core.siblings import Siblings
from dynamo.storage.memory import MemoryEngine
from dynamo.storage.record import decode, encode


class Disk:
    """An engine, and what would undo each of its batches that is not durable yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        """Never used for another disk; it becomes the incarnation of the node that first boots on it."""
        self.engine = MemoryEngine()
        self.last_seq = 0
        self.synced_seq = 0
        self._undo: deque[tuple[int, tuple[Change, ...], tuple[Change, ...]]] = deque()

    def write(self, seq: int, changes: tuple[Change, ...]) -> None:
        self._undo.append((seq, self.engine.previous(changes), changes))
        self.engine.apply(changes)
        self.last_seq = seq

    def synced(self, seq: int) -> None:
        """Everything up to `seq` is durable."""
        self.synced_seq = seq
        undo = self._undo
        while undo and undo[0][0] <= seq:
            undo.popleft()

    @property
    def unsynced(self) -> int:
        """Batches that a crash may take."""
        return len(self._undo)

    def crash(self, keep: int, torn_at: float | None) -> tuple[int, bool]:
        """Lose all unsynced batches but the first `keep`; where `torn_at` (0 to 1) is given, that share of the bytes
        of the first lost batch is on the disk. Returns how many batches were lost and whether one was torn."""
        lost = 0
        torn = False
        while len(self._undo) > keep:
            _, before, changes = self._undo.pop()
            self.engine.apply(before)
            lost += 1
            if torn_at is not None and len(self._undo) == keep:
                torn = self._torn(changes, torn_at)
        self._undo.clear()
        self.last_seq = self.synced_seq = 0  # the next boot counts its writes anew
        return lost, torn

    def _torn(self, changes: tuple[Change, ...], torn_at: float) -> bool:
        """Whether a torn batch was there to be thrown away; its checksum must tell, or recovery would take it."""
        for space, key, record in changes:
            if record is not None:
                stored = encode(space, key, record)
                half = stored[: int(len(stored) * torn_at)]
                try:
                    decode(space, key, half)
                except CorruptRecord:
                    return True
                raise AssertionError(f"a torn record of {space} {key!r} passes its checksum")
        return False

    def contents(self, space: str) -> Iterator[tuple[bytes, Siblings | None]]:
        """Every record, as a process that starts reads it: through its stored form and back."""
        for key, record in self.engine.scan(space):
            assert isinstance(record, Siblings)
            again = decode(space, key, encode(space, key, record))
            assert isinstance(again, Siblings)
            yield key, again

    def meta(self) -> Iterable[tuple[bytes, bytes]]:
        for key, record in self.engine.scan("meta"):
            assert isinstance(record, bytes)
            yield key, record

    def read(self, space: str, key: bytes) -> Record | None:
        return self.engine.read(space, key)
