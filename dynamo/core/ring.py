"""The ring: which nodes own a key, under each of the paper's three partitioning strategies (Dynamo, section 6.2).

    strategy 1   T random tokens per node; a partition is the range between two tokens
    strategy 2   T random tokens per node; Q equal partitions, each placed on the nodes met clockwise from its end
    strategy 3   Q equal partitions, each the token of exactly one node: Q/S tokens per node

A ring is immutable: a change of membership makes a new one. Preference lists are computed when they are first asked
for and kept, so that a look-up costs one MD5 and one dictionary access.
"""

from bisect import bisect_left
from collections.abc import Iterable

from dynamo.core.errors import CallerError
from dynamo.core.partition import RING_SIZE, EqualPartitions, Partitioning, TokenRanges, position
from dynamo.core.preference import Member, Spread, distinct_clockwise
from dynamo.core.shares import Shares

__all__ = ["STRATEGIES", "Member", "Ring", "position"]

STRATEGIES = (1, 2, 3)


class Ring(Shares):
    """The owners of every key, and behind them, in order, every other member that may stand in for one."""

    __slots__ = (
        "_circle",
        "_members",
        "_owners",
        "_partitioning",
        "_spread",
        "_starts",
        "_tokenless",
        "_walks",
        "count",
        "n",
        "names",
        "strategy",
    )

    position = staticmethod(position)

    def __init__(self, members: Iterable[Member], n: int, strategy: int, partitions: int) -> None:
        """A ring on which every partition has `n` owners (all members, where there are fewer).

        Tokens are positions below 2^128 under strategies 1 and 2, partition indices below `partitions` under
        strategy 3; `partitions` is ignored under strategy 1. A member without tokens is met last on every walk.
        Raises CallerError where these rules, or the uniqueness of names and tokens, are broken.
        """
        if strategy not in STRATEGIES:
            raise CallerError(f"strategy {strategy!r}: must be 1, 2 or 3")
        if n < 1:
            raise CallerError(f"n {n!r}: must be at least 1")
        if strategy != 1 and partitions < 1:
            raise CallerError(f"partitions {partitions!r}: must be at least 1 under strategy {strategy}")
        self._members = _by_name(members)
        holders = _by_token(self._members.values(), partitions if strategy == 3 else RING_SIZE)
        tokens = sorted(holders)
        self._partitioning = _partitioning(strategy, tokens, partitions)
        self.n = n
        self.strategy = strategy
        self.names = tuple(self._members)
        """Every member's name, sorted."""
        self.count = self._partitioning.count
        """How many partitions there are, numbered clockwise from 0."""
        self._circle = tuple(holders[token] for token in tokens)
        self._starts: list[int] | range = range(
            self.count
        )  # where on the circle of tokens each partition's walk begins
        if strategy == 2:
            ends = (self._partitioning.bounds(partition)[1] for partition in range(self.count))
            self._starts = [bisect_left(tokens, end) % len(tokens) for end in ends]
        self._tokenless = tuple(m.name for m in self._members.values() if not m.tokens)
        self._spread = Spread(self._members.values())
        self._walks: dict[int, tuple[str, ...]] = {}
        self._owners: dict[int, tuple[str, ...]] = {}
        super().__init__()

    @property
    def members(self) -> tuple[Member, ...]:
        """Every member, sorted by name."""
        return tuple(self._members.values())

    def member(self, name: str) -> Member:
        """The member called `name`; CallerError where there is none."""
        self._check_name(name)
        return self._members[name]

    def partition_of(self, key: bytes) -> int:
        """The partition that `key` belongs to."""
        return self._partitioning.index(position(key))

    def holding(self, position: int) -> int:
        """The partition that contains a position of the circle."""
        return self._partitioning.index(position)

    def preference(self, key: bytes) -> tuple[str, ...]:
        """The preference list of `key`, extended to every member: its owners first, then who stands in for them."""
        partition = self._partitioning.index(position(key))
        return self._walks.get(partition) or self.walk(partition)

    def walk(self, partition: int) -> tuple[str, ...]:
        """The preference list of `partition`, extended to every member once. Its first `n` entries are the owners.

        The owners are spread over machines, data centres and racks (`dynamo.core.preference`); the others follow in
        clockwise order, those on a machine that also holds an owner last.
        """
        walk = self._walks.get(partition)
        if walk is None:
            clockwise = self._clockwise(partition, len(self.names))
            held = clockwise[: len(clockwise) - len(self._tokenless)]
            walk = self._spread.order(held, self.n) + self._tokenless  # no spread makes an owner of who holds nothing
            assert len(walk) == len(self.names), "a walk meets every member once"
            self._walks[partition] = walk
        return walk

    def stand_ins(self, partition: int) -> tuple[str, ...]:
        """Who may keep a hint, in the order in which they are asked: anybody."""
        return self.walk(partition)

    def owners(self, partition: int) -> tuple[str, ...]:
        """The `n` nodes that hold `partition` (all members, where there are fewer), the coordinator first."""
        owners = self._owners.get(partition)
        if owners is None:
            plain = self._spread.plain  # then the owners alone are found in a few steps
            owners = self._clockwise(partition, self.n) if plain else self.walk(partition)[: self.n]
            self._owners[partition] = owners
        return owners

    def readers(self, partition: int) -> tuple[str, ...]:
        """While nothing changes, whoever owns a partition is asked for it (compare `TransitionRing`)."""
        return self.owners(partition)

    def quorums(self, partition: int) -> tuple[tuple[str, ...], ...]:
        """The lists of owners in each of which a put needs W acknowledgements: one, while nothing changes."""
        return (self.owners(partition),)

    def range_of(self, partition: int) -> tuple[int, int]:
        """The positions of `partition`, half-open [start, end) under every strategy.

        A range of strategy 1, (previous token, token] in the paper, is [previous token + 1, token + 1). Where
        start >= end it passes position 0.
        """
        self._check_partition(partition)
        return self._partitioning.bounds(partition)

    def _clockwise(self, partition: int, wanted: int) -> tuple[str, ...]:
        """The first `wanted` members met clockwise from where the walk of `partition` begins."""
        self._check_partition(partition)
        met = distinct_clockwise(self._circle, self._starts[partition], wanted)
        return (met + self._tokenless)[:wanted] if self._tokenless else met

    def _check_partition(self, partition: int) -> None:
        if not 0 <= partition < self.count:
            raise CallerError(f"partition {partition!r}: this ring has partitions 0 to {self.count - 1}")

    def _check_name(self, name: str) -> None:
        if name not in self._members:
            raise CallerError(f"node {name!r}: not a member of this ring ({len(self.names)} members)")

    @property
    def tokens(self) -> tuple[int, ...]:
        """Every token that is held, sorted."""
        return tuple(sorted(token for member in self._members.values() for token in member.tokens))

    def __repr__(self) -> str:
        return f"<Ring of {len(self.names)} members, n={self.n}, strategy {self.strategy}, {self.count} partitions>"


