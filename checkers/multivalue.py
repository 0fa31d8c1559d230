"""Two claims about this store's own histories, where a get returns siblings and a context.

`maximal-siblings`: a get returns exactly the maximal ones of the puts that its context covers: each sibling is covered,
none was replaced by a put that is covered too, and nothing that is covered and was not replaced is missing. The last
part is `honest-contexts` (`contexts.py`), which says why deletes and unknown outcomes only excuse.

`true-clocks`: the recorded clocks agree with the order that the history itself shows. Nobody knows a put that has not
begun: a context that a client sends covers no put that began after that, and a context that it gets none that began
after it got it. A put has not seen itself. Of two puts named by one actor, the one that ended before the other began
has the lower counter.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from checkers import contexts
from checkers.facts import Fact, Invoked, Overwrote
from checkers.verdict import Invalid, Valid, Verdict, refute
from checkers.wording import describe, dot_name, plural
from histories.operation import Dot, Operation, Vector
from histories.run import RecordedRun
from model.causality import covers

SIBLINGS, CLOCKS = "maximal-siblings", "true-clocks"


@dataclass(frozen=True, slots=True)
class Returned:
    """A get returned a sibling that it should not have returned, or not so."""

    get: Operation
    dot: Dot
    how: str

    def sentence(self) -> str:
        return f"{describe(self.get)} returned {dot_name(self.dot)} {self.how}"


@dataclass(frozen=True, slots=True)
class Impossible:
    """A clock says what cannot be."""

    op: Operation
    what: str

    def sentence(self) -> str:
        return f"{describe(self.op)} {self.what}"


def maximal_siblings(run: RecordedRun) -> Verdict:
    """Whether every ok get returned exactly the maximal puts that its context covers."""
    puts: Puts = {(op.key, op.named): op for op in run.operations if op.kind == "put" and op.named is not None}
    gets = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        gets += 1
        wrong = _not_maximal(get, puts)
        if wrong is not None:
            return wrong
    hidden = contexts.check(run)
    if isinstance(hidden, Invalid):
        return Invalid(replace(hidden.counterexample, claim=SIBLINGS))
    return Valid(f"{plural(gets, 'get')}: each returned the maximal puts that its context covers")


Puts = dict[tuple[str, Dot | None], Operation]


def _not_maximal(get: Operation, puts: Puts) -> Invalid | None:
    for dot in get.dots:
        if not covers(get.seen, dot):
            return refute(SIBLINGS, [Returned(get, dot, "and its context does not cover it")], [get])
        for other in get.dots:
            by = puts.get((get.key, other))
            if by is not None and other != dot and covers(by.context, dot):
                facts: list[Fact] = [Returned(get, dot, f"beside {dot_name(other)}"), Overwrote(by, dot)]
                return refute(SIBLINGS, facts, [get, by])
    return None


def true_clocks(run: RecordedRun) -> Verdict:
    """Whether no recorded clock contradicts the order of the history."""
    named: dict[tuple[str, str], list[tuple[int, Operation]]] = defaultdict(list)
    for op in run.operations:
        if op.kind == "put" and op.named is not None:
            named[op.key, op.named[0]].append((op.named[1], op))
    latest = {}
    for place, puts in named.items():
        puts.sort(key=lambda entry: (entry[0], entry[1].index))
        counters, starting = [counter for counter, _ in puts], []
        last: Operation | None = None
        for _, op in puts:
            if last is None or op.start_us > last.start_us:
                last = op
            elif op.end_us is not None and op.dot is not None and op.end_us < last.start_us:
                what = f"was named {dot_name(op.dot)}, later than a put that began after it had ended"
                return refute(CLOCKS, [Impossible(op, what), Invoked(last)], [op, last])
            starting.append(last)
        latest[place] = counters, starting
    for op in run.operations:
        wrong = _foresight(op, latest)
        if wrong is not None:
            return wrong
    return Valid(f"the clocks of {plural(len(run.operations), 'operation')} agree with their order")


Latest = dict[tuple[str, str], tuple[list[int], list[Operation]]]


def _foresight(op: Operation, latest: Latest) -> Invalid | None:
    if op.kind == "put" and op.named is not None and covers(op.context, op.named):
        return refute(CLOCKS, [Impossible(op, f"says that it has seen {dot_name(op.named)}, which is itself")], [op])
    moments: Iterable[tuple[Vector, int | None, str]] = (
        (op.context, op.start_us, "sent"),
        (op.seen, op.end_us, "got"),
    )
    for context, when, verb in moments:
        for actor, counter in sorted(context.items()):
            counters, starting = latest.get((op.key, actor), ([], []))
            place = bisect_right(counters, counter)
            if when is None or not place or starting[place - 1].start_us <= when:
                continue
            put = starting[place - 1]
            assert put.named is not None, "only named puts are entered"
            told = Impossible(op, f"{verb} a context that covers {dot_name(put.named)} before that put began")
            return refute(CLOCKS, [told, Invoked(put)], [op, put])
    return None
