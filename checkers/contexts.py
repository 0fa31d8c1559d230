"""`honest-contexts`: whatever the context of a get covers was shown by that get, or was replaced by something that the
context covers too.

A client that puts with the context of a get replaces all that the context covers (Dynamo, section 4.4). So a get that
hides a sibling and still covers it makes the client erase what it never saw, and no other claim looks at that.

Every ok get with context C is judged. Each acknowledged put whose dot C covers must be among the dots that the get
returned, or be covered by the context of a put that may have taken effect and whose dot C covers too, or of a delete
that may have taken effect and began before the get ended.

Why this is sound for dotted version vectors. Call a state *whole* if each dot that its context covers, and that
any record ever held, is a version of the state, or is covered by the context of an operation that the state knows: a
put whose dot, or a delete whose context, the state covers. The empty state is whole. An update and a delete keep it
so, because what they drop or add to the context is covered by their own contexts or is their own dot. A merge keeps it
so: where one side covers a dot and lacks the version, that side knows why, and the merge knows what either side knew.
So every replica is whole, and what R of them say together is.

A context is downward closed per actor, and that hides nothing: an actor's counter grows with the durable record of its
node, so whoever has a dot of it has merged a record that had seen all earlier ones. The exception are dots that a crash
took before anybody else saw them. They are covered later and were never in a record that outlived them, but they cannot
have been acknowledged, and only acknowledged puts are asked for. A record whose tombstone was reaped starts again with
an empty context, which covers nothing and owes nothing.

An operation of unknown outcome can only excuse, never accuse. A put that a whole trace does not name was never made and
excuses nothing; without a whole trace, a put whose dot nobody told excuses as a delete does, from its start on.

When a put was acknowledged does not matter: once its dot is given and covered, its version is there or was replaced,
and the get that learns of it may well end before its own client hears. So a put that is acknowledged only after the get
has ended must be shown too.

The reply to a put carries siblings and a context as well, but histories record only its context, so puts are not
judged here.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from checkers.facts import Acknowledged, Hid
from checkers.growth import Growth
from checkers.verdict import Valid, Verdict, refute
from checkers.wording import plural
from histories.operation import Operation, Vector
from histories.run import RecordedRun
from model.causality import join

CLAIM = "honest-contexts"


def check(run: RecordedRun) -> Verdict:
    """Judge `honest-contexts`. Invalid names the first get, by its start, that hid a put, and the first put it hid."""
    writes = _writes(run)
    gets = shown = 0
    for get in run.operations:
        if get.kind != "get" or get.outcome != "ok":
            continue
        gets += 1
        shown += len(get.dots)
        put = writes[get.key].hidden_by(get) if get.key in writes else None
        if put is not None:
            assert put.dot is not None, "only acknowledged puts are asked for"
            return refute(CLAIM, [Acknowledged(put), Hid(get, put.dot)], [put, get])
    return Valid(f"{plural(gets, 'get')} with {plural(shown, 'sibling')}: none covers what it neither showed nor knew")


def _writes(run: RecordedRun) -> "dict[str, _Writes]":
    """What may have happened to each key."""
    by_key: dict[str, list[Operation]] = defaultdict(list)
    for op in run.operations:
        if op.kind == "get" or op.outcome == "fail":
            continue
        if op.kind == "put" and op.named is None and run.mintings_known:
            continue  # never made
        by_key[op.key].append(op)
    return {key: _Writes(writes) for key, writes in by_key.items()}


class _Writes:
    """The writes of one key that may have taken effect, so indexed that a get costs the size of its context times a
    logarithm, and at most that size squared."""

    def __init__(self, writes: list[Operation]) -> None:
        self._acknowledged: dict[str, list[Operation]] = defaultdict(list)
        """Per actor, by counter."""
        self._counters: dict[str, list[int]] = {}
        """Parallel to `_acknowledged`."""
        self._puts: dict[str, Growth] = defaultdict(Growth)
        """Per actor, by counter: what its puts up to there had seen."""
        self._others = Growth()
        """In time: what the deletes, and the puts whose dots nobody knows, had seen that had begun by then."""
        named = [(op.named, op.index, op) for op in writes if op.named is not None]
        for dot, _, op in sorted(named, key=lambda entry: entry[:2]):
            self._puts[dot[0]].add(dot[1], op.context)
            if op.dot is not None:
                self._acknowledged[dot[0]].append(op)
        for actor, puts in self._acknowledged.items():
            self._counters[actor] = [op.dot[1] for op in puts if op.dot is not None]
        for op in writes:  # in the order of their starts
            if op.named is None:
                self._others.add(op.start_us, op.context)

    def hidden_by(self, get: Operation) -> Operation | None:
        """The put invoked first of those that `get` covers and hides, if there are any."""
        missing = self._latest_not_shown(get)
        if not missing:
            return None
        for context in self._excuses(get):
            missing = {actor: counter for actor, counter in missing.items() if context.get(actor, 0) < counter}
            if not missing:
                return None
        return self._first_hidden(get, missing)

    def _latest_not_shown(self, get: Operation) -> dict[str, int]:
        """Per actor the last acknowledged counter that the get covers and does not show. Whoever has seen that one has
        seen all before it, so no other needs an excuse of its own."""
        shown = frozenset(get.dots)
        missing: dict[str, int] = {}
        for actor, seen in get.seen.items():
            counters = self._counters.get(actor)
            if counters is None:
                continue
            at = bisect_right(counters, seen) - 1
            while at >= 0 and (actor, counters[at]) in shown:
                at -= 1
            if at >= 0:
                missing[actor] = counters[at]
        return missing

    def _excuses(self, get: Operation) -> Iterator[Vector]:
        """What the operations had seen that may have replaced something within the context of `get`; first what is
        likely to explain most, the puts that the get shows."""
        for actor in dict.fromkeys([*(actor for actor, _ in get.dots), *get.seen]):
            growth = self._puts.get(actor)
            if growth is not None:
                yield growth.until(get.seen.get(actor, 0))
        yield self._others.until(get.end_us or 0)

    def _first_hidden(self, get: Operation, missing: dict[str, int]) -> Operation:
        """Looked for only once something is known to be hidden."""
        excused = join(self._excuses(get))
        shown = frozenset(get.dots)
        hidden = [
            op
            for actor, last in missing.items()
            for op in self._acknowledged[actor]
            if op.dot is not None and excused.get(actor, 0) < op.dot[1] <= last and op.dot not in shown
        ]
        return min(hidden, key=lambda op: op.index)
