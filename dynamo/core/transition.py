"""The ring while its membership changes: two lists of owners for every partition, the old one and the new one.

A put needs W acknowledgements *in each* of the two lists, so a get that asks R of either meets it where R+W>N. (A put
that has W+p of the union, p of them new, has W in each; W of the union alone may be nowhere in one of them.) A get asks
the old list until the new owners have everything, then the new one; see `dynamo.core.membership` for the phases.

Strategy 1 cuts the key space at the tokens, and these change. Both lists are then given for the finer cut, at the old
and the new tokens together, so that a partition never has two lists at once.
"""

from dynamo.core.errors import CallerError
from dynamo.core.partition import Partitioning, TokenRanges
from dynamo.core.preference import Member
from dynamo.core.ring import Ring
from dynamo.core.shares import Shares


class TransitionRing(Shares):
    """Answers the questions that a `Ring` answers, for the time between `old` and `new`."""

    __slots__ = ("_owners", "_partitioning", "_walks", "count", "n", "names", "new", "old", "reads_new", "strategy")

    def __init__(self, old: Ring, new: Ring, reads_new: bool) -> None:
        """`reads_new`: gets ask the new owners already."""
        super().__init__()
        assert old.strategy == new.strategy, "a cluster keeps its strategy"
        self.old = old
        self.new = new
        self.reads_new = reads_new
        self.n = old.n
        self.strategy = old.strategy
        self.names = tuple(sorted({*old.names, *new.names}))
        """Everybody who is in one of the two rings, sorted."""
        self._partitioning: Partitioning | None = None
        if self.strategy == 1:
            self._partitioning = TokenRanges(sorted({*old.tokens, *new.tokens}))
            self.count = self._partitioning.count
        else:
            assert old.count == new.count, "equal partitions never change their number"
            self.count = old.count
        self._owners: dict[int, tuple[str, ...]] = {}
        self._walks: dict[int, tuple[str, ...]] = {}

    def partition_of(self, key: bytes) -> int:
        """The partition that `key` belongs to, on the finer cut."""
        if self._partitioning is None:
            return self.old.partition_of(key)
        return self._partitioning.index(Ring.position(key))

    def holding(self, position: int) -> int:
        """The partition that contains a position of the circle."""
        return self.old.holding(position) if self._partitioning is None else self._partitioning.index(position)

    def range_of(self, partition: int) -> tuple[int, int]:
        """The positions of `partition`, half-open, as `Ring.range_of`."""
        if not 0 <= partition < self.count:
            raise CallerError(f"partition {partition!r}: this ring has partitions 0 to {self.count - 1}")
        if self._partitioning is None:
            return self.old.range_of(partition)
        return self._partitioning.bounds(partition)

    def old_owners(self, partition: int) -> tuple[str, ...]:
        return self.old.owners(self._index(self.old, partition))

    def new_owners(self, partition: int) -> tuple[str, ...]:
        return self.new.owners(self._index(self.new, partition))

    def owners(self, partition: int) -> tuple[str, ...]:
        """Whoever is sent every put: the old owners, then those that are to own the partition."""
        owners = self._owners.get(partition)
        if owners is None:
            old = self.old_owners(partition)
            added = tuple(name for name in self.new_owners(partition) if name not in old)
            owners = self._owners[partition] = old + added
        return owners

    def readers(self, partition: int) -> tuple[str, ...]:
        """The owners that a get asks."""
        return self.new_owners(partition) if self.reads_new else self.old_owners(partition)

    def quorums(self, partition: int) -> tuple[tuple[str, ...], ...]:
        """The lists in each of which a put needs W: both, where they differ."""
        old, new = self.old_owners(partition), self.new_owners(partition)
        return (old,) if set(old) == set(new) else (old, new)

    def walk(self, partition: int) -> tuple[str, ...]:
        """The owners, then those who may stand in for one: members of both rings only, for whoever comes or goes
        should not be given hints to keep."""
        walk = self._walks.get(partition)
        if walk is None:
            owners = self.owners(partition)
            staying = frozenset(self.new.names)
            others = self.old.walk(self._index(self.old, partition))
            walk = owners + tuple(name for name in others if name in staying and name not in owners)
            self._walks[partition] = walk
        return walk

    def stand_ins(self, partition: int) -> tuple[str, ...]:
        """Who may keep a hint: members of both rings only. Whoever is joining forgets what it has if that comes to
        nothing, and whoever leaves has to bring it all away."""
        return tuple(name for name in self.walk(partition) if name in self.old.names and name in self.new.names)

    def gained(self, name: str) -> tuple[int, ...]:
        """The partitions that `name` is to own and did not own before, in increasing order."""
        return tuple(
            partition
            for partition in range(self.count)
            if name in self.new_owners(partition) and name not in self.old_owners(partition)
        )

    @property
    def members(self) -> tuple[Member, ...]:
        """The members of both rings, sorted by name; where one changes, as it will be."""
        both = {member.name: member for member in (*self.old.members, *self.new.members)}
        return tuple(both[name] for name in self.names)

    def _index(self, ring: Ring, partition: int) -> int:
        """The partition of `ring` that contains `partition` of the finer cut."""
        if self._partitioning is None:
            return partition
        return ring.holding(self._partitioning.bounds(partition)[1] - 1)

    def _check_name(self, name: str) -> None:
        if name not in self.names:
            raise CallerError(f"node {name!r}: in neither ring ({len(self.names)} members)")

    def __repr__(self) -> str:
        return f"<TransitionRing from {self.old!r} to {self.new!r}>"
