"""Dotted version vectors: one causal context for the whole sibling set, and one dot for each version in it.

A plain vector cannot say "the third event of this actor, but not the second", so two blind puts through one node
look ordered. A dot says it: a version is replaced exactly where the context of a later put, or of another replica,
covers its dot. Siblings then number the puts that are really concurrent, and never explode (Preguica et al. 2010,
"Dotted Version Vectors"; Almeida et al. 2014, "Scalable and accurate causality tracking for eventually consistent
stores", whose DVVSet this is, with the versions kept as a flat tuple).

Contexts are plain vectors, and that is exact: an actor is born when a node first writes a key of which it has no
record, its counters grow with that record, and whoever learns of a dot learns of it in a state that has seen
the actor's earlier dots too. So what was seen is always downward closed, and a vector names it without loss.
"""

from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector, join

Versions = tuple[Version, ...]


class DottedVectors:
    """The versioning policy ``dvv``: a version disappears where somebody who saw it replaced it, and only there."""

    name = "dvv"
    actor_per_put = False
    delete_makes_version = False

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        """Replace what `context` covers, and nothing else, by one new version (Almeida et al. 2014, section 5)."""
        version = Version(actor, max(local.context.get(actor, 0), context.get(actor, 0), floor) + 1, value, stamp_us)
        seen = dict(join(local.context, context))
        seen[actor] = version.counter
        kept = _uncovered(local.versions, context)
        return Siblings(seen, tuple(sorted((*kept, version))) if kept else (version,)), version

    def delete(self, local: Siblings, context: Vector, actor: str, stamp_us: int, floor: int = 0) -> Siblings:
        """Drop what `context` covers. The context that stays is the tombstone: no dot is minted.

        Returns `local` itself where the delete changes nothing.
        """
        seen = join(local.context, context)
        kept = _uncovered(local.versions, context)
        if seen is local.context and len(kept) == len(local.versions):
            return local
        return Siblings(seen, kept)

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        """A version survives if both have it, or if the one that lacks it has not seen its dot either.

        Returns `one` where both are equal. This is the path of every replicated write, so its common outcomes (all of
        `other` is newer; nothing of it is) are decided by loops that stop early and build nothing.
        """
        if one is other:
            return one
        mine, theirs = one.context, other.context
        seen = theirs.get
        for actor, counter in mine.items():
            if seen(actor, 0) < counter:
                break
        else:  # `other` has seen all that `one` has
            if mine != theirs and _stands(other.versions, one):
                return other
        seen = mine.get
        for actor, counter in theirs.items():
            if seen(actor, 0) < counter:
                break
        else:
            if _stands(one.versions, other):
                return one
            if mine == theirs and _stands(other.versions, one):
                return other
        return _merged(one, other)

    def context(self, state: Siblings) -> Vector:
        """The whole context: a client that was shown the siblings may replace all that led to them."""
        return state.context


def _uncovered(versions: Versions, context: Vector) -> Versions:
    """The versions whose dots `context` does not cover; `versions` itself where that is all of them."""
    seen = context.get
    for version in versions:
        if seen(version.actor, 0) >= version.counter:
            return tuple([v for v in versions if seen(v.actor, 0) < v.counter])
    return versions


def _stands(versions: Versions, judge: Siblings) -> bool:
    """Whether `judge` replaced none of `versions`: it has each one, or has not seen its dot."""
    seen = judge.context.get
    for version in versions:  # noqa: SIM110 - a loop, not all(): this is on the path of every replicated write
        if seen(version[0], 0) >= version[1] and version not in judge.versions:
            return False
    return True


def _merged(one: Siblings, other: Siblings) -> Siblings:
    """The merge where each side replaced or lacks something of the other."""
    ours = {version.dot: version for version in one.versions}
    kept = list(_uncovered(one.versions, other.context))
    for version in other.versions:
        twin = ours.get(version.dot)
        assert twin is None or twin == version, f"two versions named {version.dot}"
        if twin is not None or one.context.get(version.actor, 0) < version.counter:
            kept.append(version)
    kept.sort()  # dots are unique here, so values are never compared
    return Siblings(join(one.context, other.context), tuple(kept))
