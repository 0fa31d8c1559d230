"""What a growing number of operations had seen, all together: the join of their contexts, at any point of an axis."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping

from histories.operation import NOTHING_SEEN, Operation, Vector
from model.causality import descends, grow, join


class Growth:
    """The join of contexts as it grows along one axis: the counters of an actor, or time.

    As long as each context has seen the one before, as most do, the joins are the contexts themselves and cost nothing.
    """

    def __init__(self) -> None:
        self._at: list[int] = []
        self._joined: list[Vector] = []

    def add(self, at: int, context: Vector) -> None:
        """One more context, not before the last one."""
        last = self._joined[-1] if self._joined else NOTHING_SEEN
        assert not self._at or at >= self._at[-1], "contexts are added in order"
        self._at.append(at)
        if descends(last, context):
            self._joined.append(last)
        elif descends(context, last):
            self._joined.append(context)
        else:
            self._joined.append(join((last, context)))

    def until(self, at: int) -> Vector:
        """The join of everything up to and including `at`."""
        place = bisect_right(self._at, at)
        return self._joined[place - 1] if place else NOTHING_SEEN


class Behind:
    """Of one key: what is behind a context, that is what the acknowledged puts that it covers had seen."""

    def __init__(self, puts: Iterable[Operation]) -> None:
        self._growth: dict[str, Growth] = defaultdict(Growth)
        for op in sorted(puts, key=lambda one: (one.dot or ("", 0), one.index)):
            assert op.dot is not None, "only acknowledged puts are behind a context for sure"
            self._growth[op.dot[0]].add(op.dot[1], others_seen_by(op))

    def of(self, context: Mapping[str, int]) -> dict[str, int]:
        """The join of the contexts of the acknowledged puts that `context` covers."""
        found: dict[str, int] = {}
        for actor, counter in context.items():
            growth = self._growth.get(actor)
            if growth is not None:
                grow(found, growth.until(counter))
        return found


def others_seen_by(put: Operation) -> Vector:
    """The context of a put, without the put itself: where it claims to have seen itself (`clocks.py` says so), it has
    replaced everything before it all the same."""
    dot = put.named
    if dot is None or put.context.get(dot[0], 0) < dot[1]:
        return put.context
    return {**put.context, dot[0]: dot[1] - 1}


def acknowledged_puts(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """By key, in the order of their starts."""
    by_key: dict[str, list[Operation]] = defaultdict(list)
    for op in operations:
        if op.kind == "put" and op.dot is not None:
            by_key[op.key].append(op)
    return dict(by_key)
