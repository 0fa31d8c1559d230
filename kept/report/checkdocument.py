"""Judged histories as the document of ``--json``, and as cases of a JUnit report."""

from checkers.verdict import Invalid
from kept.judge.question import wording
from kept.judge.report import CheckReport, Judged, story, verdict_name
from kept.report.checked import reason
from kept.report.claim import ClaimDocument, CounterexampleDocument
from kept.report.history import CheckDocument, HistoryDocument, NoticeDocument
from kept.report.measurements import elements_document, staleness_document


def check_document(report: CheckReport, exit_code: int, duration_s: float) -> CheckDocument:
    """What `kept check` prints with ``--json``."""
    return CheckDocument(
        verdict=report.verdict,
        exit_code=exit_code,
        claims=cases(report),
        histories=tuple(_history(judged) for judged in report.histories),
        stopped=report.stopped,
        duration_s=round(duration_s, 3),
    )


def cases(report: CheckReport) -> tuple[ClaimDocument, ...]:
    """Every level of every history, under the history's name where there are several."""
    several = len(report.histories) > 1
    return tuple(
        claim.model_copy(update={"name": f"{judged.name}: {claim.name}"}) if several else claim
        for judged in report.histories
        for claim in _claims(judged)
    )


def _claims(judged: Judged) -> tuple[ClaimDocument, ...]:
    found = []
    for name, verdict in judged.verdicts.items():
        example = None
        if isinstance(verdict, Invalid):
            example = CounterexampleDocument(
                sentence=verdict.counterexample.sentence,
                operations=verdict.counterexample.operations,
                facts=tuple(fact.sentence() for fact in verdict.counterexample.facts),
            )
        found.append(
            ClaimDocument(
                name=name,
                wording=wording(name, judged.model),
                verdict=verdict_name(verdict),
                reason=reason(verdict),
                counterexample=example,
            )
        )
    return tuple(found)


def _history(judged: Judged) -> HistoryDocument:
    return HistoryDocument(
        history=judged.name,
        verdict=judged.verdict,
        claims=_claims(judged),
        model=judged.model,
        guessed=judged.guessed,
        format=judged.format,
        operations=judged.operations,
        keys=judged.keys,
        clients=judged.clients,
        notices=tuple(
            NoticeDocument(doubt=notice.doubt.value, rows=notice.rows, line=notice.line, text=notice.text)
            for notice in judged.notices
        ),
        implied=dict(judged.implied),
        strongest=judged.strongest,
        smallest_k=judged.smallest_k,
        smallest_delta=judged.smallest_delta,
        paragraph=_paragraph(judged),
        stopped=judged.stopped,
        staleness=None if judged.staleness is None else staleness_document(judged.staleness),
        elements=None if judged.elements is None else elements_document(judged.elements),
    )


def _paragraph(judged: Judged) -> str:
    found = next((one for one in judged.verdicts.values() if isinstance(one, Invalid)), None)
    return "" if found is None else story(found.counterexample)
