"""Preference lists: which nodes hold a partition, and who stands in for them.

The owners of a partition are the first N distinct nodes met clockwise (Dynamo, section 4.3), chosen so that no
failure of one machine, rack or data centre takes more of them than it must: "the preference list for a key is
constructed by skipping positions in the ring to ensure that the list contains only distinct physical nodes", and it
"is constructed such that the storage nodes are spread across multiple data centers" (sections 4.3 and 4.6).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple


class Member(NamedTuple):
    """A node of the ring: its tokens, and where it physically stands.

    An empty `rack` or `datacenter` means that nothing is known: all members that name none share one. Racks of the
    same name in different data centres are different racks. `weight` is relative and steers token allocation only.
    """

    name: str
    tokens: tuple[int, ...]
    weight: float = 1.0
    host: str = ""
    """The physical machine, which several members may share; empty: a machine of its own, called as the node."""
    rack: str = ""
    datacenter: str = ""
    since: int = 0
    """The epoch of the ring in which it joined; 0 for a founder. It tells a member that was removed and has joined
    anew from one that was there all the time."""

    @property
    def machine(self) -> str:
        return self.host or self.name


def distinct_clockwise(circle: Sequence[str], start: int, wanted: int) -> tuple[str, ...]:
    """The first `wanted` distinct names on `circle`, walking from index `start` once around; fewer if there are."""
    met: dict[str, None] = {}
    at, left, stride = start, len(circle), 2 * wanted
    while left > 0 and len(met) < wanted:
        step = min(stride, left, len(circle) - at)  # by slices that double: most walks end within one or two
        met.update(dict.fromkeys(circle[at : at + step]))
        at, left, stride = (at + step) % len(circle), left - step, 2 * stride
    return tuple(islice(met, wanted))


class _Site(NamedTuple):
    machine: str
    datacenter: str
    rack: tuple[str, str]


class Spread:
    """Orders clockwise walks so that owners share machines, data centres and racks as little as they must."""

    __slots__ = ("_datacenters", "_machines", "_racks", "_sites", "plain")

    def __init__(self, members: Iterable[Member]) -> None:
        self._sites = {m.name: _Site(m.machine, m.datacenter, (m.datacenter, m.rack)) for m in members}
        self._machines = len({site.machine for site in self._sites.values()})
        self._datacenters = len({site.datacenter for site in self._sites.values()})
        self._racks = len({site.rack for site in self._sites.values()})
        self.plain = self._machines == len(self._sites) and self._racks == 1
        """Whether there is nothing to choose, so that every order is the clockwise walk itself."""

    def order(self, clockwise: tuple[str, ...], n: int) -> tuple[str, ...]:
        """The preference list over all of `clockwise`: `n` spread owners, then who stands in for them.

        The stand-ins follow in clockwise order, those that share an owner's machine after all others: a hint there
        would be a second copy on one machine.
        """
        if self.plain:
            return clockwise
        owners = self._owners(clockwise, n)
        taken, owned = set(owners), {self._sites[name].machine for name in owners}
        rest = [name for name in clockwise if name not in taken]
        rest.sort(key=lambda name: self._sites[name].machine in owned)  # stable, so clockwise within both parts
        return (*owners, *rest)

    def _owners(self, clockwise: tuple[str, ...], n: int) -> list[str]:
        """Greedily, `n` times: the nearest of those whose (machine, data centre, rack) owners use least so far."""
        owners: list[str] = []
        left = list(clockwise)
        machines: Counter[str] = Counter()
        datacenters: Counter[str] = Counter()
        racks: Counter[tuple[str, str]] = Counter()
        for _ in range(min(n, len(left))):
            bound = (
                _least(machines, self._machines),
                _least(datacenters, self._datacenters),
                _least(racks, self._racks),
            )
            best, best_use = 0, None
            for at, name in enumerate(left):
                site = self._sites[name]
                use = (machines[site.machine], datacenters[site.datacenter], racks[site.rack])
                if best_use is None or use < best_use:
                    best, best_use = at, use
                    if use == bound:  # nothing further on can be better
                        break
            site = self._sites[left[best]]
            machines[site.machine] += 1
            datacenters[site.datacenter] += 1
            racks[site.rack] += 1
            owners.append(left.pop(best))
        return owners


def _least(used: Counter[str] | Counter[tuple[str, str]], existing: int) -> int:
    """How often the least used of `existing` places is used."""
    return 0 if len(used) < existing else min(used.values())
