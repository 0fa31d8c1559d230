"""A fuzzing session as a document: each claim over all runs, each kind of violation, each schedule of the corpus."""

import shlex
from pathlib import Path
from typing import Any

from checkers.registry import CLAIMS
from kept.lab.case import Size
from kept.lab.corpus import SHRUNK_DIR
from kept.lab.counterfactual import Counterfactual
from kept.lab.entry import Replayed
from kept.lab.fuzz import Fuzz, Seen
from kept.report.document import (
    ClaimDocument,
    CounterfactualDocument,
    EntryDocument,
    FindingDocument,
    FuzzDocument,
    ShrunkDocument,
    SizeDocument,
    VerdictName,
    overall,
)


def verdict(session: Fuzz, missing: tuple[str, ...]) -> VerdictName:
    """Invalid where any run violates a claim, or a schedule of the corpus fails; valid only without any doubt: all
    was decided, every worker came back, every repetition was the same, and nothing is `missing`."""
    found = overall(claims(session))
    if found == "invalid" or session.violations or session.failed_again:
        return "invalid"
    results = {replayed.result for replayed in session.replayed.values()}
    doubts = missing or session.died or session.seen or results & {"UNKNOWN", "DIVERGED", "MISSED"}
    return "unknown" if doubts or session.stopped == "interrupted" else found


def document_of(
    session: Fuzz,
    *,
    verdict: VerdictName,
    exit_code: int,
    never_reached: tuple[str, ...],
    again: str,
    code: str,
    duration_s: float,
    fixed: dict[str, Any],
) -> FuzzDocument:
    """What `kept fuzz --json` prints."""
    plan, tally = session.plan, session.tally
    assert session.stopped is not None, "it has ended"
    return FuzzDocument(
        verdict=verdict,
        exit_code=exit_code,
        claims=claims(session),
        findings=tuple(_finding(name, seen) for name, seen in session.seen.items()),
        corpus=str(session.corpus.directory),
        replayed=tuple(entry(place, replayed) for place, replayed in sorted(session.replayed.items())),
        died=tuple(session.died),
        unfinished=session.unfinished,
        seed=plan.config.seed,
        last_seed=tally.last_seed,
        seeds=tally.done,
        repeated=tally.repeated,
        stopped=session.stopped,
        never_reached=never_reached,
        again=again,
        code=code,
        jobs=plan.jobs,
        budget_s=plan.budget_s,
        duration_s=round(duration_s, 3),
        runs_per_s=round(tally.done / duration_s, 3),
        operations_per_s=round(tally.operations / duration_s, 1),
        counts=dict(sorted(tally.counts.items())),
        marks=dict(sorted(tally.marks.items())),
        outcomes=dict(tally.outcomes),
        events=tally.events,
        fixed=fixed,
    )


def claims(session: Fuzz) -> tuple[ClaimDocument, ...]:
    """Each claim over all runs that checked it, in the order of the registry."""
    documents = []
    for name, claim in CLAIMS.items():
        counted = session.tally.verdicts.get(name)
        if counted is None:
            continue
        runs = f"{counted.total():,} run{'' if counted.total() == 1 else 's'}"
        judged: VerdictName = "valid"
        reason = f"held in {runs}"
        if counted["invalid"]:
            judged, reason = "invalid", f"violated in {counted['invalid']:,} of {runs}"
        elif counted["unknown"]:
            seed, why = session.tally.reasons[name]
            judged, reason = "unknown", f"not decided in {counted['unknown']:,} of {runs}, first at seed {seed}: {why}"
        documents.append(ClaimDocument(name=name, wording=claim.wording, verdict=judged, reason=reason))
    return tuple(documents)


def _finding(name: str, seen: Seen) -> FindingDocument:
    found, told = seen.found, seen.told
    return FindingDocument(
        name=name,
        claim=found.kind.claim,
        violated=found.violated,
        key=found.kind.key,
        sentence=found.sentence if told is None else told.sentence,
        paragraph="" if told is None else told.paragraph,
        remedy="" if told is None else told.remedy,
        counterfactuals=() if told is None else otherwise(told.counterfactuals),
        seed=found.seed,
        count=seen.count,
        new=seen.new,
        directory=str(seen.place),
        replay=f"kept replay {shlex.quote(str(seen.place))}",
        shrunk=_shrunk(seen),
        not_shrunk="" if seen.shrunk is None else seen.shrunk.reason,
    )


def otherwise(told: tuple[Counterfactual, ...]) -> tuple[CounterfactualDocument, ...]:
    """Executed counterfactuals as documents."""
    return tuple(CounterfactualDocument.model_validate(one._asdict()) for one in told)


def _shrunk(seen: Seen) -> ShrunkDocument | None:
    made = None if seen.shrunk is None else seen.shrunk.smaller
    if made is None:
        return None
    place = seen.place / SHRUNK_DIR
    return ShrunkDocument(
        before=size(made.before),
        after=size(made.after),
        runs=made.runs,
        stopped=made.stopped,
        sentence=made.sentence,
        directory=str(place),
        replay=f"kept replay {shlex.quote(str(place))}",
    )


def size(found: Size) -> SizeDocument:
    """How big a counterexample is, as a document."""
    return SizeDocument(events=found.events, **found._asdict())


def entry(place: Path, replayed: Replayed) -> EntryDocument:
    """One schedule of a corpus as a document."""
    return EntryDocument(
        schedule=str(place),
        result=replayed.result,
        reason=replayed.reason,
        sentence=replayed.sentence,
        replay=f"kept replay {shlex.quote(str(place))}",
    )


def cases(document: FuzzDocument) -> list[ClaimDocument]:
    """One more test case for every finding, every schedule of the corpus that fails, and every doubt."""
    told = [(one.name, one.replay, one.sentence) for one in document.findings]
    told += [
        (entry.schedule, entry.replay, entry.sentence or entry.reason)
        for entry in document.replayed
        if entry.result in ("FAILED", "DIVERGED", "MISSED")
    ]
    failed = [ClaimDocument(name=name, wording=how, verdict="invalid", reason=what) for name, how, what in told]
    doubts = [(f"worker died at {what}", "it died twice") for what in document.died]
    if document.never_reached:
        doubts.append(("every path was reached", f"never reached: {', '.join(document.never_reached)}"))
    return failed + [ClaimDocument(name=name, wording="", verdict="unknown", reason=why) for name, why in doubts]
