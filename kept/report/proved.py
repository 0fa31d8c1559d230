"""Proofs in words and as documents. Pure functions; lines that carry a verdict begin with it."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from checkers.proofs.datacentres import Cell
from checkers.proofs.judgement import Judgement
from checkers.proofs.solving import Outcome, Result
from checkers.proofs.theory import Row
from kept.prover.prove import Proof
from kept.report.claim import CounterexampleDocument, VerdictName
from kept.report.proofdocument import (
    ConfigurationDocument,
    LevelsDocument,
    ProofClaimDocument,
    SolverAnswerDocument,
)
from kept.report.text import WIDTH

VERDICTS: dict[Result, VerdictName] = {
    "proved": "valid",
    "refuted": "invalid",
    "unknown": "unknown",
    "disagreement": "unknown",
}
SHOWN: dict[Result, str] = {
    "proved": "proved",
    "refuted": "REFUTED",
    "unknown": "unknown",
    "disagreement": "DISPUTED",
}
_INDENT = " " * 9


def overall(results: Iterable[Result]) -> VerdictName:
    """Refuted wins over unknown; nothing asked is unknown."""
    found = {VERDICTS[result] for result in results}
    order: tuple[VerdictName, ...] = ("invalid", "unknown", "valid")
    return next((verdict for verdict in order if verdict in found), "unknown")


# One configuration


def story(proof: Proof) -> list[str]:
    """Everything about one configuration."""
    lines = [proof.config.title, ""]
    for one in proof.judgements:
        if one.decides:
            lines += claim_lines(one)
    lines += ["", "guaranteed", *_bullets(proof.guaranteed or ("nothing that was asked",)), *_facts(proof)]
    lines += ["", "NOT guaranteed", *_bullets(_open(proof))]
    assumed = tuple(dict.fromkeys(text for one in proof.judgements if one.decides for text in one.assumes))
    return lines + (["", "assumed", *_bullets(assumed)] if assumed else [])


def _open(proof: Proof) -> tuple[str, ...]:
    """What is not guaranteed; of what was told already, no more than the claim."""
    told = {f"{one.claim}: {one.because}": one.claim for one in proof.judgements if one.decides}
    return tuple(told.get(text, text) for text in proof.not_guaranteed)


def claim_lines(one: Judgement) -> list[str]:
    """A claim, why it holds or how it fails, what repairs it, and the odds."""
    lines = _verdict(SHOWN[one.result], f"{one.name}: {one.claim}")
    lines += _under(one.because)
    if one.result == "refuted" and one.details:
        lines += _under(f"it takes {one.details['holds']}")
    if one.repairs:
        lines += _under(f"smallest repair: {', or '.join(one.repairs)}")
    if one.odds is not None:
        lines += _under(f"odds that one get misses, replicas answering at random: {one.odds} = {float(one.odds):.4g}")
    return lines


def table(proofs: Sequence[Proof]) -> list[str]:
    """One line per configuration; of those that fail, the first counterexample."""
    lines = []
    for proof in proofs:
        failing = next((one for one in proof.judgements if one.decides and one.result == proof.result), None)
        told = "" if failing is None or proof.result == "proved" else f": {failing.name}: {failing.because}"
        lines += _verdict(SHOWN[proof.result], proof.config.title + told)
    return lines


def last_line(proofs: Sequence[Proof], solvers: Sequence[str], duration_s: float) -> str:
    verdict = overall(proof.result for proof in proofs)
    took = f"({', '.join(solvers)}, {duration_s:.2f} s)"
    word = {"valid": "valid    ", "invalid": "INVALID  ", "unknown": "unknown  "}[verdict]
    if len(proofs) == 1:
        failing = [one.name for one in proofs[0].judgements if one.decides and VERDICTS[one.result] == verdict]
        how = {"valid": "hold" if len(failing) > 1 else "holds", "invalid": "refuted", "unknown": "undecided"}[verdict]
        return f"{word}{', '.join(failing)} {how} {took}"
    counts = {name: sum(VERDICTS[proof.result] == name for proof in proofs) for name in ("valid", "invalid", "unknown")}
    told = f"{counts['valid']} hold, {counts['invalid']} refuted, {counts['unknown']} undecided"
    return f"{word}{len(proofs):,} configurations: {told} {took}"


def _facts(proof: Proof) -> list[str]:
    return _bullets(f"{name}: {'unknown' if count is None else count}" for name, count in proof.facts.items())


# All configurations at once


def row_lines(row: Row) -> list[str]:
    """A lemma: its condition, whether it was derived, the beliefs that it refutes."""
    lines = _verdict(SHOWN[row.result], f"{row.lemma.name}: {row.lemma.said()}")
    lines += _under(f"exactly when {row.lemma.condition}")
    if row.derived is not None:
        lines += _under(f"derived: fails exactly when {row.derived.fails_iff}")
    for belief in row.beliefs:
        numbers = (
            ", ".join(f"{name}={count}" for name, count in belief.smallest.values.items()) if belief.smallest else ""
        )
        found = f" {numbers}: {belief.smallest.sentence}" if belief.smallest else ""
        lines += _under(f"not enough: {belief.tempting.condition}.{found}")
    bad = [outcome for outcome in row.outcomes if outcome.result != "proved"]
    for outcome in bad:
        lines += _under(f"{outcome.problem.name}: {outcome.result}: {outcome.reason or outcome.problem.about}")
    return lines


def level_lines(cells: Sequence[Cell]) -> list[str]:
    """The table of consistency levels: for coordinators in one data centre, then in two."""
    lines: list[str] = []
    for same in (True, False):
        chosen = [cell for cell in cells if cell.same == same]
        reads = list(dict.fromkeys(cell.read for cell in chosen))
        where = "in one data centre" if same else "in two"
        lines += ["", f"does a read meet every write? Coordinators {where}; every replication factor", ""]
        lines.append(f"  {'write  read':<14}" + "".join(f"{_short(read):>10}" for read in reads))
        for write in dict.fromkeys(cell.write for cell in chosen):
            row = {cell.read: cell for cell in chosen if cell.write == write}
            lines.append(f"  {write:<14}" + "".join(f"{_SYMBOLS[row[read].answer]:>10}" for read in reads))
    return [*lines, "", "  some: it depends on the replication factors; --dc decides, --json has every condition"]


_SYMBOLS = {"always": "always", "never": "never", "sometimes": "some", "unknown": "unknown", "disagreement": "DISPUTE"}


def _short(level: str) -> str:
    return level.replace("LOCAL_", "L_").replace("EACH_", "E_")


# Documents


def configuration_document(proof: Proof) -> ConfigurationDocument:
    return ConfigurationDocument(
        name=proof.config.title,
        config=proof.config.document(),
        verdict=VERDICTS[proof.result],
        claims=tuple(claim_document(one, "") for one in proof.judgements),
        guaranteed=proof.guaranteed,
        not_guaranteed=proof.not_guaranteed,
        facts=proof.facts,
    )


def claim_document(one: Judgement, configuration: str) -> ProofClaimDocument:
    """A judgement, under its configuration's name where there are several."""
    found = None
    if one.result == "refuted":
        found = CounterexampleDocument(sentence=one.because, operations=(), facts=())
    return ProofClaimDocument(
        name=f"{configuration}: {one.name}" if configuration else one.name,
        wording=one.claim,
        verdict=VERDICTS[one.result],
        reason=one.because,
        counterexample=found,
        result=one.result,
        decides=one.decides,
        condition=str(one.details["condition"]) if one.details else "",
        nodes=dict(one.nodes or {}),
        repairs=one.repairs,
        odds=None if one.odds is None else float(one.odds),
        assumes=one.assumes,
        core=one.core,
        answers=_answers(one.outcomes),
    )


