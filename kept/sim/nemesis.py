"""The nemesis: draws a plan of faults, one after another, for as long as the clients work.

The plan depends on the seed, the kinds and the names of the nodes, not on what the cluster does, so it can be listed
before the run (which record rots, and whether it may, is decided when it happens: `kept.sim.damage`). At most
`max_down` nodes are dead or standing still at a time, except that now and then the power goes and all of them crash
together.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import product

from kept.sim import faults as kinds
from kept.sim.changes import Changes
from kept.sim.entropy import Stream
from kept.sim.faults import Fault

_SECOND = 1_000_000
_EVENTS = tuple(kind for kind in kinds.KINDS if kind != kinds.TORN)
"""What the nemesis plans; a torn write comes with a crash."""
_LINKS = (*kinds.CUTS, kinds.CLOGGED)
_REFUSED = 100
"""Changes in a row that leave too few nodes or too many, after which nothing more is planned."""


def plan(
    draw: Stream, names: Sequence[str], allowed: frozenset[str], gap_us: int, least: int | None = None
) -> Iterator[Fault]:
    """Faults of the `allowed` kinds in the order of their times, on average one every `gap_us`; endless. Changes of
    membership leave at least `least` members, and other faults befall whoever is one then, if all went as planned."""
    changes = Changes(names, len(names) if least is None else least)
    events = [kind for kind in _EVENTS if kind in allowed and (len(names) > 1 or kind not in _LINKS)]
    now_us = last_us = 0
    later: list[tuple[int, int, Fault]] = []
    down: list[tuple[int, str]] = []
    max_down = max(1, (len(names) - 1) // 2)
    refused = 0
    while events:
        now_us += 1 + int(draw.expovariate(1.0 / gap_us))
        down = [(until_us, name) for until_us, name in down if until_us > now_us]
        kind = draw.choice(events)
        names = tuple(changes.members)
        if kind in _LINKS and len(names) == 1:
            continue
        if kind in kinds.STOPS:
            fault = _stop(draw, kind, now_us, names, {name for _, name in down}, max_down, kinds.TORN in allowed)
            if fault is None:
                continue
            down.extend((now_us + fault.for_us, name) for name in fault.nodes)
            found = [fault]
        elif kind in kinds.CHANGES:
            change = changes.draw(draw, kind, now_us)
            refused = 0 if change is not None else refused + 1
            if refused == _REFUSED:  # there may be nothing left to plan
                return
            found = [change] if change is not None else []
        elif kind == kinds.SWIZZLE:
            found = _swizzle(draw, now_us, names)
        else:
            found = [_fault(draw, kind, now_us, names)]
        for fault in found:
            heappush(later, (fault.at_us, len(later), fault))
        while later and later[0][0] <= now_us:
            last_us, fault = max(later[0][0], last_us + 1), heappop(later)[2]
            yield fault._replace(at_us=last_us)


def _lasting(draw: Stream, mean_s: float) -> int:
    """A duration with the given mean, at most five times as long."""
    return int(_SECOND * min(5 * mean_s, 0.05 + draw.expovariate(1.0 / mean_s)))


def _fault(draw: Stream, kind: str, now_us: int, names: Sequence[str]) -> Fault:
    """A fault that stops nobody, not by itself."""
    if kind in _LINKS:
        return Fault(kind, now_us, _lasting(draw, 1.0 if kind == kinds.CLOGGED else 3.0), (), _pairs(draw, kind, names))
    if kind in kinds.CLOCKS:
        return Fault(kind, now_us, _lasting(draw, 4.0), (draw.choice(names),), (), _clock_error(draw, kind))
    if kind in kinds.DISKS or kind == kinds.SLOW_NODE:
        node = draw.choice(names)
        mean_s = 3.0 if kind in (kinds.LYING, kinds.OLD_DISK) else 2.0
        return Fault(kind, now_us, _lasting(draw, mean_s), (node,), (), round(_size(draw, kind), 4))
    return Fault(kind, now_us, _lasting(draw, 2.0), (), (), round(draw.uniform(0.01, 0.1), 4))


def _size(draw: Stream, kind: str) -> float:
    """How much slower, or where on the disk."""
    if kind == kinds.SLOW_NODE:
        return float(draw.choice((500, 5_000, 40_000)))
    if kind == kinds.SLOW_DISK:
        return float(draw.choice((5_000, 50_000, 300_000)))
    if kind == kinds.BIT_ROT:
        return float(draw.choice((0, 0, 0, 1, 1, 2)) + draw.random())
    return draw.random() if kind == kinds.MISDIRECTED else 0.0


def _clock_error(draw: Stream, kind: str) -> float:
    sizes = {
        kinds.OFFSET: (5_000, 50_000, 500_000),
        kinds.DRIFT: (200, 5_000, 50_000),
        kinds.JUMP: (2 * _SECOND, 3_600 * _SECOND, 86_400 * _SECOND),
    }[kind]
    return float(int(draw.choice((-1, 1)) * draw.choice(sizes) * draw.uniform(0.5, 1.0)))


def _stop(
    draw: Stream, kind: str, now_us: int, names: Sequence[str], down: set[str], max_down: int, torn: bool
) -> Fault | None:
    """A fault that stops a node, or may; None where too many are down already."""
    keep = draw.choice((0.0, 0.0, 0.5, 1.0))
    torn_at = draw.random() if torn and draw.random() < 0.5 else -1.0
    if kind == kinds.CRASH and draw.random() < 0.1:
        return Fault(kind, now_us, _lasting(draw, 0.5), tuple(names), (), keep, torn_at)
    standing = [name for name in names if name not in down]
    if len(down) >= max_down or not standing:
        return None
    node = (draw.choice(standing),)
    if kind == kinds.CRASH:
        return Fault(kind, now_us, _lasting(draw, 2.0), node, (), keep, torn_at, dirty=draw.random() < 0.6)
    if kind == kinds.IO_ERROR:
        return Fault(kind, now_us, _lasting(draw, 2.0), node, (), keep, dirty=draw.random() < 0.5)
    mean_s = {kinds.MID_STEP: 1.5, kinds.DISK_FULL: 2.0}.get(kind, 1.0)
    number = 0.0
    if kind == kinds.MID_STEP:
        number = float(draw.randrange(1, 4))
    elif kind == kinds.DISK_FULL:
        number = float(draw.choice((0, 5, 50, 500)))
    return Fault(kind, now_us, _lasting(draw, mean_s), node, (), number)


def _swizzle(draw: Stream, now_us: int, names: Sequence[str]) -> list[Fault]:
    """The links of some nodes stop one after the other, and come back in another order (FoundationDB's habit)."""
    chosen = draw.sample(list(names), draw.randint(1, len(names)))
    stops = sorted(now_us + int(draw.random() * _SECOND) for _ in chosen)
    heals = [now_us + _SECOND + _lasting(draw, 1.0) for _ in chosen]  # in any order
    stops[0] = now_us
    return [
        Fault(
            kinds.SWIZZLE,
            stop_us,
            heal_us - stop_us,
            (node,),
            _both([(node, other) for other in names if other != node]),
        )
        for node, stop_us, heal_us in zip(chosen, stops, heals, strict=True)
    ]


def _both(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted([*pairs, *((b, a) for a, b in pairs)]))


def _pairs(draw: Stream, kind: str, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The directions that a partition cuts, or that are clogged."""
    shuffled = draw.sample(list(names), len(names))
    if kind == kinds.PARTIAL:
        both = [(a, b) for i, a in enumerate(shuffled) for b in shuffled[i + 1 :]]
        return _both(draw.sample(both, draw.randint(1, max(1, len(both) // 2))))
    if kind == kinds.CLOGGED:
        every = [(a, b) for a in shuffled for b in shuffled if a != b]
        return tuple(sorted(draw.sample(every, draw.randint(1, max(1, len(every) // 2)))))
    size = draw.randint(1, len(names) - 1)
    pairs = list(product(shuffled[:size], shuffled[size:]))
    return _both(pairs) if kind == kinds.PARTITION else tuple(sorted(pairs))
