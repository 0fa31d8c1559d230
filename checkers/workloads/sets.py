"""A set: is every element that was added in the reads that follow? (After Jepsen's `set-full`, and with deletes.)

An element is *known* from when its add was acknowledged or a read that returned it ended, whichever was first; what the
set held at first is known before time. A read *lacks* it if it begins later and does not return it, and no delete may
have removed it (`checkers.workloads.presence`). An element that some read lacks is

* **stale** where a later read returned it again, or where a delete may have removed it before another read could tell;
* **lost** where it may not have been removed and no later read returned it; then it is **never read** too, where no
  read at all returned it.

**Duplicates** are elements that one read returned twice, **unexpected** ones were added by nobody before the read
ended, and **resurrected** ones were returned although a delete of them had ended after all their adds, before the read
began. Duplicates show only where reads return lists; of an EDN set every element is there once.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checkers.ladder.telling import observed
from checkers.verdict import Counterexample, Invalid, Unknown, Valid, Verdict
from checkers.wording import plural
from checkers.workloads.presence import Change, Presence, Reads, judged, lacking, removing
from histories.columns import ADD, DELETE, FAIL, NEVER, OK, READ, Columns, Mark, Siblings
from histories.interning import identity
from histories.values import Set

CLAIM = "set"
QUANTILES = (0.0, 0.5, 0.95, 0.99, 1.0)
"""Of latencies, those that Jepsen tells."""

TRIED = 100
"""Reads that lack one element of which the one is told that the fewest operations show."""

WRONG = {
    "lost": "lost",
    "duplicates": "returned twice",
    "unexpected": "returned before anybody had added it",
    "resurrected": "returned after it was deleted",
}
STALE = {"stale": "missing from a read after it was known"}


class Element(NamedTuple):
    """An element with which something is wrong."""

    value: Any
    rows: tuple[int, ...]
    """The fewest operations that show it."""
    lasted: int = 0
    """Stale: how long after it was known the last read that lacked it began. Lost: how long after it was known the last
    read that returned it began; 0 where none did. In the file's unit."""


class SetReport(NamedTuple):
    """What became of the elements of all keys."""

    adds: int
    """That may have taken effect."""
    acknowledged: int
    deletes: int
    reads: int
    lost: tuple[Element, ...]
    never_read: tuple[Element, ...]
    """Those of the lost ones that no read returned."""
    stale: tuple[Element, ...]
    duplicates: tuple[Element, ...]
    unexpected: tuple[Element, ...]
    resurrected: tuple[Element, ...]
    unseen: int
    """Elements that are known by their add only, after which no read began: nothing shows whether they are there."""
    visible_after: tuple[int, ...]
    """Of each element that is not lost: how long after it was known a read still lacked it; ascending."""
    lost_after: tuple[int, ...]
    """Of each lost one: how long after it was known it was last seen; ascending."""
    verdict: Verdict
    """Invalid where elements are lost, duplicates, unexpected or resurrected."""
    fresh: Verdict
    """The same, and invalid where elements are stale, too."""


class _Found:
    """What is entered while the keys are gone through."""

    def __init__(self) -> None:
        self.adds = self.acknowledged = self.deletes = self.reads = self.unseen = 0
        self.elements: dict[str, list[Element]] = defaultdict(list)
        self.visible: list[int] = []


def quantiles(latencies: tuple[int, ...]) -> dict[float, int]:
    """Jepsen's quantiles of latencies that ascend: the member at that share of their number; none of none."""
    last = len(latencies) - 1
    return {share: latencies[min(last, int(share * len(latencies)))] for share in QUANTILES} if latencies else {}


