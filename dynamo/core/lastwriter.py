"""Last writer wins: one version per key, the one with the greatest wall-clock stamp.

The total order of (stamp, actor, counter) decides, so the merge is a maximum and every replica ends with the same
version. Nothing else is remembered: a winner says nothing of what it replaced.

Known anomaly, kept on purpose: a put whose coordinator's clock is behind is acknowledged and lost at once, and
concurrent puts lose all but one (Dynamo, section 4.4, "timestamp based reconciliation"; section 6, "last write wins").
"""

from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector


class LastWriterWins:
    """The versioning policy ``lww``. Each put has an actor of its own, so its dot names it although nothing counts."""

    name = "lww"
    actor_per_put = True
    delete_makes_version = True

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        """The put competes with what is here; its version is returned (and acknowledged) even where it loses."""
        written = _written(local, context, value, actor, stamp_us, floor)
        return self.merge(local, written), written.versions[0]

    def delete(self, local: Siblings, context: Vector, actor: str, stamp_us: int, floor: int = 0) -> Siblings:
        """A tombstone competes like any version: it deletes what is older, whatever `context` covers."""
        return self.merge(local, _written(local, context, None, actor, stamp_us, floor))

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        """The state of the later winner. Returns `one` where both are equal."""
        if one is other or not other.versions:
            return one
        if not one.versions:
            return other
        mine, theirs = one.versions[0], other.versions[0]
        return other if _rank(theirs) > _rank(mine) else one

    def context(self, state: Siblings) -> Vector:
        """The winner's dot, which is all that was visible."""
        return state.context


def _written(local: Siblings, context: Vector, value: bytes | None, actor: str, stamp_us: int, floor: int) -> Siblings:
    counter = max(local.context.get(actor, 0), context.get(actor, 0), floor) + 1
    return Siblings({actor: counter}, (Version(actor, counter, value, stamp_us),))


def _rank(version: Version) -> tuple[int, str, int]:
    return (version.stamp_us, version.actor, version.counter)
