"""A node's disk in a test's hands: what is durable, and what a crash may lose."""

from dynamo.core.effects import DATA, SPACES, Change, Record, Write


class Disk:
    """What one node has written: the durable part, and the batches after it that a crash may lose."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.durable: dict[str, dict[bytes, Record]] = {space: {} for space in SPACES}
        self.unsynced: list[Write] = []
        self.corrupt: set[bytes] = set()
        """Keys of the data space whose record does not match its checksum."""

    def sync(self, batches: int | None = None) -> int:
        """Make the oldest `batches` durable (all of them by default); the last one's number, 0 where there is none."""
        done = self.unsynced[:batches]
        self.unsynced = self.unsynced[len(done) :]
        for write in done:
            _apply(self.durable, write.changes)
            self.corrupt -= {key for space, key, _ in write.changes if space == DATA}
        return done[-1].seq if done else 0

    def visible(self, space: str) -> dict[bytes, Record]:
        """What a load sees: unsynced writes too."""
        shown = {each: dict(records) for each, records in self.durable.items()}
        for write in self.unsynced:
            _apply(shown, write.changes)
        return shown[space]


def _apply(spaces: dict[str, dict[bytes, Record]], changes: tuple[Change, ...]) -> None:
    for space, key, record in changes:
        if record is None:
            spaces[space].pop(key, None)
        else:
            spaces[space][key] = record
