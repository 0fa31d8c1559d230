"""`true-clocks`: the recorded vector clocks agree with the order that the history itself shows.

The clock of a put is the context that it was sent with, and its name; that of an answer the context that came back. A
clock must not claim too much, and where it claims something it must claim what that rests on.

*The future.* Nobody knows a put that has not begun: a context that a client sends covers no put that began after that,
a context that it gets none that began after it got it. A put has not seen itself. Of two puts named by one actor, the
one that ended before the other began has the lower counter.

*The past.* An operation that covers an acknowledged put comes after it, and so after all that the put had seen: its
clock covers that too (causal order is transitive; Mattern 1989, Fidge 1988). The answer to a put covers all that the
put was sent with, and its name. The one excuse is what a delete may have made the store forget before (`forgotten.py`).

*No circle.* Of two puts, not each has seen the other; that follows from the first rule but for puts that began at the
same microsecond.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checkers.facts import Fact, Invoked
from checkers.forgotten import Forgotten
from checkers.growth import Behind, acknowledged_puts
from checkers.verdict import Invalid, Valid, Verdict, refute
from checkers.wording import describe, dot_name, plural, vector_text
from histories.operation import Dot, Operation, Vector
from histories.run import RecordedRun
from model.causality import covers

CLAIM = "true-clocks"


@dataclass(frozen=True, slots=True)
class Impossible:
    """A clock says what cannot be."""

    op: Operation
    what: str

    def sentence(self) -> str:
        return f"{describe(self.op)} {self.what}"


@dataclass(frozen=True, slots=True)
class Lacks:
    """A clock covers a put, and not what that put had seen."""

    op: Operation
    verb: str
    clock: Vector
    put: Operation
    dot: Dot

    def sentence(self) -> str:
        assert self.put.dot is not None, "only acknowledged puts oblige"
        return (
            f"{describe(self.op)} {self.verb} the context {vector_text(self.clock)}, which covers "
            f"{dot_name(self.put.dot)}, but not {dot_name(self.dot)}"
        )


@dataclass(frozen=True, slots=True)
class HadSeen:
    """The context that a put was sent with."""

    put: Operation

    def sentence(self) -> str:
        assert self.put.dot is not None, "only acknowledged puts oblige"
        return f"{dot_name(self.put.dot)} is {describe(self.put)}, which had seen {vector_text(self.put.context)}"


def check(run: RecordedRun) -> Verdict:
    """Whether no recorded clock contradicts the order of the history. Invalid names the first operation whose clock
    does, and the put that shows it."""
    named, wrong = _named(run)
    if wrong is not None:
        return wrong
    puts = acknowledged_puts(run.operations)
    behind = {key: Behind(of_key) for key, of_key in puts.items()}
    forgotten = Forgotten(run)
    circles = _Circles()
    for op in run.operations:
        found = [_foresight(op, named), circles.closed_by(op), _answered(op)]
        if op.key in behind:
            found.append(_incomplete(op, behind[op.key], puts[op.key], forgotten))
        wrong = next((one for one in found if one is not None), None)
        if wrong is not None:
            return wrong
    return Valid(f"the clocks of {plural(len(run.operations), 'operation')} agree with their order")


# The future

Named = dict[tuple[str, str], tuple[list[int], list[Operation]]]
"""By key and actor: the counters, and of the puts up to each the one that began last."""


def _named(run: RecordedRun) -> tuple[Named, Invalid | None]:
    by_actor: dict[tuple[str, str], list[tuple[int, Operation]]] = defaultdict(list)
    for op in run.operations:
        if op.kind == "put" and op.named is not None:
            by_actor[op.key, op.named[0]].append((op.named[1], op))
    found: Named = {}
    for place, puts in by_actor.items():
        puts.sort(key=lambda entry: (entry[0], entry[1].index))
        starting: list[Operation] = []
        last: Operation | None = None
        for _, op in puts:
            if last is None or op.start_us > last.start_us:
                last = op
            elif op.end_us is not None and op.dot is not None and op.end_us < last.start_us:
                what = f"was named {dot_name(op.dot)}, later than a put that began after it had ended"
                return found, refute(CLAIM, [Impossible(op, what), Invoked(last)], [op, last])
            starting.append(last)
        found[place] = [counter for counter, _ in puts], starting
    return found, None


def _foresight(op: Operation, named: Named) -> Invalid | None:
    if op.kind == "put" and op.named is not None and covers(op.context, op.named):
        return refute(CLAIM, [Impossible(op, f"says that it has seen {dot_name(op.named)}, which is itself")], [op])
    for context, when, verb in _clocks(op):
        for actor, counter in sorted(context.items()):
            counters, starting = named.get((op.key, actor), ([], []))
            place = bisect_right(counters, counter)
            if not place or starting[place - 1].start_us <= when:
                continue
            put = starting[place - 1]
            assert put.named is not None, "only named puts are entered"
            told = Impossible(op, f"{verb} a context that covers {dot_name(put.named)} before that put began")
            return refute(CLAIM, [told, Invoked(put)], [op, put])
    return None


def _clocks(op: Operation) -> Iterator[tuple[Vector, int, str]]:
    """The clocks of an operation, and when somebody had them."""
    yield op.context, op.start_us, "sent"
    if op.outcome == "ok":
        yield op.seen, op.end_us or op.start_us, "got"


class _Circles:
    """Puts that have seen each other. All that one of them covers began before it or together with it."""

    def __init__(self) -> None:
        self._now: list[Operation] = []

    def closed_by(self, op: Operation) -> Invalid | None:
        """The put that `op` has seen and that has seen `op`; both began at the same time."""
        if op.kind != "put" or op.named is None:
            return None
        if self._now and self._now[0].start_us != op.start_us:
            self._now.clear()
        for other in self._now:
            assert other.named is not None, "only named puts are entered"
            if other.key == op.key and covers(other.context, op.named) and covers(op.context, other.named):
                told: list[Fact] = [Impossible(op, f"has seen {dot_name(other.named)}"), Invoked(other)]
                told.append(Impossible(other, f"has seen {dot_name(op.named)}"))
                return refute(CLAIM, told, [op, other])
        self._now.append(op)
        return None


# The past


def _answered(op: Operation) -> Invalid | None:
    if op.kind != "put" or op.dot is None:
        return None
    lost: Iterable[Dot] = [op.dot, *sorted(op.context.items())]
    for dot in lost:
        if not covers(op.seen, dot):
            what = f"got the context {vector_text(op.seen)}, which lacks {dot_name(dot)}, "
            what += "its own name" if dot == op.dot else "which it had sent"
            return refute(CLAIM, [Impossible(op, what)], [op])
    return None


def _incomplete(op: Operation, behind: Behind, puts: list[Operation], forgotten: Forgotten) -> Invalid | None:
    for clock, when, verb in _clocks(op):
        for actor, counter in sorted(behind.of(clock).items()):
            if counter <= clock.get(actor, 0) or forgotten.covers(op.key, actor, counter, when):
                continue
            dot = (actor, counter)
            put = next(one for one in puts if one.dot and covers(clock, one.dot) and covers(one.context, dot))
            return refute(CLAIM, [HadSeen(put), Lacks(op, verb, clock, put, dot)], [put, op])
    return None
