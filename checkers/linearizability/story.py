"""A violation of linearizability in words: a sentence, a paragraph, and everything that happened, in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from checkers.linearizability.calls import every, intervals
from checkers.linearizability.minimal import Example, minimal
from checkers.linearizability.operations import Interval
from checkers.linearizability.zones_plain import NotUnique, conflict
from checkers.verdict import Counterexample, Invalid
from checkers.wording import plural, quote
from histories.columns import ACQUIRE, RELEASE, Columns, Mark
from model.specifications.register import Register
from model.specifications.specification import Call, Specification

if TYPE_CHECKING:
    from checkers.linearizability.check import Refuted

CLAIM = "linearizable"
TOLD = 12
"""Operations that a sentence names; the facts name all."""
WIDTH = 48
"""Of the time line, in characters."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """No order of the operations that follow explains what they returned."""

    key: str
    count: int
    before: str

    def sentence(self) -> str:
        on = f"on {self.key} " if self.key else ""
        return f"{on}no order of {plural(self.count, 'operation')} explains their answers{self.before}"


@dataclass(frozen=True, slots=True)
class Observed:
    """One operation, as its client saw it."""

    row: int
    what: str
    client: str
    where: str
    start: int
    end: int | None
    """None: the outcome was not known, or not yet, when the violation was complete."""

    def sentence(self) -> str:
        when = f"from {self.start:,} to {self.end:,}" if self.end is not None else f"from {self.start:,}, pending"
        return f"{self.what} by client {self.client} ({self.where}) {when}"


def tell(history: Columns, specification: Specification, refuted: "Refuted", steps: int, coded: bool) -> Invalid:
    """The counterexample of one refuted key, as small as `steps` allow. What was decided stays decided without."""
    key = key_name(history, refuted.key)
    operations = _operations(history, specification, refuted.key, coded)
    known = refuted.operations
    if isinstance(specification, Register) and not known and refuted.until is None:
        try:
            found = conflict(operations, specification.init)
        except NotUnique:
            found = None
        assert found is not None, "the two forms of the zone test disagree"
        known = found.operations
    example = minimal(specification, operations, refuted.until, known, steps) if steps else None
    if example is None:
        example = Example(known or _last(operations, refuted.until), (specification.init,), False)
    facts = [_observed(history, op) for op in example.operations]
    head = Unexplained(key, len(facts), _before(history, example, coded))
    told = "; ".join(fact.sentence() for fact in facts[:TOLD])
    rest = f"; and {len(facts) - TOLD} more" if len(facts) > TOLD else ""
    sentence = f"{head.sentence()}: {told}{rest}."
    rows = tuple(sorted(op.index for op in example.operations))
    return Invalid(Counterexample(CLAIM, sentence[0].upper() + sentence[1:], rows, (head, *facts)))


def _operations(history: Columns, specification: Specification, key: int, coded: bool) -> list[Interval]:
    if key < 0:
        return every(history)
    rows = np.flatnonzero(history.key == key)
    if not coded:
        return intervals(history, rows.tolist())
    from checkers.linearizability.transitions import mutex_transitions, register_transitions  # noqa: PLC0415

    part = history.take(rows)
    used = np.bincount(part.f, minlength=len(history.functions))
    locks = bool(used[ACQUIRE] or used[RELEASE])
    assert isinstance(specification, Register)
    given = mutex_transitions(part) if locks else register_transitions(part, int(specification.init or 0))  # type: ignore[call-overload]
    return [op._replace(index=int(rows[op.index])) for op in given.intervals()]


def _last(operations: Sequence[Interval], until: int | None) -> tuple[Interval, ...]:
    """Where no example was found in time: the operation at whose end it became certain."""
    return tuple(op for op in operations if op.end == until)[:1]


def _before(history: Columns, example: Example, coded: bool) -> str:
    if example.before is None:
        return ", whatever was held before"
    if len(example.before) > 3:
        return ""
    states = [history.value_of(state) if coded and isinstance(state, int) and state < len(history.values) else state
              for state in example.before]  # fmt: skip
    return " after " + " or ".join(_value(state) for state in states)


def _observed(history: Columns, op: Interval) -> Observed:
    row = history.row(op.index)
    end = None if not op.required else op.end
    return Observed(op.index, _what(row), str(row.process), place(history, op.index), op.start, end)


def _what(row: Any) -> str:
    told = [_value(one) for one in (row.value, row.value2) if one is not Mark.NONE]
    result = "" if row.result is Mark.NONE else _value(row.result)
    if row.f == "cas":
        return f"cas {' to '.join(told)}"
    if row.f == "txn":
        return "txn " + _steps(row.value if row.result is Mark.NONE else row.result)
    return " ".join([row.f, *told, *([result] if result else [])])


def _steps(steps: Any) -> str:
    return ", ".join(f"{f} {_value(key)} {_value(value)}" for f, key, value in steps)


def _value(value: Any) -> str:
    if isinstance(value, Mark):
        return {Mark.NIL: "nil", Mark.UNKNOWN: "?", Mark.NONE: "?"}[value]
    if value is None:
        return "nil"
    return quote(value) if isinstance(value, str) else quote(repr(value))[1:-1]


def key_name(history: Columns, key: int) -> str:
    """``key "x"``; nothing where the history has one object only."""
    if key < 0 or history.keys[key] is None:
        return ""
    return f"key {_value(history.keys[key])}"


def place(history: Columns, row: int) -> str:
    """Where an operation stands: its line, or its row where the file has no lines."""
    line = int(history.line[row])
    return f"line {line:,}" if line else f"row {row:,}"


def paragraph(found: Counterexample) -> str:
    """What happened, in time: which operation had ended before which one began."""
    seen = sorted((fact for fact in found.facts if isinstance(fact, Observed)), key=lambda fact: fact.start)
    head = found.facts[0].sentence()
    sentences = [head[0].upper() + head[1:] + "."]
    for fact in seen:
        ended = [other for other in seen if other.end is not None and other.end < fact.start]
        latest = max(ended, key=lambda other: other.end or 0, default=None)
        begun = f"{_capital(fact.what)} by client {fact.client} began at {fact.start:,} ({fact.where})"
        after = f", after {latest.what} by client {latest.client} had ended" if latest else ""
        end = f" and ended at {fact.end:,}" if fact.end is not None else "; it may take effect at any time from there"
        sentences.append(f"{begun}{after}{end}.")
    return " ".join(sentences)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def trace(found: Counterexample) -> list[str]:
    """The operations as lines over time, one each; what is drawn above another only where both overlap."""
    seen = sorted((fact for fact in found.facts if isinstance(fact, Observed)), key=lambda fact: fact.start)
    times = sorted({time for fact in seen for time in (fact.start, fact.end) if time is not None})
    column = {time: round(at * (WIDTH - 1) / max(1, len(times) - 1)) for at, time in enumerate(times)}
    names = [f"{fact.where}  client {fact.client}  {fact.what}" for fact in seen]
    width = max((len(name) for name in names), default=0)
    lines = []
    for name, fact in zip(names, seen, strict=True):
        low = column[fact.start]
        bar = "|" + "-" * (column[fact.end] - low - 1) + "|" if fact.end is not None else "|" + "-" * (WIDTH - low) + ">"
        lines.append(f"{name:{width}}  {' ' * low}{bar}")
    return lines
