"""Brute force over actual sets of nodes: the oracle of every counting lemma. It knows no region and no formula."""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product

import pytest

from checkers.proofs.lemma import Lemma
from checkers.proofs.terms import holds

Values = Mapping[str, int]
Nodes = frozenset[int]
Brute = Callable[[Values], bool]


def subsets(nodes: Nodes, size: int) -> Iterator[Nodes]:
    return (frozenset(chosen) for chosen in combinations(sorted(nodes), size))


def within(nodes: Nodes, most: int) -> Iterator[Nodes]:
    """Every subset of `most` nodes or fewer."""
    return (chosen for size in range(min(most, len(nodes)) + 1) for chosen in subsets(nodes, size))


def first(count: int) -> Nodes:
    return frozenset(range(count))


def _strict(v: Values) -> bool:
    owners = first(v["N"])
    return any(not a & b for a in subsets(owners, v["W"]) for b in subsets(owners, v["R"]))


def _writes(v: Values) -> bool:
    owners = first(v["N"])
    return any(not a & b for a in subsets(owners, v["W"]) for b in subsets(owners, v["W"]))


def _sloppy(v: Values) -> bool:
    owners, everybody = first(v["N"]), first(v["S"])
    reads = [b for b in subsets(everybody, v["R"]) if len(b - owners) <= v["g"]]
    return any(not a & b for a in subsets(everybody, v["W"]) if len(a - owners) <= v["h"] for b in reads)


def _sloppy_writes(v: Values) -> bool:
    return _sloppy({**v, "R": v["W"], "g": v["h"]})


def _primary(v: Values) -> bool:
    owners, everybody = first(v["N"]), first(v["S"])
    reads = [b for b in subsets(everybody, v["R"]) if len(b & owners) >= v["PR"]]
    return any(not a & b for a in subsets(everybody, v["W"]) if len(a & owners) >= v["PW"] for b in reads)


def _looking_alive(v: Values) -> bool:
    everybody = first(v["S"])
    return any(not a & b for a in subsets(everybody, v["W"]) for b in subsets(everybody, v["R"]))


def _hints(v: Values, shared: bool) -> bool:
    owners = first(v["N"])
    for hints in range(v["W"] + 1):
        for waiting in range(min(v["u"], hints) + 1):
            delivered = hints - waiting
            for direct in subsets(owners, v["W"] - hints):
                if shared:
                    handed = [h for h in within(owners, delivered) if h or not delivered]
                else:
                    handed = list(subsets(owners - direct, delivered))
                if any(not (direct | h) & b for h in handed for b in subsets(owners, v["R"])):
                    return True
    return False


def _lists(n: int, different: int) -> tuple[Nodes, Nodes]:
    return first(n), frozenset(range(different, n + different))


def _lists_differ(v: Values) -> bool:
    old, new = _lists(v["N"], v["d"])
    return any(not a & b for a in subsets(old, v["W"]) for b in subsets(new, v["R"]))


def _pending(v: Values, enough: Callable[[Nodes, Nodes, Nodes], bool]) -> bool:
    old, new = _lists(v["N"], v["p"])
    reads = [b for side in (old, new) for b in subsets(side, v["R"])]
    return any(not a & b for a in within(old | new, 99) if enough(a, old, new) for b in reads)


def _implied(v: Values) -> bool:
    old, new = _lists(v["N"], v["p"])
    return any(min(len(a & old), len(a & new)) < v["W"] for a in subsets(old | new, v["A"]))


def _disks(v: Values) -> bool:
    owners = first(v["N"])
    return any(not a - lost for a in subsets(owners, v["W"]) for lost in within(owners, v["f"]))


def _machines(v: Values) -> bool:
    return _disks({**v, "f": v["m*f"]})


def _restarts(v: Values) -> bool:
    acked = first(v["W"])  # who they are does not matter, only who of them synced
    for synced in subsets(acked, v["s"]):
        for lost in within(acked, v["f"]):
            for restarted in within(acked, v["k"]):
                if not acked - lost - (restarted - synced):
                    return True
    return False


def _replaced(v: Values) -> bool:
    owners = first(v["N"])
    for acked in subsets(owners, v["W"]):
        for emptied in within(owners, v["f"]):
            if any(not (acked - emptied) & b for b in subsets(owners, v["R"])):
                return True
    return False


def _monotone(v: Values) -> bool:
    owners = first(v["N"])
    for holders in subsets(owners, v["B"]):
        seen = any(holders & b for b in subsets(owners, v["R"]))
        if seen and any(not holders & b for b in subsets(owners, v["R"])):
            return True
    return False


FAILS: dict[str, Brute] = {
    "reads-meet-writes": _strict,
    "writes-meet-writes": _writes,
    "sloppy-reads-meet-writes": _sloppy,
    "sloppy-writes-meet-writes": _sloppy_writes,
    "primaries-that-answered": _primary,
    "primaries-that-look-alive": _looking_alive,
    "hints-undelivered": lambda v: _hints(v, shared=False),
    "hints-for-shared-owners": lambda v: _hints(v, shared=True),
    "lists-differ": _lists_differ,
    "pending-per-list": lambda v: _pending(v, lambda a, o, n: len(a & o) >= v["W"] and len(a & n) >= v["W"]),
    "pending-plus": lambda v: _pending(v, lambda a, o, n: len(a) >= v["W"] + v["p"]),
    "pending-union": lambda v: _pending(v, lambda a, o, n: len(a) >= v["W"]),
    "pending-implied": _implied,
    "survives-disks": _disks,
    "survives-machines": _machines,
    "survives-restarts": _restarts,
    "replaced-by-empty": _replaced,
    "monotone-reads": _monotone,
}
"""Lemma -> whether some sets of nodes break its claim."""


def configurations(lemma: Lemma, most: int) -> Iterator[dict[str, int]]:
    """Every configuration of the lemma whose numbers are at most `most` (nodes in all: two more)."""
    ranges = [range(most + 3 if symbol in ("S", "A") else most + 1) for symbol in lemma.symbols]
    for numbers in product(*ranges):
        values = dict(zip(lemma.symbols, numbers, strict=True))
        if all(holds(named.formula, values) for named in lemma.domain):
            yield values


@pytest.fixture(scope="session")
def brute() -> dict[str, Brute]:
    return FAILS


@pytest.fixture(scope="session")
def all_small() -> Callable[[Lemma, int], Iterator[dict[str, int]]]:
    return configurations