def _by_name(members: Iterable[Member]) -> dict[str, Member]:
    """The members sorted by name; CallerError where there is none, or a name twice, or one that cannot be stored."""
    found: dict[str, Member] = {}
    for member in members:
        if not member.name or "\0" in member.name:
            raise CallerError(f"member name {member.name!r}: must not be empty or contain NUL")
        if member.name in found:
            raise CallerError(f"member name {member.name!r}: is given twice")
        found[member.name] = member
    if not found:
        raise CallerError("members: a ring needs at least one")
    return dict(sorted(found.items()))


def _by_token(members: Iterable[Member], limit: int) -> dict[int, str]:
    """Who holds which token; CallerError where one is out of [0, limit) or is held twice, or where there is none."""
    bound = "2^128" if limit == RING_SIZE else f"the number of partitions, {limit}"
    holders: dict[int, str] = {}
    for member in members:
        for token in member.tokens:
            if not 0 <= token < limit:
                raise CallerError(f"token {token!r} of {member.name!r}: must be at least 0 and below {bound}")
            if token in holders:
                raise CallerError(f"token {token!r}: is held twice, by {holders[token]!r} and by {member.name!r}")
            holders[token] = member.name
    if not holders:
        raise CallerError("members: none of them has a token")
    return holders


def _partitioning(strategy: int, tokens: list[int], partitions: int) -> Partitioning:
    """The cut of the circle that `strategy` makes; CallerError where a partition of strategy 3 belongs to nobody."""
    if strategy == 1:
        return TokenRanges(tokens)
    if strategy == 3 and len(tokens) < partitions:
        orphan = next((at for at, token in enumerate(tokens) if token != at), len(tokens))
        raise CallerError(f"partition {orphan}: is no member's token; strategy 3 needs all {partitions} held")
    return EqualPartitions(partitions)
