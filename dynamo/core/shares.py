"""Which partitions a node answers reads of, alone or together with another: what anti-entropy compares."""


class Shares:
    """What a ring derives from `readers`; computed when first asked for, since rings do not change."""

    __slots__ = ("_neighbours", "_owned", "_shared")

    count: int
    names: tuple[str, ...]

    def __init__(self) -> None:
        self._neighbours: dict[str, tuple[str, ...]] = {}
        self._owned: dict[str, tuple[int, ...]] = {}
        self._shared: dict[tuple[str, str], tuple[int, ...]] = {}

    def readers(self, partition: int) -> tuple[str, ...]:
        """The owners of `partition` that a get asks."""
        raise AssertionError("every ring knows its readers")

    def partitions_of(self, name: str) -> tuple[int, ...]:
        """The partitions among whose readers `name` is, in increasing order."""
        self._check_name(name)
        if not self._owned:
            owned: dict[str, list[int]] = {each: [] for each in self.names}
            for partition in range(self.count):
                for owner in self.readers(partition):
                    owned[owner].append(partition)
            self._owned = {each: tuple(held) for each, held in owned.items()}
        return self._owned[name]

    def partitions_shared(self, one: str, other: str) -> tuple[int, ...]:
        """The partitions that both nodes own, in increasing order: what anti-entropy between them compares."""
        shared = self._shared.get((one, other))
        if shared is None:
            theirs = frozenset(self.partitions_of(other))
            shared = tuple(partition for partition in self.partitions_of(one) if partition in theirs)
            self._shared[one, other] = self._shared[other, one] = shared
        return shared

    def neighbours(self, name: str) -> tuple[str, ...]:
        """The members that share a partition with `name`, sorted: its partners in anti-entropy."""
        known = self._neighbours.get(name)
        if known is None:
            partners = {other for partition in self.partitions_of(name) for other in self.readers(partition)}
            known = self._neighbours[name] = tuple(sorted(partners - {name}))
        return known

    def _check_name(self, name: str) -> None:
        raise AssertionError("every ring knows its names")
