"""Zones and blocks of zones of one key in plain Python: for small histories, for explanations, and as the twin that the
array version is tested against. `zones.py` and `blocks.py` say why it is right.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple

from checkers.linearizability.operations import Interval

Value = Hashable


class Conflict(NamedTuple):
    """Why one key is not linearizable."""

    kind: str
    """``unwritten``, ``early``, ``twice``, ``circle``, ``backwards`` or ``excluding``."""
    operations: tuple[Interval, ...]
    """Operations that suffice to see it."""


class NotUnique(Exception):
    """Some value was written twice, written and initial, or observed to be absent: zones do not decide this key."""


class _Cluster:
    __slots__ = ("first", "last", "reads", "write")

    def __init__(self, write: Interval | None) -> None:
        self.write = write
        """None for the initial value."""
        self.reads: list[Interval] = []
        self.first = write
        """The operation that ends first; None where that is the initial write, before time."""
        self.last = write
        """The operation that starts last; None where there is none."""

    def add(self, read: Interval) -> None:
        self.reads.append(read)
        if self.first is not None and read.end < self.first.end:
            self.first = read
        if self.last is None or read.start > self.last.start:
            self.last = read


def conflict(operations: Sequence[Interval], initial: Value) -> Conflict | None:
    """What refutes a register with unique values, or None. Raises `NotUnique`.

    Calls are ``read`` (known), ``write`` and ``cas``; pending reads and failed operations are not given.
    """
    found = _found(operations, initial)
    return found and found._replace(operations=_witnessed(found.operations, operations))


def _witnessed(chosen: Sequence[Interval], operations: Sequence[Interval]) -> tuple[Interval, ...]:
    """The operations and, for each pending one, another that rests on its effect."""
    askers: dict[Value, Interval] = {}
    for op in sorted(operations, key=lambda op: op.required):  # a required one is the last to be noted
        if op.call.f == "read":
            askers[op.call.result] = op
        elif op.call.f == "cas":
            askers[op.call.argument[0]] = op
    told = list(chosen)
    there = set(told)
    for op in told:
        value = op.call.argument[1] if op.call.f == "cas" else op.call.argument
        if not op.required and value in askers and askers[value] not in there:
            there.add(askers[value])
            told.append(askers[value])
    return _told(*told)


def _found(operations: Sequence[Interval], initial: Value) -> Conflict | None:
    clusters, swaps = _sorted(operations, initial)
    effective = _effective(operations, swaps)
    clusters = {value: cluster for value, cluster in clusters.items() if cluster.write is None or value in effective}
    for op in operations:
        if op.call.f == "read":
            if op.call.result not in clusters:
                return Conflict("unwritten", (op,))
            cluster = clusters[op.call.result]
            if cluster.write is not None and op.end < cluster.write.start:
                return Conflict("early", (op, cluster.write))
            cluster.add(op)
    followers: dict[Value, Interval] = {}
    for op in swaps:
        source, target = op.call.argument
        if target not in effective:
            continue
        if source not in clusters:
            return Conflict("unwritten", (op,))
        if source in followers:
            return Conflict("twice", _told(clusters[source].write, followers[source], op))
        followers[source] = op
    return _chained(clusters, followers)


def _sorted(operations: Sequence[Interval], initial: Value) -> tuple[dict[Value, _Cluster], list[Interval]]:
    clusters = {initial: _Cluster(None)}
    swaps: list[Interval] = []
    for op in operations:
        match op.call.f:
            case "mismatch":
                raise NotUnique
            case "read":
                continue
            case "cas":
                swaps.append(op)
                value = op.call.argument[1]
            case _:
                value = op.call.argument
        if value in clusters:
            raise NotUnique
        clusters[value] = _Cluster(op)
    return clusters, swaps


def _effective(operations: Sequence[Interval], swaps: Sequence[Interval]) -> set[Value]:
    """The values that were certainly there: written by an acknowledged operation, returned, or expected by one that
    took effect."""
    sure: set[Value] = set()
    for op in operations:
        if op.call.f == "read":
            sure.add(op.call.result)
        elif op.required:
            sure.add(op.call.argument[1] if op.call.f == "cas" else op.call.argument)
            if op.call.f == "cas":
                sure.add(op.call.argument[0])
    pending = [op for op in swaps if not op.required]
    before = -1
    while before != len(sure):
        before = len(sure)
        sure.update(op.call.argument[0] for op in pending if op.call.argument[1] in sure)
    return sure


def _chained(clusters: dict[Value, _Cluster], followers: dict[Value, Interval]) -> Conflict | None:
    zones: list[tuple[int, int, tuple[Interval, ...]]] = []
    seen = 0
    for value, cluster in clusters.items():
        if cluster.write is not None and cluster.write.call.f == "cas":
            continue
        low, high = _zone(cluster)
        first, last = cluster.first, cluster.last
        path, at = [cluster.write], value
        seen += 1
        while at in followers:
            step = followers[at]
            at = step.call.argument[1]
            behind = clusters[at]
            seen += 1
            f, s = _zone(behind)
            if last is not None and f < high:
                assert behind.first is not None
                return Conflict("backwards", _told(last, behind.first, step, *path))
            path.append(behind.write)
            if f < low:
                low, first = f, behind.first
            if s > high:
                high, last = s, behind.last
        if last is not None:
            zones.append((low, high, _told(first, last, *(path if len(path) > 1 else [cluster.write]))))
    if seen < len(clusters):
        return Conflict("circle", tuple(op for op in followers.values()))
    return _excluding(zones)


def _zone(cluster: _Cluster) -> tuple[int, int]:
    low = BEFORE_TIME if cluster.first is None else cluster.first.end
    return low, BEFORE_TIME if cluster.last is None else cluster.last.start


def _excluding(zones: list[tuple[int, int, tuple[Interval, ...]]]) -> Conflict | None:
    forward = sorted((zone for zone in zones if zone[0] < zone[1]), key=lambda zone: zone[0])
    for one, other in pairwise(forward):
        if other[0] < one[1]:
            return Conflict("excluding", _told(*one[2], *other[2]))
    lows = [zone[0] for zone in forward]
    for f, s, operations in zones:
        if s <= f:
            place = bisect_left(lows, s) - 1
            if place >= 0 and f < forward[place][1]:
                return Conflict("excluding", _told(*forward[place][2], *operations))
    return None


def _told(*operations: Interval | None) -> tuple[Interval, ...]:
    return tuple(sorted({op for op in operations if op is not None}, key=lambda op: (op.start, op.row)))


BEFORE_TIME = -(1 << 63)
