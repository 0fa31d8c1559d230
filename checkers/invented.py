"""`no-invented-value`: every value that a get returned, or that stands at the end, was put to that key by a client
whose put did not fail, and not later than it was seen.

Whatever a store makes of concurrent puts, it makes up none. This holds under any versioning policy, so every
configuration promises it. What a get returns and a replica holds are versions, values under a dot, and a version is one
put's: its dot, its value, its key (`unique-dots` sees to it that a dot names one of them). Where no whole trace tells
the dots of puts that were not acknowledged, each of them explains one dot of its value and no more.

At the end every version counts that any replica or hint holds, whether or not another one has replaced it.

`no-false-sibling` includes all this and asks the same `Authors`.
"""

from collections import defaultdict
from typing import NamedTuple

from checkers.facts import Fact, Failed, Invoked, NameOf, NeverPut, Returned, Standing, Twice
from checkers.ledger import FinalKey, final_keys, unjudgeable
from checkers.verdict import Unknown, Valid, Verdict, refute
from checkers.wording import describe, dot_name, plural
from histories.operation import Dot, Operation
from histories.run import RecordedRun

CLAIM = "no-invented-value"


class Objection(NamedTuple):
    """Why a version cannot be what it is said to be, and whom that concerns."""

    facts: tuple[Fact, ...]
    involved: tuple[Operation, ...]


class Authors:
    """Who put what. It remembers which unknown puts were used up to explain a version, so each run has its own."""

    def __init__(self, run: RecordedRun) -> None:
        self._run = run
        self._by_version: dict[tuple[str, Dot, str], Operation] = {}
        self._nameless: dict[tuple[str, str], list[int]] = defaultdict(list)
        """When the puts of this value to this key began that may have taken effect under a dot that nobody told."""
        self._guessed: dict[tuple[str, str], set[Dot]] = defaultdict(set)
        """The dots that those explain."""
        for op in run.operations:
            if op.value is None:
                continue
            dot = op.named
            if dot is not None:
                self._by_version.setdefault((op.key, dot, op.value), op)
            elif op.outcome != "fail" and not run.mintings_known:
                self._nameless[op.key, op.value].append(op.start_us)

    def of(self, key: str, dot: Dot, value: str) -> Operation | None:
        """The put that made the version, if its dot is known; it may have failed."""
        return self._by_version.get((key, dot, value))

    def objection_to(self, read: Operation) -> Objection | None:
        """The first version returned by `read` that nobody can have put before it was returned."""
        end_us = read.end_us or 0
        for dot, value in zip(read.dots, read.values, strict=True):
            author = self.of(read.key, dot, value)
            if author is None:
                if not self._explained(read.key, dot, value, end_us):
                    why = self.unwritten(read.key, dot, value, end_us)
                    return Objection((Returned(read, dot, value), *why.facts), (read, *why.involved))
            elif author.outcome == "fail" or author.start_us > end_us:
                disowned = Failed(author) if author.outcome == "fail" else Invoked(author)
                return Objection((Returned(read, dot, value), disowned), (read, author))
        return None

    def objection_to_standing(self, end: FinalKey) -> Objection | None:
        """The first version, by its dot, that some replica holds at the end and that nobody put."""
        held = {(v.dot, v.value) for state in end.states for v in state.versions if v.value is not None}
        for dot, value in sorted(held):
            author = self.of(end.key, dot, value)
            if author is not None and author.outcome == "fail":
                return Objection((Standing(end.key, dot, value, end.holders(dot)), Failed(author)), (author,))
            if author is None and not self._explained(end.key, dot, value, None):
                why = self.unwritten(end.key, dot, value)
                return Objection((Standing(end.key, dot, value, end.holders(dot)), *why.facts), why.involved)
        return None

    def _explained(self, key: str, dot: Dot, value: str, by_us: int | None) -> bool:
        """Whether an unknown put that nobody named, and that began by `by_us`, may have made the version."""
        starts = self._nameless.get((key, value), [])
        guessed = self._guessed[key, value]
        guessed.add(dot)
        return len(guessed) <= len(starts) and (by_us is None or min(starts) <= by_us)

    def unwritten(self, key: str, dot: Dot, value: str, by_us: int | None = None) -> Objection:
        """Why no put can have made this version by `by_us`: its put failed, has another dot, began later, or never
        was."""
        puts = [op for op in self._run.operations if op.key == key and op.value == value]
        for op in puts:
            if op.outcome == "fail":
                return Objection((Failed(op),), (op,))
        for op in puts:
            if op.named is not None and op.named != dot:
                twice = Twice(f"one value under two dots, {describe(op)}", dot_name(op.named), dot_name(dot))
                return Objection((twice,), (op,))
        if by_us is not None and puts and puts[0].start_us > by_us:
            return Objection((Invoked(puts[0]),), (puts[0],))
        owner = next((op for op in self._run.operations if op.named == dot), None)
        if owner is not None:
            return Objection((NeverPut(key, dot, value), NameOf(dot, owner)), (owner,))
        return Objection((NeverPut(key, dot, value),), ())


def check(run: RecordedRun) -> Verdict:
    """Judge `no-invented-value`. Invalid names the first offending get, by its start, else the first offending key."""
    authors = Authors(run)
    returned = 0
    for op in run.operations:
        returned += len(op.dots)
        found = authors.objection_to(op)
        if found is not None:
            return refute(CLAIM, *found)
    why = unjudgeable(run)
    if why is not None:
        return Unknown(f"no get returned an invented value, but {why}")
    held = 0
    for _, end in sorted(final_keys(run).items()):
        held += sum(v.value is not None for state in end.states for v in state.versions)
        found = authors.objection_to_standing(end)
        if found is not None:
            return refute(CLAIM, *found)
    return Valid(f"{plural(returned, 'value')} returned and {plural(held, 'stored version')}: each was put before")
