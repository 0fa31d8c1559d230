"""The proof of the protocol, and counterexamples on stage, in words and as documents."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from checkers.proofs.protocol.mutants import Mutant
from checkers.proofs.protocol.proof import Proof
from checkers.proofs.protocol.runs import Run
from kept.report.proofdocument import (
    ObligationDocument,
    ProofClaimDocument,
    ProtocolDocument,
    SolverAnswerDocument,
    StageDocument,
)
from kept.report.proved import SHOWN, VERDICTS
from kept.report.text import WIDTH
from kept.staged.rehearsal import Rehearsal

_INDENT = " " * 9


def protocol_lines(proof: Proof) -> list[str]:
    """Every promise, what was asked, what the proof is about, and whatever was not proved."""
    lines = ["", "the protocol: any number of nodes, writes, reads and preference lists", ""]
    for name, sentence in proof.promises.items():
        lines += _wrapped(f"{SHOWN[proof.result]:<9}", f"{name}: {sentence}")
    asked = f"{len(proof.outcomes)} obligations asked of {', '.join(proof.solvers)}; {proof.untouched:,} more are plain"
    lines += ["", *_wrapped(_INDENT, f"{asked}: the action writes nothing that the invariant speaks of")]
    order = " -> ".join(proof.order)
    lines += _wrapped(_INDENT, f"decidable: sorts are made in this order only: {order}" if order else "sorts in a ring")
    reached = ", ".join(f"{name} ({len(run.steps)} steps)" for name, run in proof.goals.items() if run)
    lines += _wrapped(_INDENT, f"not about nothing, these runs were executed: {reached}")
    missing = [name for name, run in proof.goals.items() if run is None]
    lines += _wrapped(_INDENT, f"not reached: {', '.join(missing)}") if missing else []
    for outcome in proof.outcomes:
        if outcome.result != "proved":
            lines += _wrapped(f"{SHOWN[outcome.result]:<9}", outcome.name)
    return lines


def mutant_lines(runs: Iterable[tuple[Mutant, Run]]) -> list[str]:
    """What each mistake breaks, and after how many steps."""
    lines = ["", "what each guard is for: a run of the protocol without it, executed", ""]
    for mutant, run in runs:
        told = f"{mutant.name} ({mutant.mistake}): breaks `{mutant.breaks}` after {len(run.steps)} steps"
        lines += _wrapped("refuted  ", told)
    return lines


def stage_lines(rehearsals: Sequence[Rehearsal]) -> list[str]:
    """What the real store did with each counterexample."""
    lines = ["", "on stage: the same in the real store", ""]
    for one in rehearsals:
        told = f"{one.name}: {one.reason}" if one.reason else one.name
        if one.trial is None:
            lines += _wrapped("no run   ", told)
            continue
        lines += _wrapped("VIOLATED " if one.violated else "held     ", f"{told}: {one.claim}")
        if one.file is not None:
            lines += [f"{_INDENT}kept replay {one.file}"]
    return lines


def protocol_claims(proof: Proof) -> tuple[ProofClaimDocument, ...]:
    """The promises as claims; they hold together or not at all, for each invariant leans on the others."""
    reason = f"{len(proof.outcomes)} obligations, {proof.untouched} plain; {len(proof.goals)} goals reached"
    if proof.result != "proved":
        bad = [outcome.name for outcome in proof.outcomes if outcome.result != "proved"]
        bad += [f"not reached: {name}" for name, run in proof.goals.items() if run is None]
        reason = "; ".join(bad) or "sorts are made from themselves"
    return tuple(
        ProofClaimDocument(
            name=f"protocol: {name}",
            wording=sentence,
            verdict=VERDICTS[proof.result],
            reason=reason,
            result=proof.result,
            decides=True,
        )
        for name, sentence in proof.promises.items()
    )


def protocol_document(proof: Proof) -> ProtocolDocument:
    return ProtocolDocument(
        result=proof.result,
        promises=proof.promises,
        obligations=tuple(
            ObligationDocument(
                name=outcome.name,
                result=outcome.result,
                answers=tuple(
                    SolverAnswerDocument(
                        solver=answer.solver,
                        question=outcome.name,
                        status=answer.status,
                        reason=answer.reason,
                        took_ms=round(1000 * answer.took_s, 3),
                    )
                    for answer in outcome.answers
                ),
                core=outcome.answers[0].core if outcome.answers else (),
            )
            for outcome in proof.outcomes
        ),
        untouched=proof.untouched,
        sorts=proof.order,
        goals={name: run.lines if run else () for name, run in proof.goals.items()},
    )


def stage_document(one: Rehearsal) -> StageDocument:
    return StageDocument(
        name=one.name,
        claim=one.claim,
        violated=one.violated,
        reason=one.reason,
        schedule=str(one.file or ""),
    )


def _wrapped(first: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=_INDENT, break_on_hyphens=False)
