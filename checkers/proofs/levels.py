"""Consistency levels over several data centres, as Cassandra names them: how many replicas must answer, and where.

A level asks for so many replicas of each data centre and so many in all. `coordinator` is the data centre of the node
that took the request: LOCAL levels look at no other.
"""

from collections.abc import Mapping
from typing import NamedTuple

from checkers.proofs.terms import Comparison, Formula, Term, greatest, least, some, total, var

WRITE_LEVELS = ("ANY", "ONE", "TWO", "THREE", "LOCAL_ONE", "LOCAL_QUORUM", "QUORUM", "EACH_QUORUM", "ALL")
READ_LEVELS = WRITE_LEVELS[1:]
"""ANY is for writes: a hint alone counts as its acknowledgement."""

_COUNTS = {"ANY": 0, "ONE": 1, "TWO": 2, "THREE": 3}
_NONE = Term()


class Layout(NamedTuple):
    """Data centres by name, with a symbol for each replication factor: `rf.NAME`, and `half.NAME` for half of it,
    rounded down."""

    names: tuple[str, ...]

    def replicas(self, name: str) -> Term:
        return var(f"rf.{name}")

    def half(self, name: str) -> Term:
        return var(f"half.{name}")

    @property
    def all_replicas(self) -> Term:
        return total(self.replicas(name) for name in self.names)

    @property
    def half_of_all(self) -> Term:
        return var("half-of-all")

    def values(self, replicas: Mapping[str, int]) -> dict[str, int]:
        """The value of every symbol when the data centres have these replication factors."""
        found = {f"rf.{name}": replicas[name] for name in self.names}
        found |= {f"half.{name}": replicas[name] // 2 for name in self.names}
        return found | {"half-of-all": sum(replicas[name] for name in self.names) // 2}

    def halves(self) -> tuple[tuple[str, Formula], ...]:
        """What makes the halves halves, by name."""
        pairs = [(name, self.half(name), self.replicas(name)) for name in self.names]
        pairs.append(("all", self.half_of_all, self.all_replicas))
        lower = tuple((f"half of {name} is no more", 2 * half <= whole) for name, half, whole in pairs)
        return lower + tuple((f"half of {name} is no less", whole <= 2 * half + 1) for name, half, whole in pairs)


class Need(NamedTuple):
    """What a level asks for."""

    each: Mapping[str, Term]
    """Data centre -> replicas of it that must answer."""
    in_all: Term
    words: str
    """How many in all, in words."""
    local_words: Mapping[str, str]
    """The same for a data centre."""


def need(level: str, layout: Layout, coordinator: str) -> Need:
    """What `level` asks for when a node of `coordinator` takes the request. KeyError for an unknown level."""
    nothing = dict.fromkeys(layout.names, _NONE)
    if level in _COUNTS:
        return Need(nothing, Term(constant=_COUNTS[level]), str(_COUNTS[level]), {})
    if level == "QUORUM":
        return Need(nothing, layout.half_of_all + 1, "quorum(all)", {})
    if level == "ALL":
        each = {name: layout.replicas(name) for name in layout.names}
        return Need(each, layout.all_replicas, "all", {name: name for name in layout.names})
    if level == "LOCAL_ONE":
        return Need({**nothing, coordinator: Term(constant=1)}, Term(constant=1), "1", {coordinator: "1"})
    if level == "LOCAL_QUORUM":
        quorum, words = layout.half(coordinator) + 1, f"quorum({coordinator})"
        return Need({**nothing, coordinator: quorum}, quorum, words, {coordinator: words})
    if level == "EACH_QUORUM":
        # A data centre without replicas of the keyspace is not asked: there, the least of 1 and 0.
        each = {name: least(layout.half(name) + 1, layout.replicas(name)) for name in layout.names}
        named = {name: f"quorum({name})" for name in layout.names}
        return Need(each, total(each.values()), " + ".join(named.values()), named)
    raise KeyError(level)


def meets(acks: Need, replies: Need, layout: Layout) -> Formula:
    """The exact condition under which what meets `acks` and what meets `replies` share a replica: some data centre, or
    the whole, has no room for both. `datacentres.room` proves it for all numbers."""
    return some(*(formula for _, formula in rooms(acks, replies, layout)))


def rooms(acks: Need, replies: Need, layout: Layout) -> tuple[tuple[str, Comparison], ...]:
    """The alternatives of `meets`, in words and as formulas."""
    both = [name for name in layout.names if _NONE not in (acks.each[name], replies.each[name])]
    crowded = [
        (
            f"{acks.local_words[name]} + {replies.local_words[name]} > {name}",
            acks.each[name] + replies.each[name] > layout.replicas(name),
        )
        for name in both  # one that asks alone always has room
    ]
    return (*crowded, (f"{acks.words} + {replies.words} > all", _in_all(acks) + _in_all(replies) > layout.all_replicas))


def in_words(acks: Need, replies: Need, layout: Layout) -> str:
    """`meets` for people."""
    return " or ".join(words for words, _ in rooms(acks, replies, layout))


def can_be_met(wanted: Need, layout: Layout) -> Formula:
    """A level that asks for more replicas than there are fails every request, and any claim about it is vacuous."""
    return _in_all(wanted) <= layout.all_replicas


def _in_all(wanted: Need) -> Term:
    summed = total(wanted.each.values())
    return wanted.in_all if summed in (wanted.in_all, _NONE) else greatest(wanted.in_all, summed)
