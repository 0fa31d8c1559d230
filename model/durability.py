"""The equation of the store's promises, for one key at quiescence.

*Effective* are the acknowledged writes and any subset of the unknown ones. C is the union of the contexts of the
effective writes (deletes too). The siblings must be exactly the values of the effective puts whose dot C does not
cover. `explain` decides exactly whether some subset satisfies the equation.

**Why no search over subsets is needed where every dot is known.** Call a set S of unknown writes *admissible* if
(a) no context in S covers a final sibling, and (b) the dot of every put in S is final or covered by the contexts of
the acknowledged writes and S. Condition (a) is kept by unions because it speaks of each write alone, (b) because C
only grows; so there is a greatest admissible set. What remains of the equation (every acknowledged put is final or
covered; every final sibling is an effective put's) only gets easier as S grows. Hence some subset explains the
siblings if and only if the greatest admissible one does, and removing offenders until none is left finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from model.causality import Dot, Vector, covers, join


class Write(NamedTuple):
    """A put or delete of one key that took effect, or may have."""

    context: Vector
    acknowledged: bool
    value: str | None = None
    """What a put wrote; None for a delete."""
    dot: Dot | None = None
    """The put's name. None for a delete and for an unknown put that nobody knows the name of."""


class Explanation(NamedTuple):
    """What `explain` found. The equation has a solution iff it is decided and nothing is lost or false."""

    lost: tuple[int, ...]
    """Acknowledged puts that are neither final nor covered (positions in `writes`)."""
    false: tuple[Dot, ...]
    """Final siblings that are covered, or that no effective put wrote."""
    context: Vector
    """C, with the largest set of unknown writes that the siblings admit."""
    decided: bool = True

    @property
    def holds(self) -> bool:
        return self.decided and not self.lost and not self.false


def expected(effective: Iterable[Write]) -> dict[Dot, str]:
    """The equation read forwards: the siblings after exactly these writes, by dot."""
    writes = tuple(effective)
    context = join(write.context for write in writes)
    return {w.dot: w.value for w in writes if w.dot and w.value is not None and not covers(context, w.dot)}


def explain(writes: Sequence[Write], final: Mapping[Dot, str]) -> Explanation:
    """Judge `final` (the siblings at quiescence) against `writes`, all of whose dots are known and unique.

    O(s log s) in the total size s of the contexts. Writes whose dots nobody knows belong to
    `model.anonymous.explain_anonymous`.
    """
    standing = [final.get(w.dot) == w.value if w.dot and w.value is not None else False for w in writes]
    certain = [w.acknowledged or stands for w, stands in zip(writes, standing, strict=True)]
    told = join(w.context for w, sure in zip(writes, certain, strict=True) if sure)
    written = {w.dot for w, stands in zip(writes, standing, strict=True) if stands}
    false = tuple(dot for dot in final if dot not in written or covers(told, dot))
    floor = _lowest(set(final).difference(false))
    optional = [i for i, w in enumerate(writes) if not certain[i] and not _covers_any(w.context, floor)]
    context = _greatest_admissible(writes, optional, told)
    lost = tuple(
        i for i, w in enumerate(writes) if w.acknowledged and w.dot and not standing[i] and not covers(context, w.dot)
    )
    return Explanation(lost, false, context)


def _lowest(dots: Iterable[Dot]) -> dict[str, int]:
    """The lowest counter of each actor: a vector covers some of `dots` iff it reaches one of these."""
    lowest: dict[str, int] = {}
    for actor, counter in dots:
        lowest[actor] = min(counter, lowest.get(actor, counter))
    return lowest


def _covers_any(context: Vector, floor: Mapping[str, int]) -> bool:
    return any(actor in floor and counter >= floor[actor] for actor, counter in context.items())


def _greatest_admissible(writes: Sequence[Write], optional: Sequence[int], told: Vector) -> dict[str, int]:
    """C with the greatest admissible set: `told`, and the `optional` writes that survive condition (b).

    None of them is final, so each put among them must be covered. Per actor, `offers` are the counters that surviving
    contexts give, the highest last, and `needs` the dots to be covered, the highest last: when the best offer falls
    below the highest need, that put goes, and the offers of its own context with it.
    """
    alive = set(optional)
    offers: dict[str, list[tuple[int, int]]] = {}
    needs: dict[str, list[tuple[int, int]]] = {}
    for i in optional:
        for actor, counter in writes[i].context.items():
            offers.setdefault(actor, []).append((counter, i))
        dot = writes[i].dot
        if dot is not None:
            needs.setdefault(dot[0], []).append((dot[1], i))
    for ranked in (*offers.values(), *needs.values()):
        ranked.sort()
    suspects = list(needs)
    while suspects:
        actor = suspects.pop()
        waiting = needs.get(actor, [])
        while waiting:
            counter, i = waiting[-1]
            if counter <= _best(offers.get(actor, []), alive, told.get(actor, 0)):
                break
            waiting.pop()
            alive.discard(i)
            suspects.extend(writes[i].context)
    return join((told, *(writes[i].context for i in sorted(alive))))


def _best(offers: list[tuple[int, int]], alive: set[int], told: int) -> int:
    while offers and offers[-1][1] not in alive:
        offers.pop()
    return max(told, offers[-1][0]) if offers else told
