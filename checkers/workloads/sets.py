"""A set that only grows: was every element that was added read by all later reads? (After Jepsen's `set-full`.)

An element is *known* from when its add was acknowledged or a read that returned it ended, whichever was first. A read
that begins later and lacks it is late. The element is **stale** where a read that began after that returned it again,
**lost** where the last read that began lacks it. An element is **never read** where no read returned it, although one
began after its add was acknowledged: it is lost too. **Duplicates** are elements that one read returned twice,
**unexpected** ones were never added by an add that may have taken effect before the read ended.
"""

from collections import Counter
from typing import Any, NamedTuple

from checkers.ladder.telling import observed
from checkers.verdict import Counterexample, Invalid, Valid, Verdict
from checkers.wording import plural
from histories.columns import ADD, FAIL, OK, READ, Columns, Mark
from histories.interning import identity

CLAIM = "set"


class SetReport(NamedTuple):
    """Elements, each with the rows that show it."""

    lost: dict[Any, tuple[int, ...]]
    stale: dict[Any, tuple[int, ...]]
    never_read: dict[Any, tuple[int, ...]]
    duplicates: dict[Any, tuple[int, ...]]
    unexpected: dict[Any, tuple[int, ...]]
    latency: dict[Any, int]
    """How long after an element was known a read that still lacked it began, in the file's unit; 0: at once."""
    verdict: Verdict


def judge(history: Columns, linearizable: bool = False) -> SetReport:
    """Judge all keys. With `linearizable` a stale element is a violation too."""
    found = SetReport({}, {}, {}, {}, {}, {}, Valid(""))
    reads = adds = 0
    for _, rows in history.of_keys():
        told = _judged(history, rows.tolist(), found)
        adds, reads = adds + told[0], reads + told[1]
    wrong = [("lost", found.lost), ("returned twice", found.duplicates), ("never added", found.unexpected)]
    if linearizable:
        wrong.append(("missing from a read after it was known", found.stale))
    for what, elements in wrong:
        if elements:
            return found._replace(verdict=_refuted(history, what, elements))
    return found._replace(verdict=Valid(f"{plural(adds, 'add')}, {plural(reads, 'read')}"))


def _refuted(history: Columns, what: str, elements: dict[Any, tuple[int, ...]]) -> Invalid:
    element, rows = next(iter(elements.items()))
    facts = tuple(observed(history, row) for row in rows)
    sentence = f"Element {element!r} was {what}" + (f" (and {len(elements) - 1:,} more)" if len(elements) > 1 else "")
    return Invalid(Counterexample(CLAIM, f"{sentence}: {'; '.join(fact.sentence() for fact in facts)}.", rows, facts))


def _judged(history: Columns, rows: list[int], found: SetReport) -> tuple[int, int]:
    """Enter the elements of one key; how many adds and reads it has."""
    start, end = history.precedence()
    adds = {
        identity(history.value_of(int(history.value[row]))): row
        for row in rows
        if history.f[row] == ADD and history.status[row] != FAIL
    }
    reads: list[tuple[int, dict[Any, int], list[Any]]] = []
    for row in sorted((row for row in rows if history.f[row] == READ), key=lambda one: (int(start[one]), one)):
        result = history.value_of(int(history.result[row]))
        if history.status[row] != OK or result is Mark.UNKNOWN:
            continue
        elements = [] if isinstance(result, Mark) else list(result)
        count = Counter(identity(one) for one in elements)
        reads.append((row, dict(count), elements))
        for one in elements:
            added = adds.get(identity(one))
            if count[identity(one)] > 1:
                found.duplicates.setdefault(one, (row,))
            if added is None or start[added] > end[row]:
                found.unexpected.setdefault(one, (row,) if added is None else tuple(sorted((added, row))))
    for name, add in adds.items():
        _element(history, name, add, [(row, name in count) for row, count, _ in reads], found)
    return len(adds), len(reads)


def _element(history: Columns, name: Any, add: int, reads: list[tuple[int, bool]], found: SetReport) -> None:
    start, end = history.precedence()
    element = history.value_of(int(history.value[add]))
    known_at = [(int(end[row]), row) for row, has in reads if has]
    if history.status[add] == OK:
        known_at.append((int(end[add]), add))
    if not known_at:
        return
    known, by = min(known_at)
    after = [(row, has) for row, has in reads if int(start[row]) > known]
    lacking = [row for row, has in after if not has]
    having = [row for row, has in reads if has]
    if not lacking:
        found.latency[element] = 0
        return
    shown = tuple(sorted({add, by, lacking[-1]}))
    if not having:
        found.never_read[element] = shown
    if not having or int(start[having[-1]]) < int(start[lacking[-1]]):
        found.lost[element] = shown
    else:
        found.stale[element] = shown
        found.latency[element] = int(history.start[lacking[-1]]) - int(history.end[by])
