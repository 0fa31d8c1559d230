"""A violation of linearizability in words: a sentence, a paragraph, and everything that happened, in time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from checkers.linearizability.calls import every, intervals
from checkers.linearizability.operations import Interval
from checkers.linearizability.transitions import HELD, Transitions, mutex_transitions, register_transitions
from checkers.linearizability.zones_plain import NotUnique, conflict
from checkers.verdict import Counterexample, Invalid
from checkers.wording import plural, quote
from histories.columns import ACQUIRE, RELEASE, Columns, Mark
from histories.values import Keyword, Set
from model.specifications.register import Register
from model.specifications.specification import DEAD, Specification, State

if TYPE_CHECKING:
    from checkers.linearizability.check import Refuted
    from checkers.linearizability.minimal import Example

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
        if self.count == 1:
            return f"{on}one operation has no explanation{self.before}"
        return f"{on}no order of {plural(self.count, 'operation')} explains what they returned{self.before}"


@dataclass(frozen=True, slots=True)
class Undescribed:
    """It is certain that no order explains the history; few operations that show it were not looked for, or not found
    within the bound."""

    key: str

    def sentence(self) -> str:
        what = self.key or "the history"
        return f"no order explains {what}; a short example was not looked for, or not found within the bound"


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
    example = _example(history, specification, refuted, steps, coded) if steps else None
    operations: tuple[Interval, ...]
    if example is None:
        operations = refuted.operations or _last(history, specification, refuted, coded)
        head: Unexplained | Undescribed = Undescribed(key)
    else:
        operations = example.operations
        head = Unexplained(key, len(operations), _before(history, example, coded))
    facts = [_observed(history, op) for op in operations]
    told = "; ".join(fact.sentence() for fact in facts[:TOLD])
    rest = f"; and {len(facts) - TOLD} more" if len(facts) > TOLD else ""
    sentence = head.sentence() + (f": {told}{rest}." if told else ".")
    rows = tuple(sorted(op.row for op in operations))
    return Invalid(Counterexample(CLAIM, sentence[0].upper() + sentence[1:], rows, (head, *facts)))


def _example(
    history: Columns, specification: Specification, refuted: "Refuted", steps: int, coded: bool
) -> "Example | None":
    from checkers.linearizability.minimal import minimal  # noqa: PLC0415 - for what is violated only

    operations = _operations(history, specification, refuted.key, coded)
    known = refuted.operations
    if isinstance(specification, Register) and not known and refuted.until is None:
        try:
            found = conflict(operations, specification.init)
        except NotUnique:
            found = None
        assert found is not None, "the two forms of the zone test disagree"
        known = found.operations
    return minimal(specification, operations, refuted.until, known, steps)


def _operations(history: Columns, specification: Specification, key: int, coded: bool) -> list[Interval]:
    if key < 0:
        return every(history)
    rows = np.flatnonzero(history.key == key)
    if not coded:
        return intervals(history, rows.tolist())
    return [op._replace(row=int(rows[op.row])) for op in _coded(history, specification, rows).intervals()]


def _coded(history: Columns, specification: Specification, rows: Any) -> Transitions:
    """The operations on registers or locks at `rows`."""
    part = history.take(rows)
    used = np.bincount(part.f, minlength=len(history.functions))
    assert isinstance(specification, Register)
    if used[ACQUIRE] or used[RELEASE]:
        return mutex_transitions(part)
    return register_transitions(part, int(specification.init or 0))  # type: ignore[call-overload]


def _last(history: Columns, specification: Specification, refuted: "Refuted", coded: bool) -> tuple[Interval, ...]:
    """Where no example was found: the operation at whose end it became certain, if a search found it."""
    if refuted.until is None:
        return ()
    if coded:
        ends = history.precedence()[1]
        rows = np.flatnonzero((history.key == refuted.key) & (ends == refuted.until))
        found = _coded(history, specification, rows).intervals()[:1]
        return tuple(op._replace(row=int(rows[op.row])) for op in found)
    operations = _operations(history, specification, refuted.key, coded)
    return tuple(op for op in operations if op.end == refuted.until)[:1]


def _before(history: Columns, example: "Example", coded: bool) -> str:
    if example.before is None:
        return ", whatever was held before"
    if len(example.before) > 3:
        return ""
    return ", coming from " + " or ".join(_state(history, state, coded) for state in example.before)


def _state(history: Columns, state: State, coded: bool) -> str:
    if not coded or not isinstance(state, int):
        return _value(state)
    if bool(np.isin(history.f, (ACQUIRE, RELEASE)).any()):
        return "held" if state == HELD else "free"
    return _value(history.value_of(state)) if state < len(history.values) else "the initial value"


def _observed(history: Columns, op: Interval) -> Observed:
    row = history.row(op.row)
    end = None if not op.required else op.end
    return Observed(op.row, _what(row), str(row.process), place(history, op.row), op.start, end)


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


def _value(value: Any) -> str:  # noqa: PLR0911 - one line a kind
    if isinstance(value, Mark):
        return {Mark.NIL: "nil", Mark.UNKNOWN: "?", Mark.NONE: "?"}[value]
    if value is None:
        return "nil"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(_value(one) for one in value)) + "}"
    if isinstance(value, Set):
        return "{" + ", ".join(_value(one) for one in value.items) + "}"
    if isinstance(value, Keyword):
        return quote(":" + value.name)[1:-1]
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if value is DEAD:
        return "a value that nobody asks for"
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
        bar = (
            "|" + "-" * (column[fact.end] - low - 1) + "|" if fact.end is not None else "|" + "-" * (WIDTH - low) + ">"
        )
        lines.append(f"{name:{width}}  {' ' * low}{bar}")
    return lines
