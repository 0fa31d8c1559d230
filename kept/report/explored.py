"""An exploration, and the replay of a counterexample: their documents, and the words for them."""

from typing import Any, Literal

from pydantic import Field

from kept.report.claim import ClaimDocument, Document, VerdictName

FOR_EVER = "for ever: "
"""Begins the steps that go round without an end."""


class TracedDocument(Document):
    """A counterexample, step by step."""

    claim: str
    reason: str
    steps: tuple[str, ...]
    file: str = Field("", description="where it was saved; empty without --out")


class ExploreDocument(Document):
    """What `kept explore` prints with ``--json``."""

    kept: Literal["explore"] = "explore"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    claims: tuple[ClaimDocument, ...]
    counterexamples: tuple[TracedDocument, ...] = Field(description="none has a shorter one")
    complete: bool = Field(description="whether every state of the scope was visited")
    states: int
    transitions: int
    depth: int = Field(description="the most steps from the first state to another, by the shortest way")
    levels: tuple[int, ...] = Field(description="how many states are how many steps away")
    memory_bytes: int = Field(description="of the table of visited states")
    missed: float = Field(description="at most this is the chance that a state was taken for another one")
    ran: int = Field(description="local steps that a node really took; all others were look-ups")
    stopped: tuple[str, ...] = Field((), description="what cut the exploration off")
    excluded: tuple[str, ...] = Field(description="what is not within the scope")
    coverage: dict[str, int] = Field(description="transitions by kind")
    marks: dict[str, int] = Field(description="rare paths of the store, and how often a node really took them")
    lines: tuple[int, int] = Field(description="lines of dynamo/core that ran, of all that could")
    duration_s: float
    command: str = Field(description="the command that explores the scope")
    scope: dict[str, Any]


class RetracedDocument(Document):
    """What `kept replay` prints with ``--json`` for a counterexample of an exploration."""

    kept: Literal["retraced"] = "retraced"
    version: Literal[1] = 1
    result: Literal["FAILED", "FIXED", "DIVERGED"]
    reason: str
    verdict: VerdictName
    exit_code: int
    claim: str
    sentence: str = Field("", description="what the counterexample says now")
    steps: tuple[str, ...]
    trace: str


def steps_lines(traced: TracedDocument) -> list[str]:
    """A counterexample for a person."""
    width = len(str(len(traced.steps)))
    once = sum(not step.startswith(FOR_EVER) for step in traced.steps)
    again = len(traced.steps) - once
    how_long = f"{once} steps, and then round in {again} for ever" if again else f"{once} steps, and in no fewer"
    lines = [f"INVALID  {traced.claim}", f"  {traced.reason}", f"  in {how_long}:"]
    return lines + [f"  {number:>{width}}  {step}" for number, step in enumerate(traced.steps, 1)]


def found_lines(document: ExploreDocument) -> list[str]:
    """What was visited."""
    kinds = ", ".join(f"{name} {count:,}" for name, count in sorted(document.coverage.items(), key=_most)) or "none"
    lines, all_lines = document.lines
    said = [
        f"  states       {document.states:,}; {document.transitions:,} transitions, {document.depth} steps deep",
        f"  transitions  {kinds}",
        f"  memory       {document.memory_bytes / 1e6:,.1f} MB for visited states: "
        f"{document.memory_bytes / max(1, document.states):.0f} bytes each",
        f"  nodes ran    {document.ran:,} local steps; {lines:,} of {all_lines:,} lines of the store",
        f"  paths        {', '.join(document.marks) or 'none'}",
        f"  missed       a state with a chance of at most {document.missed:.1e}",
    ]
    return said + [f"  excluded     {phrase}" for phrase in document.excluded]


def verdict_line(document: ExploreDocument) -> str:
    """The last line."""
    took = f"({document.duration_s:.1f} s)"
    what = f"{document.states:,} states, {document.transitions:,} transitions"
    if document.verdict == "invalid":
        names = ", ".join(claim.name for claim in document.claims if claim.verdict == "invalid")
        return f"INVALID  {names}: {what} until then {took}"
    if document.verdict == "unknown":
        return f"unknown  {'; '.join(document.stopped) or 'a claim could not be judged'}: {what} {took}"
    return f"valid    every claim holds in every state of the scope: {what} {took}"


def _most(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
