"""The nemesis: draws a plan of faults, one after another, for as long as the clients work.

The plan depends on the seed, the kinds and the names of the nodes, not on what the cluster does, so it can be listed
before the run. At most `max_down` nodes are dead or standing still at a time, except that now and then the power
goes and all of them crash together.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from kept.sim import faults as kinds
from kept.sim.changes import Changes
from kept.sim.entropy import Stream
from kept.sim.faults import Fault

_SECOND = 1_000_000
_EVENTS = tuple(kind for kind in kinds.KINDS if kind != kinds.TORN)
"""What the nemesis plans; a torn write comes with a crash."""


_REFUSED = 100
"""Changes in a row that leave too few nodes or too many, after which nothing more is planned."""


def plan(
    draw: Stream, names: Sequence[str], allowed: frozenset[str], gap_us: int, least: int | None = None
) -> Iterator[Fault]:
    """Faults of the `allowed` kinds in the order of their times, on average one every `gap_us`; endless. Changes of
    membership leave at least `least` members."""
    changes = Changes(names, len(names) if least is None else least)
    alone = {kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL} if len(names) == 1 else set()
    events = [kind for kind in _EVENTS if kind in allowed and kind not in alone]
    now_us = 0
    down: list[tuple[int, str]] = []
    max_down = max(1, (len(names) - 1) // 2)
    refused = 0
    while events:
        now_us += 1 + int(draw.expovariate(1.0 / gap_us))
        down = [(until_us, name) for until_us, name in down if until_us > now_us]
        kind = draw.choice(events)
        if kind in (kinds.CRASH, kinds.PAUSE, kinds.MID_STEP):
            fault = _stop(draw, kind, now_us, names, {name for _, name in down}, max_down, kinds.TORN in allowed)
            if fault is None:
                continue
            down.extend((now_us + fault.for_us, name) for name in fault.nodes)
            yield fault
        elif kind in kinds.CHANGES:
            change = changes.draw(draw, kind, now_us)
            if change is not None:
                refused = 0
                yield change
            elif (refused := refused + 1) == _REFUSED:  # there may be nothing left to plan
                return
        elif kind in (kinds.PARTITION, kinds.ONE_WAY, kinds.PARTIAL):
            yield Fault(kind, now_us, _lasting(draw, 3.0), (), _pairs(draw, kind, names))
        elif kind in (kinds.OFFSET, kinds.DRIFT):
            size = draw.choice((5_000, 50_000, 500_000)) if kind == kinds.OFFSET else draw.choice((200, 5_000, 50_000))
            number = draw.choice((-1, 1)) * size * draw.uniform(0.5, 1.0)
            yield Fault(kind, now_us, _lasting(draw, 4.0), (draw.choice(names),), (), float(int(number)))
        else:
            yield Fault(kind, now_us, _lasting(draw, 2.0), (), (), round(draw.uniform(0.01, 0.1), 4))


def _lasting(draw: Stream, mean_s: float) -> int:
    """A duration with the given mean, at most five times as long."""
    return int(_SECOND * min(5 * mean_s, 0.05 + draw.expovariate(1.0 / mean_s)))


def _stop(
    draw: Stream, kind: str, now_us: int, names: Sequence[str], down: set[str], max_down: int, torn: bool
) -> Fault | None:
    """A crash, a pause or a death between two effects; None where too many nodes are down already."""
    keep = draw.choice((0.0, 0.0, 0.5, 1.0))
    torn_at = draw.random() if torn and draw.random() < 0.5 else -1.0
    if kind == kinds.CRASH and draw.random() < 0.1:
        return Fault(kind, now_us, _lasting(draw, 0.5), tuple(names), (), keep, torn_at)
    standing = [name for name in names if name not in down]
    if len(down) >= max_down or not standing:
        return None
    node = (draw.choice(standing),)
    if kind == kinds.MID_STEP:
        return Fault(kind, now_us, _lasting(draw, 1.5), node, (), float(draw.randrange(1, 4)))
    if kind == kinds.PAUSE:
        return Fault(kind, now_us, _lasting(draw, 1.0), node)
    return Fault(kind, now_us, _lasting(draw, 2.0), node, (), keep, torn_at, dirty=draw.random() < 0.6)


def _pairs(draw: Stream, kind: str, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The directions that a partition cuts."""
    shuffled = draw.sample(list(names), len(names))
    if kind == kinds.PARTIAL:
        both = [(a, b) for i, a in enumerate(shuffled) for b in shuffled[i + 1 :]]
        cut = draw.sample(both, draw.randint(1, max(1, len(both) // 2)))
        return tuple(sorted([*cut, *((b, a) for a, b in cut)]))
    size = draw.randint(1, len(names) - 1)
    one, other = shuffled[:size], shuffled[size:]
    pairs = list(product(one, other))
    if kind == kinds.PARTITION:
        pairs += list(product(other, one))
    return tuple(sorted(pairs))
