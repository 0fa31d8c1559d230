"""A fuzzing session in words. Pure functions from documents to lines; a line that carries a verdict begins with it."""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

from kept.report.document import EntryDocument, FindingDocument, FuzzDocument, ReplaysDocument
from kept.report.text import otherwise
from kept.sim.faults import KINDS

WIDTH = 100
_LABEL = 12


def beginning(
    seed: int, budget_s: float, seeds: int | None, jobs: int, fixed: Mapping[str, Any], named: tuple[str, ...]
) -> list[str]:
    """The seed and the budget first, then everything else that decides what will run."""
    most = f", up to {seeds:,} seeds" if seeds is not None else ""
    workers = "1 worker" if jobs == 1 else f"{jobs} workers"
    stay = ", ".join(f"{name} {_shown(value)}" for name, value in fixed.items()) or "nothing: every seed draws it all"
    also = f", and {', '.join(named)}" if named else ""
    return [
        f"seed {seed}: budget {budget_s:g} s{most}, {workers}",
        *_field("fixed", stay),
        *_field("checks", f"what each configuration promises{also}"),
    ]


def going(elapsed_s: float, seeds: int, operations: int, kinds: int) -> str:
    """How far it is, in one line."""
    found = f", {kinds} kind{'s' if kinds > 1 else ''} of violation" if kinds else ""
    return (
        f"{elapsed_s:.0f} s: {seeds:,} seeds, {_rate(seeds, elapsed_s):.1f} runs/s, "
        f"{_rate(operations, elapsed_s):,.0f} operations/s{found}"
    )


def replays(entries: tuple[EntryDocument, ...]) -> list[str]:
    """One line per schedule of the corpus, and what happened where it fails."""
    lines = []
    for entry in entries:
        lines += _hanging(entry.result, f"{entry.schedule}: {entry.reason}")
        if entry.sentence and entry.result != "EXPECTED":
            lines += _hanging("", entry.sentence)
    return lines


def replays_line(document: ReplaysDocument) -> str:
    """The last word over many schedules: the verdict, and how many of each result."""
    label = "INVALID" if document.verdict == "invalid" else document.verdict
    results = ", ".join(f"{count:,} {result}" for result, count in document.results.items())
    count = len(document.entries)
    return f"{label:<9}{count:,} schedule{'' if count == 1 else 's'}: {results} ({document.duration_s:.1f} s)"


def findings(found: tuple[FindingDocument, ...], brief: bool = False) -> list[str]:
    """What happened, kind by kind: a sentence, the paragraph unless `brief`, and the command that replays it."""
    lines = []
    for one in found:
        times = f", {one.count:,} runs" if one.count > 1 else ""
        known = "" if one.new else ", known to the corpus"
        label = {"crash": "CRASHED", "nondeterminism": "DIVERGED"}.get(one.claim, "INVALID")
        lines += _hanging(label, f"{one.name}: seed {one.seed}{times}{known}")
        lines += _hanging("", one.sentence)
        if not brief and one.paragraph and one.paragraph != one.sentence:
            lines += _hanging("", one.paragraph)
        if not brief and one.remedy:
            lines += _hanging("", one.remedy)
        if not brief:
            lines += [f"{'':<9}{line}" for line in otherwise(one.counterfactuals)]
        lines.append(f"{'':<9}{one.replay}")
        lines += _smaller(one, brief)
    return lines


def _smaller(one: FindingDocument, brief: bool) -> list[str]:
    """What shrinking made of a finding."""
    small = one.shrunk
    if small is None:
        return _hanging("", f"not shrunk: {one.not_shrunk}") if one.not_shrunk else []
    why = {"": "", "budget": ", when the time was up", "interrupted": ", interrupted"}[small.stopped]
    events = f"{small.after.events:,} event{'' if small.after.events == 1 else 's'}"
    lines = _hanging("", f"shrunk to {events} from {small.before.events:,} ({small.runs:,} runs{why}):")
    if not brief and small.sentence and small.sentence != one.sentence:
        lines += _hanging("", small.sentence)
    return [*lines, f"{'':<9}{small.replay}"]


def totals(document: FuzzDocument) -> list[str]:
    """How many runs, what was injected, what the stores went through, and how operations ended."""
    kinds = {kind: count for kind, count in document.counts.items() if kind in KINDS}
    other = {name: count for name, count in document.counts.items() if name not in KINDS}
    differ = any(one.claim == "nondeterminism" for one in document.findings)
    repeated = f"{document.repeated:,} of them repeated in another process" if document.repeated else "none repeated"
    if document.repeated:
        repeated += ", NOT all with the same bytes" if differ else ", the same bytes"
    outcomes = ", ".join(f"{count:,} {name}" for name, count in document.outcomes.items())
    lines = [
        *_field(
            "ran",
            f"{document.seeds:,} seeds, {repeated}; {document.runs_per_s:.1f} runs/s, "
            f"{document.operations_per_s:,.0f} operations/s",
        ),
        *_field("injected", _counts(kinds)),
        *_field("besides", _counts(other)),
        *_field("paths", _counts(document.marks)),
        *_field("operations", f"{outcomes}; {document.events:,} steps of the worlds"),
    ]
    for what in document.died:
        lines += _field("died", f"worker died at {what}, twice")
    if document.unfinished:
        lines += _field("unfinished", f"{', '.join(document.unfinished)}: broken off when the time was up")
    return lines


def last_line(document: FuzzDocument) -> str:
    """The last word, with the seed again."""
    seeds = f"{document.seeds:,} seed{'' if document.seeds == 1 else 's'}"
    took = f"({seeds}, {document.duration_s:.1f} s)"
    if document.verdict == "invalid":
        kinds = [one.name for one in document.findings if one.violated]
        kinds += [entry.schedule for entry in document.replayed if entry.result == "FAILED"]
        return f"INVALID  seed {document.seed}: {', '.join(kinds)} {took}"
    why = _undecided(document)
    return f"{document.verdict:<9}seed {document.seed}: {why} {took}"


def _undecided(document: FuzzDocument) -> str:
    """Why the verdict is not a violation."""
    others = [one.name for one in document.findings if not one.violated]
    others += [entry.schedule for entry in document.replayed if entry.result == "DIVERGED"]
    reasons = [
        (", ".join(others), bool(others)),
        ("interrupted; no violation so far", document.stopped == "interrupted"),
        ("no seed ran to its end: give it more time", not document.seeds),
        ("not everything was reached", bool(document.never_reached)),
        (f"worker died at {', '.join(document.died)}", bool(document.died)),
        ("not every claim could be decided", document.verdict == "unknown"),
    ]
    return next((why for why, holds in reasons if holds), "no violation")


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "+".join(value) or "none"
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _rate(count: int, elapsed_s: float) -> float:
    return count / elapsed_s if elapsed_s > 0 else 0.0


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing"


def _hanging(label: str, text: str) -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=f"{label:<9}",
        subsequent_indent=" " * 9,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _field(name: str, text: str) -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=f"  {name:<{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_on_hyphens=False,
        break_long_words=False,
    )