def judge(history: Columns, initial: Iterable[Any] = ()) -> SetReport:
    """Judge all keys, each of which holds `initial` at first. Raises ValueError where a read returned no collection."""
    found = _Found()
    first = {identity(value): value for value in initial}
    for _, rows in history.of_keys():
        _Key(history, rows, first).enter(found)
    verdict = _verdict(history, found, WRONG)
    of = {kind: tuple(elements) for kind, elements in found.elements.items()}
    return SetReport(
        adds=found.adds,
        acknowledged=found.acknowledged,
        deletes=found.deletes,
        reads=found.reads,
        lost=of.get("lost", ()),
        never_read=of.get("never_read", ()),
        stale=of.get("stale", ()),
        duplicates=of.get("duplicates", ()),
        unexpected=of.get("unexpected", ()),
        resurrected=of.get("resurrected", ()),
        unseen=found.unseen,
        visible_after=tuple(sorted(found.visible)),
        lost_after=tuple(sorted(element.lasted for element in of.get("lost", ()))),
        verdict=verdict,
        fresh=_verdict(history, found, STALE) if isinstance(verdict, Valid) else verdict,
    )


def _verdict(history: Columns, found: _Found, wrong: Mapping[str, str]) -> Verdict:
    fewest = {kind: min(found.elements[kind], key=_length) for kind in wrong if found.elements[kind]}
    if fewest:
        kind = min(fewest, key=lambda kind: _length(fewest[kind]))
        return _refuted(history, wrong[kind], fewest[kind], len(found.elements[kind]))
    if found.acknowledged and not found.reads:
        return Unknown(f"{plural(found.acknowledged, 'acknowledged add')} and no read: read the set to its end")
    return Valid(_witness(found))


def _witness(found: _Found) -> str:
    told = f"{plural(found.adds, 'add')}, {plural(found.reads, 'read')}"
    told += f", {plural(found.deletes, 'delete')}" if found.deletes else ""
    stale = found.elements["stale"]
    if stale:
        worst = max(element.lasted for element in stale)
        told += f"; {plural(len(stale), 'element')} stale, for {worst:,} at most"
    return told + (f"; after {plural(found.unseen, 'add')} no read began" if found.unseen else "")


def _length(element: Element) -> int:
    return len(element.rows)


def _refuted(history: Columns, what: str, element: Element, count: int) -> Invalid:
    value, rows, _ = element
    facts = tuple(observed(history, row) for row in rows)
    sentence = f"Element {value!r} was {what}" + (f" (and {count - 1:,} more)" if count > 1 else "")
    return Invalid(Counterexample(CLAIM, f"{sentence}: {'; '.join(fact.sentence() for fact in facts)}.", rows, facts))


