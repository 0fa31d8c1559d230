"""`maximal-siblings`: a get returns exactly the maximal ones of the puts that its context covers.

Let C be the context of a get. *Visible* are the puts that took effect and whose names C covers: every acknowledged one,
and some of those of unknown outcome. A visible put is *maximal* if no other visible put had seen it, and no delete that
the get knew of. The get must return the maximal visible puts, all of them and nothing else, for some choice of what is
not known: which of the other puts took effect, and of which deletes the get knew (of those that began before it ended;
so it is with puts whose names nobody told).

No choice must be tried. What would remove something that is shown was not there. Of the rest the most that explains
itself is taken: a put of unknown outcome that is not shown must itself have been replaced. Whatever explains a hidden
put with fewer of them does so with these. `benchmarks.own_histories` has the definition word for word, for comparison.

This is more than `honest-contexts` (`contexts.py`) asks: there any put of unknown outcome excuses what it had seen, and
here only one that is shown, or was replaced in its turn. And there nobody looks at what is shown.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from checkers.facts import Acknowledged, Fact, Hid, Overwrote
from checkers.growth import Behind, Growth, acknowledged_puts, others_seen_by
from checkers.verdict import Invalid, Valid, Verdict, refute
from checkers.wording import describe, dot_name, plural
from histories.operation import Dot, Operation, Vector
from histories.run import RecordedRun
from model.causality import covers, grow

CLAIM = "maximal-siblings"


@dataclass(frozen=True, slots=True)
class Returned:
    """A get returned a sibling that it should not have returned, or not so."""

    get: Operation
    dot: Dot
    how: str

    def sentence(self) -> str:
        return f"{describe(self.get)} returned {dot_name(self.dot)} {self.how}"


def check(run: RecordedRun) -> Verdict:
    """Whether every ok get returned exactly the maximal puts that its context covers. Invalid names the first get that
    did not, by its start."""
    keys = {key: _Key(puts) for key, puts in acknowledged_puts(run.operations).items()}
    for op in run.operations:
        if op.kind != "get" and op.outcome != "fail" and op.dot is None:
            keys.setdefault(op.key, _Key(())).maybe(op, run.mintings_known)
    gets = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        gets += 1
        wrong = keys.setdefault(get.key, _Key(())).judged(get)
        if wrong is not None:
            return wrong
    return Valid(f"{plural(gets, 'get')}: each returned the maximal puts that its context covers")


class _Key:
    """The writes of one key that may have taken effect."""

    def __init__(self, puts: Iterable[Operation]) -> None:
        self._puts = list(puts)
        self._behind = Behind(self._puts)
        self._counters: dict[str, list[int]] = defaultdict(list)
        """Per actor those of the acknowledged puts, ascending."""
        for op in sorted(self._puts, key=lambda one: one.dot or ("", 0)):
            assert op.dot is not None, "acknowledged puts have names"
            self._counters[op.dot[0]].append(op.dot[1])
        self._unsure: dict[Dot, Operation] = {}
        """Puts of unknown outcome whose names are known."""
        self._others: list[Operation] = []
        """Deletes, and puts whose names nobody told, in the order of their starts."""
        self._grown = Growth()

    def maybe(self, op: Operation, mintings_known: bool) -> None:
        """One more write that is no acknowledged put; they come in the order of their starts."""
        if op.named is not None:
            self._unsure[op.named] = op
        elif op.kind == "delete" or not mintings_known:  # else it was never made
            self._others.append(op)
            self._grown.add(op.start_us, op.context)

    def judged(self, get: Operation) -> Invalid | None:
        """What is wrong with the siblings that a get returned."""
        for dot in get.dots:
            if not covers(get.seen, dot):
                return refute(CLAIM, [Returned(get, dot, "and its context does not cover it")], [get])
        wrong = self._replaced(get)
        return self._hidden(get) if wrong is None else wrong

    def _replaced(self, get: Operation) -> Invalid | None:
        """A sibling that a visible put had seen."""
        replaced = self._behind.of(get.seen)
        for dot in get.dots:
            if covers(replaced, dot):
                by = next(op for op in self._puts if op.dot and covers(get.seen, op.dot) and _replaced(op, dot))
                return _beside(get, dot, by)
            for other in get.dots:
                maybe = self._unsure.get(other)  # it took effect, for it is shown
                if maybe is not None and _replaced(maybe, dot):
                    return _beside(get, dot, maybe)
        return None

    def _hidden(self, get: Operation) -> Invalid | None:
        """A visible put that nothing visible had seen, and that is not shown."""
        shown = frozenset(get.dots)
        latest = self._latest_not_shown(get.seen, shown)
        if not latest:
            return None
        excused = self._behind.of(get.seen)
        others = self._grown.until(get.end_us or get.start_us)
        if not any(covers(others, dot) for dot in shown):
            grow(excused, others)
            if all(excused.get(actor, 0) >= counter for actor, counter in latest.items()):
                return None
        really = self._excused(get, shown)
        hidden = [
            op
            for op in self._puts
            if op.dot is not None and op.dot not in shown and covers(get.seen, op.dot) and not covers(really, op.dot)
        ]
        if not hidden:
            return None
        put = min(hidden, key=lambda op: op.index)
        assert put.dot is not None, "acknowledged puts have names"
        return refute(CLAIM, [Acknowledged(put), Hid(get, put.dot)], [put, get])

    def _latest_not_shown(self, seen: Vector, shown: frozenset[Dot]) -> dict[str, int]:
        """Per actor the last acknowledged counter that is covered and not shown: what excuses it excuses the earlier
        ones."""
        found: dict[str, int] = {}
        for actor, counter in seen.items():
            counters = self._counters.get(actor, [])
            at = bisect_right(counters, counter) - 1
            while at >= 0 and (actor, counters[at]) in shown:
                at -= 1
            if at >= 0:
                found[actor] = counters[at]
        return found

    def _excused(self, get: Operation, shown: frozenset[Dot]) -> dict[str, int]:
        """What visible puts, and deletes that the get may have known of, had seen."""
        sure = self._behind.of(get.seen)
        until = get.end_us or get.start_us
        for op in self._others:
            if op.start_us <= until and not any(covers(op.context, dot) for dot in shown):
                grow(sure, op.context)
        left = {
            dot: others_seen_by(op)
            for dot, op in sorted(self._unsure.items())
            if covers(get.seen, dot) and not any(_replaced(op, one) for one in shown)
        }
        while True:
            kept = {
                dot: context
                for dot, context in left.items()
                if dot in shown or covers(_joined(sure, (left[one] for one in left if one != dot)), dot)
            }
            if len(kept) == len(left):
                return _joined(sure, left.values())
            left = kept


def _replaced(by: Operation, dot: Dot) -> bool:
    return covers(others_seen_by(by), dot)


def _joined(first: Vector, rest: Iterable[Vector]) -> dict[str, int]:
    found = dict(first)
    for context in rest:
        grow(found, context)
    return found


def _beside(get: Operation, dot: Dot, by: Operation) -> Invalid:
    assert by.named is not None, "only a put with a name is visible"
    how = f"beside {dot_name(by.named)}" if by.named in get.dots else f"and its context covers {dot_name(by.named)}"
    facts: list[Fact] = [Returned(get, dot, how), Overwrote(by, dot)]
    return refute(CLAIM, facts, [get, by])
