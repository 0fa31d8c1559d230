"""The reference model of a whole store: fed with what happens in order, it objects to what may not be.

    reference = Reference(terms_of(header.config), names_known=True)
    reference.invoke(0, 1, "put", "cart", "milk", {}, ("n1.0:5", 1))
    reference.acknowledge(0, ("n1.0:5", 1), {"n1.0:5": 1})
    reference.refusals  # empty

Each event costs about the size of a context; what is remembered are the open operations, those of unknown outcome, and
the versions that a get may still show.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from model.causality import Dot, Vector, covers, grow, join
from model.store.key import Key
from model.store.reading import Start, View, answered, judge, view, whole
from model.store.terms import Terms
from model.store.write import FAIL, INFO, OK, OPEN, Refusal, Write, refusal


class _Get(NamedTuple):
    key: str
    process: int
    start: Start


class _Put(NamedTuple):
    """A write that is open."""

    key: str
    write: Write


class Reference:
    """What may be observed of a store that keeps `terms`. With `names_known`, a put whose name is not told at its
    invocation is never made."""

    def __init__(self, terms: Terms, *, names_known: bool = False) -> None:
        self.terms = terms
        self.names_known = names_known
        self.refusals: list[Refusal] = []
        self.keys: dict[str, Key] = defaultdict(Key)
        self._open: dict[int, _Get | _Put] = {}
        self._names: dict[Dot, tuple[str, Write]] = {}
        """Who is called what, as long as it is remembered."""
        self._read: dict[int, dict[str, Vector]] = defaultdict(dict)
        """What each client has read, where that binds later reads."""
        self.answered = 0
        """Completed operations."""

    # What happens

    def invoke(
        self,
        number: int,
        process: int,
        kind: str,
        key: str,
        value: str | None,
        context: Vector,
        name: Dot | None = None,
    ) -> None:
        """Operation `number` begins; `name` is what the store calls the put, where that is already known."""
        place = self.keys[key]
        if kind == "get":
            read = self._read[process].get(key) if self.terms.monotonic else None
            start = Start(place.acknowledged, place.replaced, place.deleted, place.open_get(), read)
            self._open[number] = _Get(key, process, start)
            return
        write = Write(number, value, context)
        place.begin(write)
        self._open[number] = _Put(key, write)
        if kind == "put":
            if name is not None:
                self.name(number, name)
            else:
                write.known_before = dict(place.known)
                if self.names_known:
                    place.never_made(write)

    def name(self, number: int, dot: Dot) -> None:
        """The store called put `number`, which is open, `dot`."""
        opened = self._open[number]
        assert isinstance(opened, _Put), "gets have no names"
        key, write = opened
        if write.dot is not None:
            if write.dot != dot:
                self._refuse(refusal("unique-dots", f"it was named {_name(write.dot)} and {_name(dot)}", number))
            return
        place = self.keys[key]
        known = place.known if write.known_before is None else write.known_before
        if covers(known, dot):
            self._refuse(refusal("unique-dots", f"{_name(dot)} had been seen before it was given", number))
        other = self._names.get(dot)
        if other is not None:
            self._refuse(refusal("unique-dots", f"{_name(dot)} names two puts", number, other[1].number))
            return
        guessed = place.guessed.pop(dot, write.value)
        if guessed != write.value:
            self._refuse(refusal("no-invented-value", f"{_name(dot)} was shown with another value", number))
        self._names[dot] = key, write
        place.name(write, dot)

    def answer(self, number: int, shown: Mapping[Dot, str], context: Vector, repeated: bool = False) -> None:
        """Get `number` is answered; `repeated`: it returned one name twice."""
        self.answered += 1
        opened = self._open.pop(number)
        assert isinstance(opened, _Get), "only a get is answered with siblings"
        place, start = self.keys[opened.key], opened.start
        if repeated:
            self._refuse(refusal("no-false-sibling", "it returned one version twice", number))
        for dot, value in shown.items():
            self._refuse(self._genuine(opened.key, place, dot, value, number))
        told = answered(place, number, shown, context)
        self._refuse(judge(place, told, start, self.terms))
        grow(place.known, context)
        if self.terms.monotonic:
            read = self._read[opened.process]
            read[opened.key] = join((read.get(opened.key, {}), context))
        self._closed(place, start.round)

    def acknowledge(self, number: int, dot: Dot | None, context: Vector) -> None:
        """Write `number` is answered ok; a put is told its name."""
        opened = self._open[number]
        assert isinstance(opened, _Put), "a get is answered with siblings"
        if dot is not None:
            self.name(number, dot)
        self._end(number, OK)
        grow(self.keys[opened.key].known, context)

    def fail(self, number: int) -> None:
        """Operation `number` is answered: it has no effect, ever."""
        self._end(number, FAIL)

    def unknown(self, number: int) -> None:
        """Operation `number` is given up: it may take effect now, later or never."""
        self._end(number, INFO)

    def expect(self, key: str) -> View:
        """What a get of `key` that begins now must, may and must not show."""
        return view(self.keys[key], self.terms)

    # What follows from it

    def _end(self, number: int, outcome: str) -> None:
        self.answered += 1
        opened = self._open.pop(number)
        place = self.keys[opened.key]
        if isinstance(opened, _Get):
            self._closed(place, opened.start.round)
            if outcome == INFO:
                self._read.pop(opened.process, None)  # its client goes on as another one
            return
        write = opened.write
        if outcome == FAIL and write.shown_by is not None:
            self._refuse(refusal("no-invented-value", "it failed, and a get had shown it", number, write.shown_by))
        never_made = self.names_known and write.dot is None and write.value is not None
        if not never_made:
            place.end(write, outcome)
        self._reconsider(place, write)
        if self.terms.meets and outcome == OK:
            self._prune(place)

    def _reconsider(self, place: Key, write: Write) -> None:
        """Judge again what hung on the outcome of a write."""
        doubts, pardons = write.doubts, write.pardons
        write.doubts, write.pardons = [], []
        if write.outcome == INFO:
            return
        again = [whole(answer, self.terms) for answer in doubts]
        if write.outcome == FAIL:
            again += [p.otherwise for p in pardons if not place.forgets(p.ended, p.deletes, p.missed)]
        for found in again:
            if found is not None:
                self._refuse(found._replace(operations=tuple(sorted({*found.operations, write.number}))))

    def _closed(self, place: Key, round_: int) -> None:
        place.close_get(round_)
        if self.terms.meets:
            self._prune(place)

    def _prune(self, place: Key) -> None:
        for dot in place.prune():
            del self._names[dot]

    def _genuine(self, key: str, place: Key, dot: Dot, value: str, number: int) -> Refusal | None:
        """Why nobody can have put what was shown."""
        put = place.dots.get(dot)
        if put is not None:
            if put.value != value or put.outcome == FAIL:
                why = "has another value" if put.value != value else "is of a put that failed"
                return refusal("no-invented-value", f"{_name(dot)} {why}", number, put.number)
            if put.outcome == OPEN and put.shown_by is None:
                put.shown_by = number
            return None
        if covers(place.pruned, dot):
            return refusal("no-false-sibling", f"{_name(dot)} had been replaced before it began", number)
        other = self._names.get(dot)
        if other is not None:
            return refusal("unique-dots", f"{_name(dot)} is the name of something else", number, other[1].number)
        if place.guess(dot, value):
            return None
        return refusal("no-invented-value", f"nobody had put what it calls {_name(dot)}", number)

    def _refuse(self, found: Refusal | None) -> None:
        if found is not None:
            self.refusals.append(found)


def _name(dot: Dot | None) -> str:
    return "nothing" if dot is None else f"{dot[0]}/{dot[1]}"
