"""Random small histories of this store's kind, right and tampered with, and their two levels word for word.

One key, two replicas that take turns and merge now and then: puts, gets and deletes with contexts. The definitions try
everything that is unknown, and share nothing with the checkers but the operations.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from typing import Any

from histories.header import HistoryHeader, TraceHeader
from histories.history import History
from histories.operation import Dot, Operation
from histories.run import RecordedRun
from histories.trace import END, Trace

HEADER: dict[str, Any] = {"seed": 0, "config": {}, "created_by": "benchmarks", "code": "benchmarks"}
KEY = "k"


class _Replica:
    """The versions that stand, and all that was ever seen."""

    def __init__(self, actor: str) -> None:
        self.actor = actor
        self.versions: dict[Dot, str] = {}
        self.context: dict[str, int] = {}

    def drop(self, context: Mapping[str, int]) -> None:
        self.versions = {dot: value for dot, value in self.versions.items() if context.get(dot[0], 0) < dot[1]}
        for actor, counter in context.items():
            self.context[actor] = max(counter, self.context.get(actor, 0))

    def put(self, context: Mapping[str, int], counter: int, value: str) -> Dot:
        self.drop(context)
        self.context[self.actor] = counter
        self.versions[self.actor, counter] = value
        return self.actor, counter

    def merge(self, other: "_Replica") -> None:
        mine, theirs = self.versions, other.versions
        both = {dot: value for dot, value in mine.items() if dot in theirs or other.context.get(dot[0], 0) < dot[1]}
        both |= {dot: value for dot, value in theirs.items() if dot in mine or self.context.get(dot[0], 0) < dot[1]}
        self.drop(other.context)
        self.versions = both


def small(chance: random.Random, operations: int = 7) -> RecordedRun:
    """A run that keeps both levels, or one of which something recorded was changed."""
    replicas = [_Replica("a"), _Replica("b")]
    told: list[dict[str, int]] = [{}]
    traced = chance.random() < 0.7
    found: list[Operation] = []
    for index in range(chance.randrange(2, operations + 1)):
        here, other = chance.sample(replicas, 2)
        if chance.random() < 0.4:
            here.merge(other)
        start = 10 * index
        op = Operation(index, chance.randrange(3), "get", KEY, None, {}, f"r{index}", start, start + 3, "ok")
        kind = chance.choices(["put", "get", "delete"], [5, 5, 1])[0]
        context = dict(chance.choice([{}, chance.choice(told), told[-1]]))
        fate = chance.choices(["ok", "info", "fail"], [10, 3, 1])[0]
        done = fate == "ok" or (fate == "info" and chance.random() < 0.6)
        if kind == "get":
            op = op._replace(dots=tuple(sorted(here.versions)), seen=dict(here.context))
            op = op._replace(values=tuple(here.versions[dot] for dot in op.dots))
        elif kind == "put":
            counter = here.context.get(here.actor, 0) + 1
            dot = here.put(context, counter, f"v{index}") if done else None
            op = op._replace(kind="put", value=f"v{index}", context=context, dot=dot, minted=dot)
            op = _ended(op, fate, here.context, traced)
        else:
            if done:
                here.drop(context)
            op = _ended(op._replace(kind="delete", context=context), fate, here.context, traced)
        found.append(op)
        if op.outcome == "ok":
            told.append(dict(op.seen))
    if chance.random() < 0.7:
        at = chance.randrange(len(found))
        found[at] = _tampered(found[at], found, chance)
    trace = Trace(TraceHeader(kept="trace", **HEADER), ({"event": END},), (), False) if traced else None
    return RecordedRun(History(HistoryHeader(kept="history", **HEADER), tuple(found), False), trace)


def _ended(op: Operation, fate: str, context: Mapping[str, int], traced: bool) -> Operation:
    """As its client was told of it."""
    if fate == "ok":
        return op._replace(seen=dict(context))
    return op._replace(
        outcome="info" if fate == "info" else "fail",
        end_us=None if fate == "info" else op.end_us,
        dot=None,
        minted=op.minted if traced else None,
    )


def _tampered(op: Operation, among: list[Operation], chance: random.Random) -> Operation:
    """`op` with a sibling more or less, or another counter in one of its clocks."""
    dots = [other.named for other in among if other.named is not None]
    if op.kind == "get" and chance.random() < 0.5:
        shown = dict(zip(op.dots, op.values, strict=True))
        if shown and chance.random() < 0.5:
            del shown[chance.choice(sorted(shown))]
        elif dots:
            shown[chance.choice(dots)] = "?"
        return op._replace(dots=tuple(sorted(shown)), values=tuple(shown[dot] for dot in sorted(shown)))
    actor, change = chance.choice("ab"), chance.choice([-1, -1, 1, 2])
    field = "seen" if op.kind == "get" or (op.outcome == "ok" and chance.random() < 0.5) else "context"
    clock = dict(getattr(op, field))
    clock[actor] = max(0, clock.get(actor, 0) + change)
    clock = {name: counter for name, counter in clock.items() if counter}
    return op._replace(seen=clock) if field == "seen" else op._replace(context=clock)


# The definitions


def _covers(context: Mapping[str, int], dot: Dot) -> bool:
    return context.get(dot[0], 0) >= dot[1]


def _seen(write: Operation) -> Mapping[str, int]:
    """What a write had seen: of its own actor nothing but what was named before it."""
    if write.named is None:
        return write.context
    actor, counter = write.named
    return write.context | {actor: min(write.context.get(actor, 0), counter - 1)}  # type: ignore[operator, no-any-return]


def _subsets(given: list[Operation]) -> Iterator[tuple[Operation, ...]]:
    return chain.from_iterable(combinations(given, size) for size in range(len(given) + 1))


def maximal_siblings(run: RecordedRun) -> bool:
    """Whether each get returned the maximal visible puts for some choice of what is not known."""
    return all(_returned_maximal(run, op) for op in run.operations if op.kind == "get" and op.outcome == "ok")


def _returned_maximal(run: RecordedRun, get: Operation) -> bool:
    if not all(_covers(get.seen, dot) for dot in get.dots):
        return False
    writes = [op for op in run.operations if op.kind != "get" and op.outcome != "fail" and op.key == get.key]
    sure = [op for op in writes if op.dot is not None and _covers(get.seen, op.dot)]
    unsure = [
        op
        for op in writes
        if (op.dot is None and op.named is not None and _covers(get.seen, op.named))
        or (op.named is None and op.start_us <= (get.end_us or 0) and not (op.kind == "put" and run.mintings_known))
    ]
    named = {op.named for op in writes if op.named is not None}
    shown, nobodys = ({dot for dot in get.dots if (dot in named) == known} for known in (True, False))
    for chosen in _subsets(unsure):
        there = [*sure, *chosen]
        visible = [op for op in there if op.named is not None]
        maximal = {
            op.named for op in visible
            if op.named and not any(_covers(_seen(other), op.named) for other in there)
        }  # fmt: skip
        if maximal == shown and not any(_covers(_seen(other), dot) for other in there for dot in nobodys):
            return True
    return False


def true_clocks(run: RecordedRun) -> bool:
    """Whether no clock tells of the future, forgets the past, or goes in a circle."""
    puts = [op for op in run.operations if op.kind == "put" and op.named is not None]
    for op in run.operations:
        sent, got = (op.context, op.start_us), (op.seen, op.end_us if op.outcome == "ok" else None)
        for clock, when in (sent, got):
            if when is None:
                continue
            covered = [put for put in puts if put.key == op.key and put.named and _covers(clock, put.named)]
            if any(put.start_us > when for put in covered):
                return False
            forgotten = _forgotten(run, op.key, when)
            for put in covered:
                needed = [(actor, at) for actor, last in put.context.items() for at in range(1, last + 1)]
                if put.dot and not all(_covers(clock, dot) or dot in forgotten for dot in needed):
                    return False
        if op.kind == "put" and op.dot and not all(_covers(op.seen, dot) for dot in (op.dot, *op.context.items())):
            return False
        for put in puts if op in puts else ():
            assert op.named is not None
            assert put.named is not None
            if op.key == put.key and _covers(op.context, put.named) and _covers(put.context, op.named):
                return False
            later = op.dot and op.end_us is not None and op.end_us < put.start_us
            if op.key == put.key and later and op.named[0] == put.named[0] and op.named[1] > put.named[1]:
                return False
    return True


def _forgotten(run: RecordedRun, key: str, when: int) -> set[Dot]:
    """What the deletes that had begun by then had seen, and what the puts among that had seen, and so on."""
    writes = [op for op in run.operations if op.kind != "get" and op.outcome != "fail" and op.key == key]
    left = [op.context for op in writes if op.kind == "delete" and op.start_us <= when]
    found: set[Dot] = set()
    while left:
        context = left.pop()
        new = {(actor, at) for actor, last in context.items() for at in range(1, last + 1)} - found
        found |= new
        left += [op.context for op in writes if op.kind == "put" and op.named in new]
    return found
