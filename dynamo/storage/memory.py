"""An engine in memory, under the simulator: as cheap as a dictionary, and as damaged as a test wants it to be."""

from collections.abc import Callable, Iterator, Sequence

from dynamo.core.effects import SPACES, Change, Record
from dynamo.core.errors import CallerError, CorruptRecord
from dynamo.storage.record import decode, encode


class Stored(bytes):
    """Encoded bytes on their way back into the engine that they came from. Opaque to everybody else."""

    __slots__ = ()


class MemoryEngine:
    """Every record in a dictionary. Implements `dynamo.storage.port.Engine`, except that nothing is ever durable.

    What a crash leaves is up to the owner: take `previous(changes)` before each `apply`, and apply these batches in
    the opposite order to come back to an earlier state.

    With `encoded`, each record is kept in its stored form (`dynamo.storage.record`), so that `damage` can change its
    bytes; without, records are kept as they are and nothing is copied.
    """

    __slots__ = ("_encoded", "_spaces")

    def __init__(self, *, encoded: bool = False) -> None:
        self._encoded = encoded
        self._spaces: dict[str, dict[bytes, Record]] = {space: {} for space in SPACES}

    def apply(self, changes: Sequence[Change]) -> None:
        if self._encoded:
            changes = [_stored(change) for change in changes]
        spaces = self._spaces
        for space, key, record in changes:
            if record is None:
                spaces[space].pop(key, None)
            else:
                spaces[space][key] = record

    def sync(self) -> None:
        """Nothing to do: see `previous` for crashes."""

    def read(self, space: str, key: bytes) -> Record | None:
        found = self._spaces[space].get(key)
        if found is None or not self._encoded:
            return found
        assert isinstance(found, Stored)
        return decode(space, key, found)

    def scan(self, space: str) -> Iterator[tuple[bytes, Record | None]]:
        items = sorted(self._spaces[space].items(), key=_key)
        return ((key, _decoded(space, key, record)) for key, record in items) if self._encoded else iter(items)

    def close(self) -> None:
        """Nothing to give back: the contents stay, as on a disk, for a node that starts again."""

    def previous(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """The batch that, applied later, restores what `changes` are about to replace. Call it before `apply`.

        In an encoded engine it holds stored bytes (damage included), which only `apply` of the same engine accepts.
        """
        spaces = self._spaces
        return tuple([Change(space, key, spaces[space].get(key)) for space, key, _ in changes])

    def damage(self, space: str, key: bytes, mutate: Callable[[bytes], bytes]) -> None:
        """Replace the stored bytes of one record by `mutate` of them, as a bad disk does.

        Raises CallerError where there is no record, or the engine is not `encoded`.
        """
        found = self._spaces[space].get(key)
        if not isinstance(found, Stored):
            why = (
                "no record is stored there" if self._encoded else "the engine keeps no bytes, make it with encoded=True"
            )
            raise CallerError(f"cannot damage {space} {key!r}: {why}")
        self._spaces[space][key] = Stored(mutate(bytes(found)))


def _key(item: tuple[bytes, Record]) -> bytes:
    return item[0]


def _stored(change: Change) -> Change:
    space, key, record = change
    if record is None or isinstance(record, Stored):
        return change
    return Change(space, key, Stored(encode(space, key, record)))


def _decoded(space: str, key: bytes, stored: Record) -> Record | None:
    assert isinstance(stored, Stored)
    try:
        return decode(space, key, stored)
    except CorruptRecord:
        return None
