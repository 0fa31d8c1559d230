"""Whom a coordinator asks for a key: its owners, or under a sloppy quorum the next healthy nodes in their place.

Dynamo, section 4.6: "all read and write operations are performed on the first N healthy nodes from the preference
list, which may not always be the first N nodes encountered while walking the consistent hashing ring."
"""

from typing import NamedTuple

from dynamo.core.host import Host


class Target(NamedTuple):
    """A node that takes part in an operation."""

    node: str
    owner: str
    """The owner that it stands in for; empty for an owner itself."""


class Placement:
    """The targets of a key as one node sees them now."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._calm: dict[int, tuple[Target, ...]] = {}
        self._calm_readers: dict[int, tuple[Target, ...]] = {}

    def targets(self, key: bytes) -> tuple[Target, ...]:
        """Whoever is sent a put of `key`: each owner, or the next healthy node of the preference list with that owner
        as its hint. While the membership changes, the owners are those of before and those to be.

        An owner that is held to be down and for which no healthy node is left stands for itself: asking it cannot
        hurt. Under a strict quorum the targets are always the owners.
        """
        host = self.host
        partition = host.partition(key)
        if not host.detector.down or not host.config.sloppy:
            calm = self._calm.get(partition)
            if calm is None:
                calm = self._calm[partition] = _themselves(host.ring.owners(partition))
            return calm
        return self._healthy(partition, host.ring.owners(partition))

    def readers(self, key: bytes) -> tuple[Target, ...]:
        """Whoever is asked by a get of `key`; the same as `targets` but for the time of a change."""
        host = self.host
        if not host.changing:
            return self.targets(key)
        partition = host.partition(key)
        if not host.detector.down or not host.config.sloppy:
            calm = self._calm_readers.get(partition)
            if calm is None:
                calm = self._calm_readers[partition] = _themselves(host.ring.readers(partition))
            return calm
        return self._healthy(partition, host.ring.readers(partition))

    def _healthy(self, partition: int, owners: tuple[str, ...]) -> tuple[Target, ...]:
        """The owners, with the next healthy nodes in place of those that are down."""
        host = self.host
        down = host.detector.down
        every = host.ring.owners(partition)
        fallbacks = [name for name in host.ring.walk(partition) if name not in down and name not in every]
        fallbacks.reverse()
        chosen = []
        for owner in owners:
            if owner not in down or not fallbacks:
                chosen.append(Target(owner, ""))
            else:
                chosen.append(Target(fallbacks.pop(), owner))
        return tuple(chosen)

    def fallback(self, key: bytes, taken: frozenset[str] | set[str]) -> str | None:
        """The next healthy node of the preference list that is not `taken`; None under a strict quorum."""
        host = self.host
        if not host.config.sloppy:
            return None
        down = host.detector.down
        for name in host.ring.stand_ins(host.partition(key)):
            if name not in taken and name not in down:
                return name
        return None

    def forget(self) -> None:
        """The ring has changed."""
        self._calm.clear()
        self._calm_readers.clear()


def _themselves(owners: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(Target(name, "") for name in owners)
