"""Versioning policies that track causality wrongly."""

from dynamo.core.dotted import DottedVectors
from dynamo.core.lastwriter import LastWriterWins
from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector, descends, join
from kept.zoo.bug import Bug, replacing
from kept.zoo.conditions import CLOCKS, ORDINARY

TRUNCATED_TO = 3
"""Actors that a truncated clock keeps. The paper says "say 10" (4.4); runs of seconds have fewer actors per key."""


class TrustingVectors(DottedVectors):
    """Not a bug but a blind eye: believes that a dot names one value without looking, as stores do. The policy of the
    store itself stops at the first dot that names two values, which would hide what comes of it."""

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        mine = {version.dot: version for version in one.versions}
        kept = tuple(version for version in other.versions if mine.get(version.dot, version) == version)
        return super().merge(one, other if len(kept) == len(other.versions) else Siblings(other.context, kept))


class ObjectVectors(DottedVectors):
    """One vector per object: a put that has not seen everything replaces nothing, not even what it did see."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        seen = context if descends(context, local.context) else {}
        state, version = super().update(local, seen, value, actor, stamp_us, floor)
        return Siblings(join(state.context, context), state.versions), version


class BareVectors(DottedVectors):
    """No dots: a new version's clock covers every earlier event of its actor, whether its client saw it or not."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        clock = {**context, actor: max(context.get(actor, 0), local.context.get(actor, 0))}
        return super().update(local, clock, value, actor, stamp_us, floor)


class TruncatedVectors(DottedVectors):
    """Contexts lose their smallest entries above a limit, though slow replicas still hold versions that they covered.
    Entries that cover a current version stay."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        state, version = super().update(local, context, value, actor, stamp_us, floor)
        current = {each.actor for each in state.versions}
        ranked = sorted(state.context.items(), key=lambda entry: (entry[0] in current, entry[1], entry[0]))
        kept = ranked[-max(TRUNCATED_TO, len(current)) :]
        return Siblings(dict(kept), state.versions), version


class CountingMerge(LastWriterWins):
    """Whoever merges a newer version makes one more version of it."""

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        merged = super().merge(one, other)
        if not one.versions or merged is one:
            return merged
        winner = merged.versions[0]
        again = winner._replace(counter=winner.counter + 1)
        return Siblings({again.actor: again.counter}, (again,))


BUGS = (
    Bug(
        name="sibling-explosion",
        row=6,
        title="a put that is one write behind replaces nothing",
        mechanism=(
            "The object has one vector for all its siblings. Two clients that interleave are always one write behind, "
            "so every put is concurrent to the object and adds a sibling to those that it has merged."
        ),
        breaks=("no-false-sibling",),
        seed=replacing(versioning=ObjectVectors()),
        overrides={"workload": "register", "keys": 4, "faults": ORDINARY},
        source="riak_kv#746; sibling_explosion.erl",
    ),
    Bug(
        name="false-dominance",
        row=7,
        title="a put replaces a concurrent one that went through the same node",
        mechanism=(
            "Two blind puts through one node get the clocks 1 and 2 of its actor, and 2 descends 1: the second put "
            "drops the first, which its client never saw."
        ),
        breaks=("no-lost-write",),
        seed=replacing(versioning=BareVectors()),
        overrides={"workload": "blind", "keys": 20, "faults": ORDINARY},
        source="Preguica et al. 2010, section 3; dvvset, sync_update_test",
    ),
    Bug(
        name="clock-truncation",
        row=8,
        title="a clock that grows too long drops an entry that is still needed",
        mechanism=(
            "The dropped entry covered versions that slower replicas still hold. They look concurrent to their own "
            "descendants and come back as siblings."
        ),
        breaks=("no-false-sibling",),
        seed=replacing(versioning=TruncatedVectors()),
        overrides={"workload": "register", "keys": 8, "faults": ORDINARY},
        source='Dynamo, section 4.4 ("clock truncation"); riak_core#613',
    ),
    Bug(
        name="merge-counts",
        row=10,
        title="every replica that merges a write makes a new version of it",
        mechanism=(
            "The merge of two versions is a third one. Each repair makes the next difference, so anti-entropy finds "
            "work for ever and the cluster never comes to rest."
        ),
        breaks=("convergence",),
        seed=replacing(versioning=CountingMerge()),
        overrides={"versions": "lww", "faults": ORDINARY},
        source="riak_kv#334",
    ),
    Bug(
        name="skewed-clock",
        row=11,
        title="the later write loses because its coordinator's clock is behind",
        mechanism=(
            "Siblings are resolved by wall clock. A single client writes through one node and then through another "
            "whose clock is slow: the second write is acknowledged and lost, though it had seen the first."
        ),
        breaks=("no-lost-write",),
        seed=replacing(versioning=LastWriterWins()),
        overrides={
            "workload": "register",
            "clients": 1,
            "keys": 4,
            "faults": CLOCKS,
        },
        source="Kingsbury, Jepsen: Riak and Jepsen: Cassandra (2013)",
    ),
)
