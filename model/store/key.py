"""One key of the reference model: the writes that took effect or may have, and what readers must be told of them.

A version that an acknowledged operation replaced can be shown only by a get that began before the acknowledgement,
where gets meet writes; so it is forgotten when the last such get has ended. Elsewhere a stale copy may show it for
ever, and it is remembered for ever.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator

from model.causality import Dot, Vector, covers, descends, grow, join
from model.store.write import FAIL, NOTHING, OK, OPEN, Write


class Key:
    """What is known of one key."""

    __slots__ = (
        "acknowledged", "behind", "counters", "deleted", "dots", "fence", "forgettable", "guessed", "known",
        "nameless", "pruned", "readers", "replaced", "round", "unnamed",
    )  # fmt: skip

    def __init__(self) -> None:
        self.dots: dict[Dot, Write] = {}
        """The puts whose names are known."""
        self.counters: dict[str, list[int]] = {}
        """Per actor the counters in `dots`, ascending."""
        self.unnamed: dict[int, Write] = {}
        """Deletes, and puts whose names are not known, by number; failed ones are taken out."""
        self.nameless = 0
        """How many puts in `unnamed` are open."""
        self.guessed: dict[Dot, str] = {}
        """Versions that only an unnamed put can explain."""
        self.known: dict[str, int] = {}
        """All contexts that were handed out or supplied."""
        self.acknowledged: Vector = NOTHING
        """The names of the acknowledged puts. Never changed in place: readers keep it."""
        self.deleted: Vector = NOTHING
        """What the acknowledged deletes had seen. Never changed in place."""
        self.replaced: Vector = NOTHING
        """What all acknowledged operations had seen. Never changed in place."""
        self.forgettable: dict[str, int] = {}
        """What the deletes had seen that took effect or may have, as far as they have ended."""
        self.pruned: dict[str, int] = {}
        """Writes up to here, replaced by acknowledged ones, are no longer remembered."""
        self.fence: Vector | None = None
        """What is forgotten when the readers of earlier rounds have ended."""
        self.behind: Vector = NOTHING
        """The last fence that was passed."""
        self.round = 0
        self.readers: dict[int, int] = {}
        """Open gets by the round in which they began."""

    # Writes

    def begin(self, write: Write) -> None:
        """A write was invoked."""
        self.unnamed[write.number] = write
        self.nameless += write.value is not None
        grow(self.known, write.context)

    def never_made(self, write: Write) -> None:
        """A put that is open will not be given a name."""
        del self.unnamed[write.number]
        self.nameless -= 1

    def name(self, write: Write, dot: Dot) -> None:
        """The name of a put is known."""
        self.nameless -= self.unnamed.pop(write.number, None) is not None
        write.dot = dot
        write.known_before = None
        self.dots[dot] = write
        insort(self.counters.setdefault(dot[0], []), dot[1])

    def end(self, write: Write, outcome: str) -> None:
        """A write was answered."""
        write.outcome = outcome
        if outcome == OK:
            self.replaced = join((self.replaced, write.context)) if write.context else self.replaced
            if write.value is None:
                self.deleted = join((self.deleted, write.context))
            elif write.dot is not None:
                self.acknowledged = join((self.acknowledged, dict((write.dot,))))
        if write.value is None and outcome != FAIL:
            grow(self.forgettable, write.context)
        if write.dot is None and write.number in self.unnamed:
            self.nameless -= write.value is not None
            if outcome == FAIL:
                del self.unnamed[write.number]

    def between(self, low: Vector, high: Vector) -> Iterator[Write]:
        """The named puts that `high` covers and `low` does not."""
        for actor, last in high.items():
            counters = self.counters.get(actor)
            if counters is None:
                continue
            first = low.get(actor, 0)
            if last <= first:
                continue
            for counter in counters[bisect_right(counters, first) : bisect_right(counters, last)]:
                yield self.dots[actor, counter]

    def undecided_within(self, context: Vector) -> Iterator[Write]:
        """Open deletes and nameless puts of which a reader with `context` may know."""
        return (
            w
            for w in self.unnamed.values()
            if (w.outcome == OPEN or w.value is not None) and descends(context, w.context)
        )

    def deletes_within(self, context: Vector) -> Iterator[Vector]:
        """What deletes had seen that have ended and may have taken effect, the last one first, as far as a reader with
        `context` may know of them."""
        for write in reversed(self.unnamed.values()):
            if write.value is None and write.outcome != OPEN and descends(context, write.context):
                yield write.context

    def remembered(self) -> Iterator[Write]:
        """All writes that may have taken effect and are not pruned."""
        for write in (*self.dots.values(), *self.unnamed.values()):
            if write.outcome != FAIL:
                yield write

    def may_be_forgotten(self, dots: Iterable[Dot]) -> bool:
        """Whether deletes may have made the store forget all of `dots`: they had seen each, or a put that had replaced
        it, or one that had replaced that."""
        return self.forgets(self.forgettable, self.open_deletes(), dots)

    def open_deletes(self) -> tuple[Write, ...]:
        """The deletes that are under way."""
        return tuple(w for w in self.unnamed.values() if w.value is None and w.outcome == OPEN)

    def forgets(self, ended: Vector, deletes: Iterable[Write], dots: Iterable[Dot]) -> bool:
        """As `may_be_forgotten`, where these deletes take effect, and what `ended` covers is forgotten anyway."""
        gone = join((ended, *(write.context for write in deletes if write.outcome != FAIL)))
        before: Vector = NOTHING
        while gone and not descends(before, gone):
            newly, before = tuple(self.between(before, gone)), dict(gone)
            for write in newly:
                if write.outcome != FAIL:
                    grow(gone, write.context)
        return all(covers(gone, dot) for dot in dots)

    def guess(self, dot: Dot, value: str) -> bool:
        """Take an unnamed put of this value to explain a version. False where all such puts explain others."""
        self.guessed.setdefault(dot, value)
        guesses = sum(other == value for other in self.guessed.values())  # order-free: a count
        return self.guessed[dot] == value and guesses <= sum(w.value == value for w in self.unnamed.values())

    # Readers, and what no reader can see any more

    def open_get(self) -> int:
        """A get begins; returns its round."""
        self.readers[self.round] = self.readers.get(self.round, 0) + 1
        return self.round

    def close_get(self, round_: int) -> None:
        """A get of that round has ended."""
        left = self.readers[round_] - 1
        if left:
            self.readers[round_] = left
        else:
            del self.readers[round_]

    def prune(self) -> list[Dot]:
        """Forget what no get can show any more, and say what. Only where gets meet writes."""
        if self.fence is None:
            if self.replaced is self.behind:
                return []
            self.fence = self.replaced
            self.round += 1
        if any(round_ != self.round for round_ in self.readers):  # order-free: any
            return []
        self.behind, self.fence = self.fence, None
        return self._forget(self.behind)

    def _forget(self, fence: Vector) -> list[Dot]:
        gone: list[Dot] = []
        for actor, last in fence.items():
            counters = self.counters.get(actor)
            if counters:
                gone += [(actor, counter) for counter in counters[: bisect_right(counters, last)]]
        for dot in gone:
            self._drop(dot)
        grow(self.pruned, fence)
        for write in tuple(self.unnamed.values()):
            if write.outcome != OPEN and write.value is None and descends(fence, write.context):
                del self.unnamed[write.number]
        return gone

    def _drop(self, dot: Dot) -> None:
        del self.dots[dot]
        self.counters[dot[0]].remove(dot[1])