def row_document(row: Row) -> ProofClaimDocument:
    """A lemma as a claim. That it is refuted would be a mistake of ours, not of a configuration."""
    reason = f"exactly when {row.lemma.condition}"
    if row.result != "proved":
        reason = "; ".join(
            f"{one.problem.name}: {one.result} {one.reason}" for one in row.outcomes if one.result != "proved"
        )
    return ProofClaimDocument(
        name=row.lemma.name,
        wording=row.lemma.said(),
        verdict=VERDICTS[row.result],
        reason=reason,
        result=row.result,
        decides=True,
        condition=str(row.lemma.condition),
        assumes=row.lemma.assumes,
        answers=_answers((*row.outcomes, *(belief.outcome for belief in row.beliefs))),
    )


def outcome_document(outcome: Outcome) -> ProofClaimDocument:
    """A single obligation as a claim."""
    return ProofClaimDocument(
        name=outcome.problem.name,
        wording=outcome.problem.about,
        verdict=VERDICTS[outcome.result],
        reason=outcome.reason or outcome.problem.about,
        result=outcome.result,
        decides=True,
        answers=_answers((outcome,)),
    )


def levels_document(cell: Cell) -> LevelsDocument:
    return LevelsDocument(
        write=cell.write,
        read=cell.read,
        coordinators="same" if cell.same else "other",
        answer=cell.answer,
        condition=cell.condition,
        fails=cell.fails,
    )


def _answers(outcomes: Iterable[Outcome]) -> tuple[SolverAnswerDocument, ...]:
    return tuple(
        SolverAnswerDocument(
            solver=answer.solver,
            question=outcome.problem.name,
            status=answer.status,
            reason=answer.reason,
            took_ms=round(1000 * answer.took_s, 3),
        )
        for outcome in outcomes
        for answer in outcome.answers
    )


def _verdict(word: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=f"{word:<9}", subsequent_indent=_INDENT, break_on_hyphens=False)


def _under(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False)


def _bullets(texts: Iterable[str]) -> list[str]:
    return [
        line
        for text in texts
        for line in wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False)
    ]
