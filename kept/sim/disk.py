"""A machine's disk: what survives a crash is what was synced, perhaps a little more, never a hole.

Batches are applied in order and become durable in order (the contract of `dynamo.storage.port`). A crash keeps a
prefix of the batches that were not synced yet; the first one that is lost may be torn: part of its bytes are there,
its checksum does not match, and recovery throws it away.

A disk may also break that contract. It may say that batches are synced which are not (`synced` with `really` false):
then a crash may take them too, from the last one on. And a stored record may be damaged: it is kept clean beside the
damage, a reader gets nothing of it, and a new write of the place repairs it.
"""

from collections import deque
from collections.abc import Iterator

from dynamo.core.effects import Change, Record
from dynamo.core.errors import CorruptRecord
from dynamo.core.siblings import Siblings
from dynamo.storage.memory import MemoryEngine
from dynamo.storage.record import decode, encode
from kept.sim.faults import Place


class Batch:
    """One write that is not durable yet, and what would undo it."""

    __slots__ = ("before", "changes", "repaired", "seq")

    def __init__(self, seq: int, before: tuple[Change, ...], changes: tuple[Change, ...]) -> None:
        self.seq = seq
        self.before = before
        self.changes = changes
        self.repaired: tuple[Place, ...] = ()
        """Damaged places that it wrote anew."""


class Disk:
    """An engine with the clean records, what would undo each batch that is not durable yet, and what is damaged."""

    def __init__(self, name: str) -> None:
        self.name = name
        """Never used for another disk; it becomes the incarnation of the node that first boots on it."""
        self.engine = MemoryEngine()
        self.boots = 0
        """How many processes have started on it."""
        self.last_seq = 0
        self.synced_seq = 0
        """Up to here the node was told that it is durable."""
        self.damaged: dict[Place, None] = {}
        """Places whose bytes do not match their checksum."""
        self.stale: dict[Place, None] = {}
        """Places that have fallen back since the process that runs now has read them."""
        self.older: dict[Place, Record | None] = {}
        """What each place held before it was last written."""
        self._undo: deque[Batch] = deque()

    def write(self, seq: int, changes: tuple[Change, ...]) -> None:
        before = self.engine.previous(changes)
        batch = Batch(seq, before, changes)
        self._undo.append(batch)
        self.engine.apply(changes)
        self.last_seq = seq
        older = self.older
        for space, key, record in before:
            older[space, key] = record
        if self.stale:
            for change in changes:
                self.stale.pop(change[:2], None)
        if self.damaged:
            batch.repaired = tuple(place for change in changes if (place := change[:2]) in self.damaged)
            for place in batch.repaired:
                self.damaged.pop(place, None)

    def synced(self, seq: int, really: bool = True) -> None:
        """The node is told that everything up to `seq` is durable, and so it is unless the disk lies."""
        self.synced_seq = max(seq, self.synced_seq)
        if really:
            self._settle(seq)

    def stop_lying(self) -> None:
        """Everything of which the node was told that it is durable is so now."""
        self._settle(self.synced_seq)

    def _settle(self, seq: int) -> None:
        undo = self._undo
        while undo and undo[0].seq <= seq:
            undo.popleft()

    @property
    def unsynced(self) -> int:
        """Batches that a crash may take by right."""
        count = 0
        for batch in reversed(self._undo):
            if batch.seq <= self.synced_seq:
                break
            count += 1
        return count

    def lied(self) -> list[Batch]:
        """Batches of which the node was told that they are durable, and that a crash may take all the same."""
        return [batch for batch in self._undo if batch.seq <= self.synced_seq]

    def crash(self, keep: int, torn_at: float | None) -> tuple[int, bool]:
        """Lose all batches that are not durable but the first `keep`, those that the disk lied about first; where
        `torn_at` (0 to 1) is given, that share of the bytes of the first lost batch is on the disk. Returns how many
        batches were lost and whether one was torn."""
        lost = 0
        torn = False
        while len(self._undo) > keep:
            batch = self._undo.pop()
            self.engine.apply(batch.before)
            for space, key, _ in batch.before:
                self.older.pop((space, key), None)
            self.damaged.update(dict.fromkeys(batch.repaired))
            lost += 1
            if torn_at is not None and len(self._undo) == keep:
                torn = self._torn(batch.changes, torn_at)
        self._undo.clear()
        self.stale.clear()
        self.last_seq = self.synced_seq = 0  # the next boot counts its writes anew
        return lost, torn

    def _torn(self, changes: tuple[Change, ...], torn_at: float) -> bool:
        """Whether a torn batch was there to be thrown away; its checksum must tell, or recovery would take it."""
        for space, key, record in changes:
            if record is not None:
                stored = encode(space, key, record)
                _refused(space, key, stored[: int(len(stored) * torn_at)], "a torn record")
                return True
        return False

    # Damage

    def rot(self, place: Place) -> None:
        """One bit of a durable record flips."""
        space, key = place
        record = self.engine.read(space, key)
        assert record is not None, f"nothing is stored at {place}"
        stored = bytearray(encode(space, key, record))
        stored[-1] ^= 1
        _refused(space, key, bytes(stored), "a rotten record")
        self.damaged[place] = None

    def misdirect(self, record_of: Place, to: Place) -> None:
        """The bytes of one record lie at the place of another one."""
        record = self.engine.read(*record_of)
        assert record is not None, f"nothing is stored at {record_of}"
        _refused(*to, encode(*record_of, record), "a record at another one's place")
        self.damaged[to] = None

    def fall_back(self, place: Place) -> None:
        """The place holds again what it held before it was last written, and nothing tells."""
        self.engine.apply((Change(*place, self.older.pop(place)),))
        self.stale[place] = None

    def image(self) -> "Disk":
        """A copy of what is on the disk now, with its damage: what a careless operator may put back."""
        copy = Disk(self.name)
        for space in ("data", "hint", "meta"):
            copy.engine.apply([Change(space, key, record) for key, record in self.engine.scan(space)])
        copy.boots = self.boots
        copy.damaged = dict(self.damaged)
        return copy

    # What is where

    def pending(self, told: bool = False) -> dict[Place, Record | None]:
        """Of every place that differs from it, what would be left if all were lost that is not durable; with `told`,
        that the node was not told to be durable."""
        left: dict[Place, Record | None] = {}
        for batch in reversed(self._undo):
            if told and batch.seq <= self.synced_seq:
                break
            for space, key, record in batch.before:
                left[space, key] = record
        return left

    # What a process reads

    def contents(self, space: str) -> Iterator[tuple[bytes, Siblings | None]]:
        """Every record, as a process that starts reads it: through its stored form and back; None for a damaged one."""
        for key, record in self.engine.scan(space):
            if (space, key) in self.damaged:
                yield key, None
                continue
            assert isinstance(record, Siblings)
            again = decode(space, key, encode(space, key, record))
            assert isinstance(again, Siblings)
            yield key, again

    def meta(self) -> Iterator[tuple[bytes, bytes | None]]:
        for key, record in self.engine.scan("meta"):
            assert isinstance(record, bytes)
            yield key, None if ("meta", key) in self.damaged else record

    def read(self, space: str, key: bytes) -> Record | None:
        """The record as it was written, damaged or not."""
        return self.engine.read(space, key)


def _refused(space: str, key: bytes, stored: bytes, what: str) -> None:
    """The checksum must tell that `stored` is not the record of this place."""
    try:
        decode(space, key, stored)
    except CorruptRecord:
        return
    raise AssertionError(f"{what} of {space} {key!r} passes its checksum")
