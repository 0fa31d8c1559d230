"""Version vectors: what a replica, a version or a client has seen, as one counter per actor.

A vector maps an actor to the highest counter of that actor that was seen; the entry ``{"n1.0:5": 3}`` covers the
dots ``("n1.0:5", 1)`` to ``("n1.0:5", 3)``. Vectors are plain dictionaries that nobody changes once they are built
(Parker et al. 1983; Dynamo, section 4.4).
"""

from collections.abc import Mapping

Vector = Mapping[str, int]
Dot = tuple[str, int]

EMPTY: Vector = {}


def covers(vector: Vector, dot: Dot) -> bool:
    """Whether `vector` has seen the event named by `dot`."""
    return vector.get(dot[0], 0) >= dot[1]


def descends(later: Vector, earlier: Vector) -> bool:
    """Whether `later` has seen everything that `earlier` has: a partial order."""
    if later is earlier:
        return True
    get = later.get
    for actor, counter in earlier.items():  # noqa: SIM110  # not all(): on the path of every write
        if get(actor, 0) < counter:
            return False
    return True


def concurrent(one: Vector, other: Vector) -> bool:
    """Whether neither vector has seen all of the other."""
    return not descends(one, other) and not descends(other, one)


def join(one: Vector, other: Vector) -> Vector:
    """The least vector that descends both. Returns one of its arguments where that one already does."""
    if one is other or not other:
        return one
    if not one:
        return other
    grown: dict[str, int] | None = None
    get = one.get
    for actor, counter in other.items():
        if get(actor, 0) < counter:
            if grown is None:
                grown = dict(one)
            grown[actor] = counter
    return one if grown is None else grown
