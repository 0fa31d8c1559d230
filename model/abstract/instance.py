"""Finite instances: named things and the values of the rigid relations, on which a protocol can be executed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

Rows = frozenset[tuple[str, ...]]


class Instance(NamedTuple):
    """Names for the things of each sort, and the tuples of which each rigid relation holds (others are empty)."""

    things: Mapping[str, tuple[str, ...]]
    rigid: Mapping[str, Rows]


def instance(
    lists: Mapping[str, Sequence[str]],
    r: int,
    w: int,
    writes: Iterable[str] = ("put1",),
    deletes: Iterable[str] = (),
    reads: Iterable[str] = ("get1",),
    nodes: Iterable[str] = (),
    sizes: Mapping[str, tuple[int, int]] | None = None,
) -> Instance:
    """The abstract store with these preference lists, the first of which is in force at the start.

    Every `r` owners of a list are a read quorum of it, and every `w` owners a write quorum; `sizes` gives single lists
    others. `nodes` are further nodes, which own nothing. ValueError where that is no configuration.
    """
    sized = {name: (sizes or {}).get(name, (r, w)) for name in lists}
    for name, owners in lists.items():
        r_, w_ = sized[name]
        if not 1 <= min(r_, w_) <= max(r_, w_) <= len(owners):
            raise ValueError(f"list {name}: R={r_}, W={w_} of {len(owners)} owners; accepted: 1 to {len(owners)}")
    owned = [node for owners in lists.values() for node in owners]
    readers = _quorums(lists, {name: size[0] for name, size in sized.items()}, "R")
    writers = _quorums(lists, {name: size[1] for name, size in sized.items()}, "W")
    things = {
        "Node": tuple(dict.fromkeys([*owned, *nodes])),
        "Write": (*writes, *deletes),
        "Read": tuple(reads),
        "OwnerList": tuple(lists),
        "ReadQuorum": tuple(readers),
        "WriteQuorum": tuple(writers),
    }
    rigid = {
        "first": frozenset({(next(iter(lists)),)}),
        "owner": frozenset((name, node) for name, owners in lists.items() for node in owners),
        "reads_of": frozenset((quorum, name) for quorum, (name, _) in readers.items()),
        "writes_of": frozenset((quorum, name) for quorum, (name, _) in writers.items()),
        "in_read": frozenset((quorum, node) for quorum, (_, nodes_) in readers.items() for node in nodes_),
        "in_write": frozenset((quorum, node) for quorum, (_, nodes_) in writers.items() for node in nodes_),
        "delete": frozenset((name,) for name in deletes),
    }
    return Instance(things, rigid)


def _quorums(
    lists: Mapping[str, Sequence[str]], sizes: Mapping[str, int], letter: str
) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        f"{letter}:{name}:{'+'.join(chosen)}": (name, chosen)
        for name, owners in lists.items()
        for chosen in combinations(owners, sizes[name])
    }
