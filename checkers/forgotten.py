"""What deletes may have made the store forget: the one excuse of a get that knows less than it must.

A store that reaps tombstones forgets a key's context once everything in it was deleted. So a dot is excused if a delete
that may have taken effect had seen it, or had seen a put (or one that it led to) that had replaced it, and began before
the get ended.
"""

from bisect import bisect_right
from collections import defaultdict

from histories.operation import Operation, Vector
from histories.run import RecordedRun


class Forgotten:
    """What may be forgotten of each key of one run."""

    def __init__(self, run: RecordedRun) -> None:
        keys = {op.key for op in run.operations if op.kind == "delete" and op.outcome != "fail"}
        self._writes: dict[str, list[Operation]] = {}
        """The writes that may have taken effect of every key that somebody deleted."""
        for op in run.operations if keys else ():
            if op.key in keys and op.kind != "get" and op.outcome != "fail":
                self._writes.setdefault(op.key, []).append(op)
        self._keys: dict[str, _Key] = {}

    def covers(self, key: str, actor: str, counter: int, by_us: int) -> bool:
        """Whether this may have been forgotten by a delete that began at `by_us` or before."""
        if key not in self._writes:
            return False
        known = self._keys.get(key)
        if known is None:
            known = self._keys[key] = _Key(self._writes[key])
        return known.covers(actor, counter, by_us)


class _Key:
    """One key's forgotten context, as it grew in time.

    A delete's context may be forgotten, and with every put that it had seen that put's context. Per actor two parallel
    lists: when the highest forgotten counter grew, and to what.
    """

    def __init__(self, writes: list[Operation]) -> None:
        self._when: dict[str, list[int]] = defaultdict(list)
        self._counter: dict[str, list[int]] = defaultdict(list)
        self._puts: dict[str, list[tuple[int, int, Operation]]] = defaultdict(list)
        for op in writes:
            dot = op.named
            if op.kind == "put" and dot is not None:
                self._puts[dot[0]].append((dot[1], op.index, op))
        for ranked in self._puts.values():
            ranked.sort(reverse=True)
        for op in writes:
            if op.kind == "delete":
                self._grow(op.context, op.start_us)

    def _grow(self, context: Vector, now_us: int) -> None:
        left = [context]
        while left:
            for actor, counter in left.pop().items():
                if self._counter[actor] and self._counter[actor][-1] >= counter:
                    continue
                self._when[actor].append(now_us)
                self._counter[actor].append(counter)
                waiting = self._puts[actor]
                while waiting and waiting[-1][0] <= counter:
                    left.append(waiting.pop()[2].context)

    def covers(self, actor: str, counter: int, by_us: int) -> bool:
        at = bisect_right(self._when.get(actor, []), by_us)
        return at > 0 and self._counter[actor][at - 1] >= counter
