"""Plain version vectors as in the paper (section 4.4): every version carries a whole vector, its clock.

The state is the antichain of versions whose clocks no other clock descends. Its context is the join of all clocks
ever seen, and that is always the join of the clocks that are still here: a clock only leaves when one that descends
it stays. So the context is a function of the versions, and the merge is a semilattice because "keep the maximal
clocks of the union" is one.

Known anomaly, kept on purpose: the clocks name nodes, not clients, so two blind puts through one node get the clocks
[(Sx, 1)] and [(Sx, 2)], and the second replaces the first although its client never saw it. `dynamo.core.dotted`
repairs this. Clocks are not truncated (the paper cuts them at "say 10" pairs and admits that this loses ancestry).
"""

from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector, descends, join

Versions = tuple[Version, ...]


class PlainVectors:
    """The versioning policy ``vv``: causality between nodes, false dominance between the clients of one node."""

    name = "vv"
    actor_per_put = False
    delete_makes_version = True

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        """Add a version whose clock is `context` plus the actor's next counter; drop what that clock descends."""
        return _added(local, context, value, actor, stamp_us, floor)

    def delete(self, local: Siblings, context: Vector, actor: str, stamp_us: int, floor: int = 0) -> Siblings:
        """A put of a tombstone."""
        return _added(local, context, None, actor, stamp_us, floor)[0]

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        """The versions of both that no version of the other replaces. Returns `one` where both are equal."""
        if one is other or one.versions == other.versions:
            return one
        kept = [version for version in one.versions if not _replaced(version, other.versions)]
        new = [version for version in other.versions if not _replaced(version, one.versions)]
        new = [version for version in new if version not in kept]
        if not new and len(kept) == len(one.versions):
            return one
        merged = tuple(sorted(kept + new))  # dots are unique, so values are never compared
        assert len({version.dot for version in merged}) == len(merged), "two versions with one dot"
        return other if merged == other.versions else Siblings(join(one.context, other.context), merged)

    def context(self, state: Siblings) -> Vector:
        """The join of the current versions' clocks, tombstones included: a put after a delete replaces it."""
        return state.context


def _added(
    local: Siblings, context: Vector, value: bytes | None, actor: str, stamp_us: int, floor: int
) -> tuple[Siblings, Version]:
    counter = max(local.context.get(actor, 0), context.get(actor, 0), floor) + 1
    clock = {**context, actor: counter}
    version = Version(actor, counter, value, stamp_us, tuple(sorted(clock.items())))
    kept = [old for old in local.versions if not descends(clock, dict(old.clock))]
    return Siblings(join(local.context, clock), tuple(sorted((*kept, version)))), version


def _replaced(version: Version, by: Versions) -> bool:
    """Whether one of `by` has a later clock. Equal clocks under two dots (a client made a context up) go by dot."""
    earlier = dict(version.clock)
    for rival in by:
        if rival.clock == version.clock:
            if rival.dot > version.dot:
                return True
        elif descends(dict(rival.clock), earlier):
            return True
    return False
