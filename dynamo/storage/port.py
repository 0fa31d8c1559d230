"""The port of a node's storage: what every engine promises to the shell that carries out a node's effects."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from dynamo.core.effects import Change, Record


class Engine(Protocol):
    """Ordered maps from keys to records, one for each space of `dynamo.core.effects.SPACES`.

    *Atomicity.* `apply` takes one batch. It is visible as a whole as soon as `apply` returns; where `apply` raises
    StorageError, nothing of it is. Changes to the same key within a batch count in their order.

    *Prefix durability.* After a crash the engine holds the effect of some prefix of the applied batches, in the
    order of their `apply`, and that prefix includes every batch that was applied before the last `sync` that
    returned. Batches after it may survive or not, but never a part of one and never one without all before it. An
    engine is free to make several batches durable with one write to the disk (group commit).

    *Torn tail.* A crash in the middle of a write leaves a tail on the disk that is cut off or garbled. Opening the
    engine again drops the tail up to the last whole group of batches. That is no damage and no error: what it drops
    was never synced.

    *Damage* is anything else that changed on the disk by itself: rotten bits, a write that went to the wrong place.
    Each record carries a checksum over its space, key and content (`dynamo.storage.record`). What no longer matches
    is reported, as CorruptRecord for one record and as StorageError where the structure around the records is hit;
    it is never handed out as a record. Applying a new record to a corrupt key repairs it, deleting the key drops it.

    *Failure.* A StorageError of `sync` is final: nobody knows what reached the disk, so trying again could claim
    durability that is not there (the fsync error of 2018). Every later call raises StorageError, until the engine
    is closed and opened again.

    Calls must not overlap; they may come from different threads one after the other. A record given or returned is
    immutable and may be shared. A key is any bytes, also none; its order is that of its bytes.
    """

    def apply(self, changes: Sequence[Change]) -> None:
        """Apply one atomic batch: visible to reads at once, durable after the next `sync`. Raises StorageError."""
        ...

    def sync(self) -> None:
        """Everything applied before is durable when this returns. Raises StorageError."""
        ...

    def read(self, space: str, key: bytes) -> Record | None:
        """The record, or None where there is none.

        Raises CorruptRecord where the stored bytes do not match their checksum or do not decode, and where damage
        nearby makes it impossible to say that there is no record.
        """
        ...

    def scan(self, space: str) -> Iterator[tuple[bytes, Record | None]]:
        """All records of a space in the order of their keys; None stands for a corrupt one, which never raises.

        The engine may change during a scan: a key that is there from its beginning to its end is given exactly
        once, with a record that it had at some time between; one that comes or goes may be given or not.
        """
        ...

    def close(self) -> None:
        """Sync, then give the files back. Closing again does nothing; any other call afterwards is a bug."""
        ...
