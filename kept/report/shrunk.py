"""A shrunk counterexample in words. Pure functions from documents to lines."""

from kept.report.document import ShrinkDocument, SizeDocument


def shrunk(document: ShrinkDocument) -> list[str]:
    """The last lines: how small it became, and what it took; or why nothing was shrunk."""
    took = f"({document.duration_s:.1f} s)"
    if document.before is None or document.after is None:
        return [f"{document.result:<9}seed {document.seed}: {document.reason} {took}"]
    runs = f"{document.runs:,} runs, {document.duration_s:.1f} s"
    return [
        f"  before      {size(document.before)}",
        f"  after       {size(document.after)}",
        f"INVALID  seed {document.seed}: {document.claim} violated by {document.after.events:,} "
        f"{_noun(document.after.events, 'event')} instead of {document.before.events:,}; {document.reason} ({runs})",
    ]


def size(found: SizeDocument) -> str:
    """``12 events: 5 operations on its keys, 3 faults, 4 messages; 7 other operations``."""
    others = f"; {found.others:,} other {_noun(found.others, 'operation')}" if found.others else ""
    return (
        f"{found.events:,} {_noun(found.events, 'event')}: {found.operations:,} "
        f"{_noun(found.operations, 'operation')} on its keys, {found.faults:,} {_noun(found.faults, 'fault')}, "
        f"{found.fates:,} {_noun(found.fates, 'message')} lost, doubled or late{others}"
    )


def going(elapsed_s: float, runs: int, events: int) -> str:
    """How far it is, in one line."""
    return f"{elapsed_s:.0f} s: {runs:,} runs, {events:,} {_noun(events, 'event')} left"


def _noun(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
