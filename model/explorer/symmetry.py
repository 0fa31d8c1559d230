"""Symmetry of a finite instance: renamings of its things that change nothing which is fixed.

States that a renaming turns into each other have the same future but for names, so one of them is enough (Ip and Dill
1996, "Better verification through symmetry"). A symmetric fingerprint is the least fingerprint of a state's renamings:
the first state that is met stands for all of them. Properties must not tell the renamed things apart; formulas of a
protocol cannot, for they name no thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple

from model.abstract.grounding import Grounding
from model.abstract.instance import Instance

Renaming = Mapping[str, Mapping[str, str]]
"""By sort: what each thing is called instead."""


class Shuffle(NamedTuple):
    """A permutation of the bits of a packed state: bits ``state & mask`` move left, or right where negative."""

    moves: tuple[tuple[int, int], ...]

    def apply(self, state: int) -> int:
        found = 0
        for mask, left in self.moves:
            found |= (state & mask) << left if left >= 0 else (state & mask) >> -left
        return found


def renamings(grounding: Grounding, sorts: Sequence[str]) -> list[Renaming]:
    """The renamings of things of `sorts` that keep all rigid relations; things of other sorts follow where they must.

    The first one changes nothing. Together they are a group, or the whole of the group that there is.
    """
    instance = grounding.instance
    found = []
    orders = [list(permutations(instance.things[sort])) for sort in sorts]
    for chosen in product(*orders):
        pairs = zip(sorts, chosen, strict=True)
        renamed = {sort: dict(zip(instance.things[sort], order, strict=True)) for sort, order in pairs}
        whole = _follow(grounding, renamed)
        if whole is not None and _keeps(grounding, whole):
            found.append(whole)
    return found


def shuffles(grounding: Grounding, sorts: Sequence[str]) -> tuple[Shuffle, ...]:
    """The permutations of bits that the renamings other than the first amount to."""
    return tuple(_shuffle(grounding, renaming) for renaming in renamings(grounding, sorts)[1:])


def _shuffle(grounding: Grounding, renaming: Renaming) -> Shuffle:
    sorts = {relation.name: relation.sorts for relation in grounding.protocol.mutable}
    moves: dict[int, int] = {}
    for (relation, names), bit in grounding.bits.items():
        renamed = tuple(renaming[sort.name][name] for sort, name in zip(sorts[relation], names, strict=True))
        left = grounding.bits[relation, renamed] - bit
        moves[left] = moves.get(left, 0) | 1 << bit
    return Shuffle(tuple((mask, left) for left, mask in moves.items()))


def _follow(grounding: Grounding, chosen: Renaming) -> Renaming | None:
    """The renaming with things of all other sorts added: each becomes what stands to the renamed as it stood before."""
    instance = grounding.instance
    whole: dict[str, Mapping[str, str]] = dict(chosen)
    for sort, things in instance.things.items():
        if sort in chosen:
            continue
        stands = {thing: frozenset(_standing(grounding, sort, thing, {})) for thing in things}
        left = list(things)
        names: dict[str, str] = {}
        for thing in things:
            wanted = frozenset(_standing(grounding, sort, thing, chosen))
            same = [other for other in left if stands[other] == wanted]
            if not same:
                return None
            names[thing] = thing if thing in same else same[0]
            left.remove(names[thing])
        whole[sort] = names
    return whole


def _standing(grounding: Grounding, sort: str, thing: str, chosen: Renaming) -> Iterator[tuple[str, ...]]:
    """The rigid tuples with a thing, where it is left out and others are renamed as far as that is chosen."""
    for relation in grounding.protocol.rigid:
        for row in sorted(_rows(grounding.instance, relation.name)):
            places = [at for at, name in enumerate(row) if relation.sorts[at].name == sort and name == thing]
            if places:
                yield (
                    relation.name,
                    *(
                        "" if at in places else chosen.get(relation.sorts[at].name, {}).get(name, name)
                        for at, name in enumerate(row)
                    ),
                )


def _keeps(grounding: Grounding, renaming: Renaming) -> bool:
    for relation in grounding.protocol.rigid:
        rows = _rows(grounding.instance, relation.name)
        renamed = frozenset(
            tuple(renaming[sort.name][name] for sort, name in zip(relation.sorts, row, strict=True)) for row in rows
        )
        if renamed != rows:
            return False
    return True


def _rows(instance: Instance, relation: str) -> frozenset[tuple[str, ...]]:
    return instance.rigid.get(relation, frozenset())
