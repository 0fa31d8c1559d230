"""Sets of nodes as the sizes of Venn regions.

Whether sets meet depends on nothing but how many nodes lie in which of them. So a set is no list of nodes: each
combination of sets has a whole number of nodes, and N, R and W stay symbols. One question is then about every size.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import NamedTuple

from checkers.proofs.terms import Comparison, Term, total, var


class Region(NamedTuple):
    """The nodes that are in exactly these sets."""

    sets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The variable that counts them."""
        return "in." + ".".join(self.sets or ("none",))

    def is_in(self, *sets: str) -> bool:
        return all(name in self.sets for name in sets)


class Venn:
    """All regions of some sets that may hold nodes."""

    __slots__ = ("regions", "sets")

    def __init__(self, sets: tuple[str, ...], possible: Callable[[Region], bool] = lambda _region: True) -> None:
        self.sets = sets
        chosen = product((True, False), repeat=len(sets))
        regions = (Region(tuple(name for name, is_in in zip(sets, row, strict=True) if is_in)) for row in chosen)
        self.regions = tuple(region for region in regions if possible(region))

    @classmethod
    def parted(cls, parts: tuple[str, ...], sets: tuple[str, ...]) -> "Venn":
        """Nodes of which each is in exactly one of `parts`, and in any of `sets`."""
        inner = cls(sets)
        found = cls(())
        found.sets = (*parts, *sets)
        found.regions = tuple(Region((part, *region.sets)) for part in parts for region in inner.regions)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(region.name for region in self.regions)

    def size(self, *inside: str, outside: tuple[str, ...] = ()) -> Term:
        """How many nodes lie in all of `inside` and in none of `outside`; of nothing, all nodes."""
        assert set(inside) | set(outside) <= set(self.sets), "a size is of sets that exist"
        found = (r for r in self.regions if r.is_in(*inside) and not any(r.is_in(name) for name in outside))
        return total(var(region.name) for region in found)

    def union(self, *sets: str) -> Term:
        """How many nodes lie in at least one of the sets."""
        return total(var(r.name) for r in self.regions if any(r.is_in(name) for name in sets))

    def counts(self) -> tuple[Comparison, ...]:
        """No region holds less than no nodes."""
        return tuple(var(name) >= 0 for name in self.names)

    def members(self, values: Mapping[str, int], prefix: Callable[[Region], str]) -> dict[str, tuple[str, ...]]:
        """Name the nodes: for each set, its members when the regions are as large as `values` says.

        Nodes of one prefix are numbered in the order of the regions, from 1.
        """
        found: dict[str, tuple[str, ...]] = dict.fromkeys(self.sets, ())
        used: dict[str, int] = {}
        for region in self.regions:
            letter = prefix(region)
            first = used.get(letter, 0) + 1
            nodes = tuple(f"{letter}{number}" for number in range(first, first + values[region.name]))
            used[letter] = first + len(nodes) - 1
            for name in region.sets:
                found[name] += nodes
        return found