class _Key:
    """The operations on one set."""

    def __init__(self, history: Columns, rows: NDArray[np.int64], initial: dict[Hashable, Any]) -> None:
        self.history, self.initial = history, initial
        self.start, self.end = history.precedence()
        f, status = history.f[rows], history.status[rows]
        self.adds, self.deletes = (
            self._changes(rows[(f == kind) & (status != FAIL)].tolist()) for kind in (ADD, DELETE)
        )
        reads = rows[(f == READ) & (status == OK) & (history.result[rows] != Mark.UNKNOWN.value)]
        reads = reads[np.argsort(self.start[reads], kind="stable")]
        self.reads = Reads(reads, self.start[reads], self.end[reads])
        self.values: dict[Hashable, Any] = dict(initial)
        """Every element that somebody added or returned."""
        self.readers: dict[Hashable, list[int]] = defaultdict(list)
        """Places of the reads that returned it."""

    def _changes(self, rows: list[int]) -> dict[Hashable, list[Change]]:
        found: dict[Hashable, list[Change]] = defaultdict(list)
        for row in rows:
            name = identity(self.history.value_of(int(self.history.value[row])))
            sure = self.history.status[row] == OK
            found[name].append(Change(row, int(self.start[row]), int(self.end[row]) if sure else NEVER))
        return found

    def enter(self, found: _Found) -> None:
        """Judge every element, in the order in which they first appear."""
        changes = [change for name in self.adds for change in self.adds[name]]
        found.adds += len(changes)
        found.acknowledged += sum(change.end != NEVER for change in changes)
        found.deletes += sum(len(changes) for changes in self.deletes.values())
        found.reads += len(self.reads.row)
        for name, added in self.adds.items():
            self.values[name] = self.history.value_of(int(self.history.value[added[0].row]))
        self._take_in(found)
        for name in self.values:
            self._element(name, found)

    def _take_in(self, found: _Found) -> None:
        """What each read returned. Equal results are spelled out once."""
        known: dict[int, dict[Hashable, Any]] = {}
        twice: dict[Hashable, None] = {}
        for at, row in enumerate(self.reads.row.tolist()):
            code = int(self.history.result[row])
            if code not in known:
                elements = _elements(self.history, row, code)
                known[code] = {identity(one): one for one in elements}
                if len(known[code]) < len(elements):
                    times = Counter(identity(one) for one in elements)
                    for name in (name for name, count in times.items() if count > 1 and name not in twice):
                        twice[name] = None
                        found.elements["duplicates"].append(Element(known[code][name], (row,)))
                for name, one in known[code].items():
                    self.values.setdefault(name, one)
            for name in known[code]:
                self.readers[name].append(at)

    def _element(self, name: Hashable, found: _Found) -> None:
        has = np.zeros(len(self.reads.row), dtype=np.bool_)
        has[self.readers.get(name, [])] = True
        adds, deletes = self.adds.get(name, []), self.deletes.get(name, [])
        seen = judged(adds, deletes, name in self.initial, self.reads, has)
        value = self.values[name]
        if len(seen.unwritten):
            found.elements["unexpected"].append(Element(value, (int(self.reads.row[seen.unwritten[0]]),)))
        if len(seen.returned):
            found.elements["resurrected"].append(Element(value, removing(deletes, self.reads, int(seen.returned[0]))))
        if seen.known == NEVER:
            return
        if not len(seen.missing):
            if has.any() or (self.reads.start > seen.known).any():
                found.visible.append(0)
            else:
                found.unseen += 1
            return
        stale = seen.removable or bool(has[int(seen.missing[-1]) :].any())
        rows = self._shown(name, seen.missing if stale else seen.missing[-1:], has)
        self._lacked(Element(value, rows), seen, has, found, stale)

    def _shown(self, name: Hashable, missing: NDArray[np.int64], has: NDArray[np.bool_]) -> tuple[int, ...]:
        """The fewest operations that show that one of the reads `missing` lacks the element; the last of them if so."""
        adds, deletes, initial = self.adds.get(name, []), self.deletes.get(name, []), name in self.initial
        fewest: tuple[int, ...] = ()
        soonest = missing[np.argmin(self.reads.end[missing])]
        for at in [*missing[::-1][:TRIED].tolist(), int(soonest)]:
            rows = lacking(adds, deletes, initial, self.reads, has, at)
            fewest = rows if not fewest or len(rows) < len(fewest) else fewest
            if len(fewest) == (1 if initial else 2):
                break
        return fewest

    def _lacked(self, element: Element, seen: Presence, has: NDArray[np.bool_], found: _Found, stale: bool) -> None:
        """Some read lacks the element: enter what that makes it."""
        history, last = self.history, int(seen.missing[-1])
        known = int(history.end[seen.known_by]) if seen.known_by is not None else int(history.start.min(initial=0))
        readers = np.flatnonzero(has)
        if stale:
            element = element._replace(lasted=max(int(history.start[self.reads.row[last]]) - known, 0))
            found.elements["stale"].append(element)
            found.visible.append(element.lasted)
            return
        if len(readers):
            element = element._replace(lasted=max(int(history.start[self.reads.row[readers[-1]]]) - known, 0))
        else:
            found.elements["never_read"].append(element)
        found.elements["lost"].append(element)


def _elements(history: Columns, row: int, code: int) -> tuple[Any, ...]:
    """What a read returned, element by element."""
    result = history.value_of(code)
    if isinstance(result, Mark):
        return ()
    if isinstance(result, Set):
        return result.items
    if type(result) is tuple:
        return result
    told = "several siblings" if isinstance(result, Siblings) else repr(result)
    raise ValueError(f"line {int(history.line[row])}: a read of a set returned {told}; accepted: a set or a list")
