"""Version vectors from their definition (Parker et al. 1983): what has been seen, as one counter per actor.

The vector V stands for the set of dots {(actor, c) : 1 <= c <= V[actor]}. Everything here is set theory on those:
`covers` is membership, `descends` is inclusion, `join` is union.
"""

from collections.abc import Iterable, Mapping

Vector = Mapping[str, int]
Dot = tuple[str, int]


def covers(vector: Vector, dot: Dot) -> bool:
    """Whether the event `dot` is in the set that `vector` stands for."""
    actor, counter = dot
    return counter <= vector.get(actor, 0)


def descends(later: Vector, earlier: Vector) -> bool:
    """Whether everything in `earlier` is in `later`."""
    return all(counter <= later.get(actor, 0) for actor, counter in earlier.items())


def join(vectors: Iterable[Vector]) -> dict[str, int]:
    """The union of any number of vectors."""
    union: dict[str, int] = {}
    for vector in vectors:
        grow(union, vector)
    return union


def grow(into: dict[str, int], vector: Vector) -> None:
    """Add everything in `vector` to `into`."""
    for actor, counter in vector.items():
        if counter > into.get(actor, 0):
            into[actor] = counter
