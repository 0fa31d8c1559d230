"""Judged histories in words. Pure functions; lines that carry a verdict begin with it.

Nothing of pydantic is loaded here: a small history is judged before that would be there.
"""

from collections.abc import Iterator
from textwrap import wrap

from checkers.linearizability.story import Observed
from checkers.verdict import Invalid, Unknown, Valid, Verdict
from kept.judge.question import wording
from kept.judge.report import CheckReport, Judged, VerdictName, story, timeline, verdict_name
from kept.lab.usage import one_line_of
from kept.report.measured import element_lines, staleness_lines

WIDTH = 100
_INDENT = " " * 9
FEW = 3
"""Levels of which all is told."""
_WORDS: dict[VerdictName, str] = {"valid": "valid    ", "invalid": "INVALID  ", "unknown": "unknown  "}


def one_history(judged: Judged, explain: bool) -> list[str]:
    """Everything about one history: what it is, then every level."""
    lines = [*header(judged), "", *level_lines(judged), *ladder_lines(judged), *measured_lines(judged)]
    return [*lines, *(explained(judged) if explain else ())]


def many_histories(report: CheckReport, explain: bool) -> list[str]:
    """A line for each history; of those that are violated or undecided, why."""
    lines = []
    for judged in report.histories:
        shown = ", ".join(judged.violated) if judged.violated else ", ".join(judged.strongest or judged.verdicts)
        lines += _wrapped(_WORDS[judged.verdict], f"{one_line_of(judged.name)}: {shown}")
        lines += [line for name in _worth_telling(judged) for line in _under(reason(judged.verdicts[name]))]
        lines += staleness_lines(judged.staleness)[1:] if judged.staleness is not None else []
        if explain:
            lines += explained(judged)
    return lines


def _worth_telling(judged: Judged) -> list[str]:
    return [name for name, one in judged.verdicts.items() if not isinstance(one, Valid) and name not in judged.implied]


def header(judged: Judged) -> list[str]:
    """What the history is, how it was taken, and what its reader noticed."""
    if not judged.format:
        return [f"{one_line_of(judged.name)}: stopped before it was read to its end"]
    counts = f"{_count(judged.operations, 'operation')} on {_count(judged.keys, 'key')} by "
    lines = [f"{one_line_of(judged.name)}: {judged.format}, {counts}{_count(judged.clients, 'client')}"]
    told = f" (guessed: {one_line_of(judged.guessed)})" if judged.guessed else ""
    lines += _field("model", f"{judged.model}{told}")
    for notice in judged.notices:
        where = f"line {notice.line:,}: " if notice.line else ""
        rows = f" ({_count(notice.rows, 'row')})" if notice.rows > 1 else ""
        lines += _field("notice", f"{where}{one_line_of(notice.text)}{rows}")
    return lines


def level_lines(judged: Judged) -> list[str]:
    """One level after another: verdict, name, exact wording, and what was looked at or found. Of many levels that hold
    the wording is left out: docs/checking.md has it."""
    lines = []
    brief = len(judged.verdicts) > FEW
    for name, verdict in judged.verdicts.items():
        by = judged.implied.get(name)
        why = f"decided by {by}" if by else reason(verdict)
        told = brief and not isinstance(verdict, Invalid)
        lines += _wrapped(_WORDS[verdict_name(verdict)], f"{name}: {why if told else wording(name, judged.model)}")
        lines += [] if told else _under(why)
    return lines


def ladder_lines(judged: Judged) -> list[str]:
    """Of several levels: the strongest that hold, and how stale reads were."""
    if not judged.strongest and judged.smallest_k is None:
        return []
    lines = ["", f"  strongest that hold: {', '.join(judged.strongest) or 'none'}"]
    if judged.smallest_k is not None:
        lines.append(f"  every read returns one of the last {_count(judged.smallest_k, 'write')}")
    if judged.smallest_delta is not None:
        lines.append(f"  no value that was read was older than {judged.smallest_delta:,} (in the file's unit of time)")
    return lines


def measured_lines(judged: Judged) -> list[str]:
    """What was measured beside the verdicts."""
    lines = staleness_lines(judged.staleness) if judged.staleness is not None else []
    return lines + (element_lines(judged.elements) if judged.elements is not None else [])


def reason(verdict: Verdict) -> str:
    """Valid: what was looked at; invalid: the sentence; unknown: what stopped it."""
    if isinstance(verdict, Valid):
        return verdict.witness
    return verdict.counterexample.sentence if isinstance(verdict, Invalid) else verdict.reason


def explained(judged: Judged) -> list[str]:
    """The paragraph and the operations over time of every level that is violated, the same operations once."""
    lines: list[str] = []
    for name, verdict in _counterexamples(judged):
        found = verdict.counterexample
        lines += ["", f"{name}, from operation to operation", ""]
        lines += wrap(story(found), WIDTH, break_on_hyphens=False)
        lines += (
            ["", *(f"  {line}" for line in timeline(found))]
            if any(isinstance(fact, Observed) for fact in found.facts)
            else []
        )
    return lines


def _counterexamples(judged: Judged) -> Iterator[tuple[str, Invalid]]:
    told = set()
    for name, verdict in judged.verdicts.items():
        if isinstance(verdict, Invalid) and name not in judged.implied:
            sentence = verdict.counterexample.sentence
            if sentence not in told:
                told.add(sentence)
                yield name, verdict


def last_line(report: CheckReport, duration_s: float) -> str:
    """The last word."""
    took = f"({duration_s:.1f} s)"
    word = _WORDS[report.verdict]
    if len(report.histories) == 1:
        (judged,) = report.histories
        name = one_line_of(judged.name)
        if judged.violated:
            return f"{word}{name}: {', '.join(judged.violated)} violated {took}"
        unknown = [level for level, verdict in judged.verdicts.items() if isinstance(verdict, Unknown)]
        if unknown:
            return f"{word}{name}: {', '.join(unknown)} not decided {took}"
        held = ", ".join(judged.strongest or judged.verdicts)
        return f"{word}{name}: {held} {'hold' if ', ' in held else 'holds'} {took}"
    found = [judged.verdict for judged in report.histories]
    counts = f"{found.count('valid')} valid, {found.count('invalid')} violated, {found.count('unknown')} undecided"
    return f"{word}{len(found):,} histories: {counts} {took}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _wrapped(word: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=word, subsequent_indent=_INDENT, break_on_hyphens=False)


def _under(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False)


def _field(name: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14, break_on_hyphens=False)
