"""Token allocation: which positions or partitions of the ring a node is responsible for (Dynamo, sections 4.2, 6.2).

A node has as many virtual nodes as its capacity can carry (section 4.2), so everything here is proportional to weight.
Nothing is drawn from a generator: every choice is an MD5 of names and a salt, so every node that knows the members
computes the same ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import md5
from math import isfinite

from dynamo.core.errors import CallerError
from dynamo.core.preference import Member

MAX_PASSES = 8
"""How often a random placement is gone through to separate neighbours, before a regular one is taken instead."""

MAX_TRIALS_PER_PARTITION = 64
"""How many swaps are tried per partition, in all, before a regular placement is taken instead."""


def random_tokens(name: str, weight: float, per_node: int, salt: str = "") -> tuple[int, ...]:
    """Pseudo-random positions of node `name`: `per_node` x `weight`, rounded, but at least one (strategies 1 and 2).

    A node's tokens depend on nothing but these arguments, and a greater weight only adds to them.
    """
    _check_weight(name, weight)
    if per_node < 1:
        raise CallerError(f"tokens per node {per_node!r}: must be at least 1")
    count = max(1, round(per_node * weight))
    return tuple(_draw(salt, name, str(index)) for index in range(count))


def assign_partitions(
    weights: Mapping[str, float], partitions: int, salt: str = "", spread: int = 1
) -> dict[str, tuple[int, ...]]:
    """Strategy 3: every partition to one node, to each node its share by weight, rounded down or up.

    The placement is pseudo-random, as in the paper. With `spread` of 2 or more, any `spread` consecutive partitions
    (around the end as well) belong to distinct nodes, as Riak's claim promises, or, where the shares make that
    impossible, as many consecutive ones as they allow. A node whose share rounds to nothing gets nothing.
    """
    _check_assignment(partitions, spread)
    shares = _shares(weights, partitions, dict.fromkeys(weights, 0))
    order = _shuffled(partitions, salt)
    placed = [""] * partitions
    dealt = (name for name, share in shares.items() for _ in range(share))
    for at, name in zip(order, dealt, strict=True):
        placed[at] = name
    distance = min(spread, partitions // max(shares.values()))
    if distance > 1 and not _separate(placed, distance, order):
        placed = _striped(shares, partitions // distance, salt)
    return _by_holder(placed, shares)


def reassign_partitions(
    current: Mapping[str, Sequence[int]], weights: Mapping[str, float], salt: str = "", spread: int = 1
) -> dict[str, tuple[int, ...]]:
    """Strategy 3 after a change of members: everybody has its share again, and no more partitions move than must.

    "When a node joins the system it 'steals' tokens from nodes in the system in a way that preserves these
    properties", and when one leaves, its tokens are dealt to those who stay (section 6.2). `current` holds every
    partition exactly once; the members afterwards are those of `weights`. A partition that moves goes, as long as
    there is a choice, where it keeps `spread` consecutive partitions distinct; one that need not move never does.
    """
    placed = _by_partition(current)
    _check_assignment(len(placed), spread)
    shares = _shares(weights, len(placed), {name: len(current.get(name, ())) for name in weights})
    missing = {name: share - len(current.get(name, ())) for name, share in shares.items()}
    excess = {name: len(current.get(name, ())) - shares.get(name, 0) for name in (*current, *shares)}
    order = _shuffled(len(placed), salt)
    widest = min(spread, len(placed) // max(shares.values()))
    for distance in range(widest, 0, -1):  # first the moves that keep neighbours distinct, at last whatever is left
        for at in order:
            if excess[placed[at]] <= 0:
                continue
            taker = next(
                (name for name, lacks in missing.items() if lacks > 0 and _fits(placed, at, name, distance)), ""
            )
            if taker:
                excess[placed[at]] -= 1
                missing[taker] -= 1
                placed[at] = taker
    assert not any(lacks > 0 for lacks in missing.values()), "what some have in excess is what others miss"
    return _by_holder(placed, shares)


def build_members(
    specs: Iterable[Member], strategy: int, per_node: int, partitions: int, salt: str = "", *, spread: int = 1
) -> tuple[Member, ...]:
    """The members of `specs`, in their order, with the tokens that a new cluster gives them under `strategy`.

    `per_node` tokens for a weight of 1 under strategies 1 and 2; `partitions` dealt by weight under strategy 3, with
    `spread` as in `assign_partitions`. Tokens that `specs` already have are replaced.
    """
    members = tuple(specs)
    if strategy != 3:
        return tuple(m._replace(tokens=random_tokens(m.name, m.weight, per_node, salt)) for m in members)
    assigned = assign_partitions({m.name: m.weight for m in members}, partitions, salt, spread)
    return tuple(m._replace(tokens=assigned[m.name]) for m in members)


def _shares(weights: Mapping[str, float], partitions: int, held: Mapping[str, int]) -> dict[str, int]:
    """Whole shares of `partitions` by largest remainder, sorted by name; ties go to who holds more, then by name."""
    if not weights:
        raise CallerError("weights: at least one node must be given")
    for name, weight in weights.items():
        _check_weight(name, weight)
    total = sum(Fraction(weight) for weight in weights.values())
    exact = {name: Fraction(weights[name]) * partitions / total for name in sorted(weights)}
    shares = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], -held[name], name))
    for name in by_remainder[: partitions - sum(shares.values())]:
        shares[name] += 1
    assert sum(shares.values()) == partitions, "every partition is somebody's"
    return shares


def _fits(placed: Sequence[str], at: int, name: str, distance: int) -> bool:
    """Whether `name` holds none of the other partitions nearer than `distance` to `at`, either way round."""
    assert distance <= len(placed), "further round, a partition would be its own neighbour"
    return all(placed[at - step] != name and placed[(at + step) % len(placed)] != name for step in range(1, distance))


def _separate(placed: list[str], distance: int, order: Sequence[int]) -> bool:
    """Swap partitions in place until nobody holds two nearer than `distance`; False where that is not reached."""
    trials = MAX_TRIALS_PER_PARTITION * len(placed)
    for _ in range(MAX_PASSES):
        crowded = [at for at in order if not _fits(placed, at, placed[at], distance)]
        if not crowded:
            return True
        for at in crowded:
            if _fits(placed, at, placed[at], distance):
                continue  # an earlier swap has already helped
            for other in order:
                trials -= 1
                if trials < 0:
                    return False
                if _swapped(placed, at, other, distance):
                    break
    return False


def _swapped(placed: list[str], at: int, other: int, distance: int) -> bool:
    """Swap two partitions if both fit where they come to stand; else leave them and say so."""
    placed[at], placed[other] = placed[other], placed[at]
    if _fits(placed, at, placed[at], distance) and _fits(placed, other, placed[other], distance):
        return True
    placed[at], placed[other] = placed[other], placed[at]
    return False


def _striped(shares: Mapping[str, int], rows: int, salt: str) -> list[str]:
    """A regular placement in which nobody holds two partitions nearer than `len // rows`; no share exceeds `rows`.

    The circle is cut into `rows` stretches, and the nodes are dealt down their first places, then down their second
    ones and so on. A node's partitions are then in distinct rows: in neighbouring rows they stand in the same place,
    and one that goes on at the top of the next place has left at least one row out. The largest shares come first,
    so that a node with one partition in every row fills exactly one place.
    """
    partitions = sum(shares.values())
    assert max(shares.values()) <= rows, "a node would stand twice in a row"
    short, longer = divmod(partitions, rows)
    names = sorted(shares, key=lambda name: (-shares[name], _draw(salt, name), name))
    placed = [""] * partitions
    deck = [name for name in names for _ in range(shares[name])]
    for dealt, name in enumerate(deck):
        place, row = divmod(dealt, rows)
        placed[row * short + min(row, longer) + place] = name
    return placed


def _by_holder(placed: Sequence[str], names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    held: dict[str, list[int]] = {name: [] for name in names}
    for partition, name in enumerate(placed):
        held[name].append(partition)
    return {name: tuple(partitions) for name, partitions in held.items()}


def _by_partition(current: Mapping[str, Sequence[int]]) -> list[str]:
    holders = {partition: name for name, held in current.items() for partition in held}
    if sorted(holders) != list(range(sum(len(held) for held in current.values()))):
        raise CallerError("current: every partition from 0 on must be held exactly once")
    return [holders[partition] for partition in range(len(holders))]


def _shuffled(partitions: int, salt: str) -> list[int]:
    return sorted(range(partitions), key=lambda partition: _draw(salt, str(partition)))


def _draw(*parts: str) -> int:
    """128 pseudo-random bits that depend on nothing but `parts`, of which none contains NUL."""
    return int.from_bytes(md5("\0".join(parts).encode(), usedforsecurity=False).digest(), "big")


def _check_assignment(partitions: int, spread: int) -> None:
    if partitions < 1:
        raise CallerError(f"partitions {partitions!r}: must be at least 1")
    if spread < 1:
        raise CallerError(f"spread {spread!r}: must be at least 1")


def _check_weight(name: str, weight: float) -> None:
    if not (isfinite(weight) and weight > 0):
        raise CallerError(f"weight {weight!r} of {name!r}: must be positive and finite")
