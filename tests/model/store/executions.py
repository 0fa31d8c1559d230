"""All answers that the promises allow in tiny histories, by trying every state that a replica can be in.

An abstract store: what a reader is told of is a set of operations, *known* together. Everything follows from the
definition: the context is the union of their contexts and names, the siblings are those that no context among them
covers. Which sets can be known is what the promises say. Exponential; nothing here is shared with `model.store`.
"""

import random
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import NamedTuple

Dot = tuple[str, int]
ACTORS = ("x", "y")


class Op(NamedTuple):
    number: int
    kind: str
    context: dict[str, int]
    dot: Dot | None
    fate: str
    began: int


class Event(NamedTuple):
    """An invocation, or a completion with a get's answer."""

    op: Op
    ends: bool
    shown: frozenset[Dot] = frozenset()
    context: dict[str, int] = {}  # noqa: RUF012 - never changed


def covers(vector: dict[str, int], dot: Dot) -> bool:
    return dot[1] <= vector.get(dot[0], 0)


def within(vector: dict[str, int], other: dict[str, int]) -> bool:
    return all(covers(other, dot) for dot in vector.items())


def union(*vectors: dict[str, int]) -> dict[str, int]:
    return {a: max(v.get(a, 0) for v in vectors) for a in ACTORS if any(v.get(a, 0) for v in vectors)}


def subsets(ops: list[Op]) -> Iterator[tuple[Op, ...]]:
    return chain.from_iterable(combinations(ops, size) for size in range(len(ops) + 1))


def context_of(known: tuple[Op, ...]) -> dict[str, int]:
    return union({}, *(op.context for op in known), *(dict([op.dot]) for op in known if op.dot))


def siblings_of(known: tuple[Op, ...]) -> frozenset[Dot]:
    gone = union({}, *(op.context for op in known))
    return frozenset(op.dot for op in known if op.dot and not covers(gone, op.dot))


class Tiny:
    """A random history of one key. `fresh`: every get meets every write that was acknowledged before it began."""

    def __init__(self, seed: int, fresh: bool, steps: int = 11) -> None:
        self.random = random.Random(seed)
        self.fresh = fresh
        self.events: list[Event] = []
        self.ops: list[Op] = []
        self.counters = dict.fromkeys(ACTORS, 0)
        self.contexts: list[dict[str, int]] = [{}]
        open_: dict[int, Op] = {}
        for _ in range(steps):
            if len(open_) < 3 and (not open_ or self.random.random() < 0.55):
                op = self._begin()
                open_[op.number] = op
            else:
                self._end(open_.pop(self.random.choice(sorted(open_))))
        for number in sorted(open_):
            if self.random.random() < 0.7 or open_[number].kind == "get" or open_[number].fate == "fail":
                self._end(open_[number])

    def _begin(self) -> Op:
        kind = self.random.choice(("get", "get", "put", "put", "put", "delete"))
        fate = "ok" if kind == "get" else self.random.choices(("ok", "info", "fail"), (8, 2, 1))[0]
        dot = None
        context = {} if kind == "get" else self.random.choice(self.contexts)
        if kind == "put" and fate != "fail":
            actor = self.random.choice(ACTORS)
            self.counters[actor] += 1
            dot = (actor, self.counters[actor])
        op = Op(len(self.ops), kind, context, dot, fate, len(self.events))
        self.ops.append(op)
        self.events.append(Event(op, ends=False))
        return op

    def _end(self, op: Op) -> None:
        if op.kind != "get":
            self.events.append(Event(op, ends=True))
            return
        known = self.random.choice([*self.knowable(op, len(self.events))])
        told = context_of(known)
        self.contexts.append(told)
        self.events.append(Event(op, ends=True, shown=siblings_of(known), context=told))

    # What may be known

    def acknowledged(self, at: int) -> list[Op]:
        return [e.op for e in self.events[:at] if e.ends and e.op.kind != "get" and e.op.fate == "ok"]

    def possible(self, at: int) -> list[Op]:
        return [op for op in self.ops if op.kind != "get" and op.fate != "fail" and op.began < at]

    def certain(self) -> list[Op]:
        """The puts that are acknowledged sooner or later."""
        return [e.op for e in self.events if e.ends and e.op.kind == "put" and e.op.fate == "ok"]

    def knowable(self, get: Op, at: int) -> Iterator[tuple[Op, ...]]:
        """Every set of operations that the get, answered at `at`, may be told of. While a history is made nobody knows
        which open puts will be acknowledged, so all of them count as certain then."""
        certain = [op for op in self.possible(at) if op.kind == "put"]
        for known in subsets(self.possible(at)):
            if self._allowed(known, context_of(known), certain, get, at):
                yield known

    def _allowed(self, known: tuple[Op, ...], told: dict[str, int], certain: list[Op], get: Op, at: int) -> bool:
        if any(covers(told, op.dot) and op not in known for op in certain if op.dot):
            return False
        if not self.fresh:
            return True
        before = self.acknowledged(get.began)
        forgettable = self._forgettable(at)
        owed = [op.dot for op in before if op.dot and not covers(forgettable, op.dot)]
        if not all(covers(told, dot) for dot in owed):
            return False
        replaced = union({}, *(op.context for op in before))
        return not any(covers(replaced, dot) for dot in siblings_of(known))

    def _forgettable(self, at: int) -> dict[str, int]:
        gone = union({}, *(op.context for op in self.possible(at) if op.kind == "delete"))
        for _ in self.ops:
            gone = union(gone, *(op.context for op in self.possible(at) if op.dot and covers(gone, op.dot)))
        return gone

    def forgets(self, get: Op, context: dict[str, int]) -> bool:
        """Whether a reader with this context knows less than all that had been replaced before it asked."""
        return not within(union({}, *(op.context for op in self.acknowledged(get.began))), context)

    # Judging by trying everything

    def answers(self, at: int) -> Iterator[tuple[frozenset[Dot], dict[str, int]]]:
        """Every answer that could be given at all by then: any names, any context of names that were given."""
        names = [op.dot for op in self.ops if op.dot]
        given = union({}, *(dict([op.dot]) for op in self.ops if op.dot and op.began < at))
        for counters in product(*(range(given.get(actor, 0) + 1) for actor in ACTORS)):
            context = {actor: c for actor, c in zip(ACTORS, counters, strict=True) if c}
            for size in range(len(names) + 1):
                for shown in combinations(names, size):
                    yield frozenset(shown), context

    def explained(self, get: Op, at: int) -> set[tuple[frozenset[Dot], tuple[tuple[str, int], ...]]]:
        """The answers at `at` that some set of known operations explains, given how everything ended. The context may
        also cover names of puts that were never acknowledged and that nobody knows any more."""
        found = set()
        certain = [op for op in self.certain() if op.began < at]
        every = {tuple(sorted(context.items())) for _, context in self.answers(at)}
        for known in subsets(self.possible(at)):
            least, shown = context_of(known), siblings_of(known)
            for more in every:
                told = dict(more)
                if within(least, told) and self._allowed(known, told, certain, get, at):
                    found.add((shown, more))
        return found

    def endings(self) -> set[frozenset[Dot]]:
        """Every final set of siblings: all acknowledged operations and any unknown ones took effect."""
        certain = self.acknowledged(len(self.events))
        unknown = [op for op in self.possible(len(self.events)) if op not in certain]
        return {siblings_of((*certain, *some)) for some in subsets(unknown)}
