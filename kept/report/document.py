"""The JSON documents that the verbs print with ``--json``. Their schemas are in docs/schema; they grow, they do not
change: a program that reads one ignores the fields that it does not know."""

import json
from typing import Any, Literal

from pydantic import BaseModel, Field

from checkers.registry import CLAIMS
from checkers.verdict import Invalid, Valid, Verdict
from kept.prover.config import ProofConfig
from kept.report.claim import ClaimDocument as ClaimDocument  # noqa: PLC0414 - others take it from here
from kept.report.claim import CounterexampleDocument as CounterexampleDocument  # noqa: PLC0414 - others take it from here
from kept.report.claim import Document
from kept.report.claim import VerdictName as VerdictName  # noqa: PLC0414 - others take it from here
from kept.report.claim import overall as overall  # noqa: PLC0414 - others take it from here
from kept.report.conformed import ConformanceDocument
from kept.report.explored import ExploreDocument, RetracedDocument
from kept.report.history import CheckDocument
from kept.report.prediction import PredictDocument
from kept.report.proofdocument import ProveDocument


class CounterfactualDocument(Document):
    """The same schedule, run again with one thing changed."""

    what: str
    outcome: Literal["kept", "still violated", "not decided"]


class ExplanationDocument(Document):
    """What happened inside the store, found by running the same schedule again under a watch."""

    claim: str
    sentence: str
    paragraph: str
    facts: tuple[str, ...]
    remedy: str = Field("", description="a change under which the same schedule was run again and held; else empty")
    counterfactuals: tuple[CounterfactualDocument, ...] = Field((), description="each of them was run")


class RunDocument(Document):
    """What `kept run` prints with ``--json`` and writes to verdict.json."""

    kept: Literal["run"] = "run"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    claims: tuple[ClaimDocument, ...]
    explanation: ExplanationDocument | None = None
    seed: int = Field(description="of the run that `claims` judges")
    first_seed: int
    seeds: int = Field(description="how many seeds ran to their end")
    seeds_wanted: int
    stopped: Literal["", "interrupted", "budget"] = Field("", description="why it ended early")
    never_reached: tuple[str, ...] = Field((), description="with --require-marks: what stayed at zero")
    history: str = Field(description="the file that holds the run's history")
    replay: str = Field(description="the command that replays the run")
    history_sha256: str = Field("", description="over the rows of the history without its header")
    code: str = Field(description="fingerprint of the code that ran")
    counts: dict[str, int] = Field(description="faults that really happened, summed over the seeds")
    marks: dict[str, int] = Field(description="recovery paths that were taken, summed over the seeds")
    outcomes: dict[str, int] = Field(description="operations by ok, fail and info, summed over the seeds")
    events: int = Field(description="steps of the simulated world, summed over the seeds")
    virtual_us: int | None = Field(None, description="virtual time until the clients had stopped")
    settled_after_us: int | None = Field(
        None, description="virtual time from healing to rest; null: not within the bound"
    )
    slowest_settled_us: int | None = Field(None, description="the greatest settled_after_us of all seeds")
    settle_bound_us: int
    duration_s: float = Field(description="real time of all of it")
    config: dict[str, Any] = Field(description="the configuration of the run that `claims` judges")


class ReplayDocument(Document):
    """What `kept replay` prints with ``--json``."""

    kept: Literal["replay"] = "replay"
    version: Literal[1] = 1
    result: Literal["SAME", "FAILED", "FIXED", "DIVERGED", "UNKNOWN"]
    reason: str
    verdict: VerdictName
    exit_code: int
    claims: tuple[ClaimDocument, ...]
    violated_then: tuple[str, ...] = Field(description="what the recorded run violated")
    seed: int
    schedule: str = Field(description="the file or directory that was replayed")
    first_difference: str = Field("", description="diverged: the first row of history.jsonl that is not the same")
    history_sha256: str
    history_sha256_then: str
    code: str
    code_then: str
    counts: dict[str, int]
    marks: dict[str, int]
    outcomes: dict[str, int]
    settled_after_us: int | None
    duration_s: float
    config: dict[str, Any]


class SizeDocument(Document):
    """How big a counterexample is."""

    events: int = Field(description="operations, faults and fates: what a reader has to follow")
    operations: int = Field(description="on the keys that the violation is about")
    faults: int
    fates: int = Field(description="messages that were lost, doubled or late")
    others: int = Field(description="operations on other keys")


class ShrunkDocument(Document):
    """A finding made smaller: the same kind of violation, with less."""

    before: SizeDocument
    after: SizeDocument
    runs: int = Field(description="how many were made on the way")
    stopped: Literal["", "interrupted", "budget"] = Field("", description="why it ended before nothing more went")
    sentence: str = Field(description="what happens in the shrunk run")
    directory: str
    replay: str = Field(description="the command that replays the shrunk run")


class FindingDocument(Document):
    """One kind of violation that fuzzing found: the run with the least seed, and how often the kind came."""

    name: str = Field(description="of the kind: the claim and a short hash of its key")
    claim: str = Field(description="the first claim that is violated; or crash, or nondeterminism")
    violated: tuple[str, ...] = Field(description="every claim that the run violates")
    key: str = Field(description="what makes runs one kind: claim, types of the facts, versions, operations")
    sentence: str = Field(description="what happened, in one sentence")
    paragraph: str = Field("", description="what happened inside the store; empty where it was not explained")
    remedy: str = ""
    counterfactuals: tuple[CounterfactualDocument, ...] = ()
    seed: int
    count: int = Field(description="runs of this session that had this kind")
    new: bool = Field(description="whether the corpus did not know it")
    directory: str
    replay: str = Field(description="the command that replays the run")
    shrunk: ShrunkDocument | None = None
    not_shrunk: str = Field("", description="why there is no shrunk run, where one was tried")


class EntryDocument(Document):
    """One schedule of many, replayed."""

    schedule: str
    result: Literal["SAME", "FAILED", "FIXED", "DIVERGED", "UNKNOWN", "EXPECTED", "MISSED", "STALE"] = Field(
        description="EXPECTED: violated by the bug that is seeded; MISSED: not any more; STALE: it no longer applies"
    )
    reason: str
    sentence: str = Field("", description="where a claim is violated: what happened")
    replay: str


class ReplaysDocument(Document):
    """What `kept replay --json` prints for a directory of schedules."""

    kept: Literal["replays"] = "replays"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    directory: str
    entries: tuple[EntryDocument, ...]
    results: dict[str, int] = Field(description="how many of each")
    code: str = Field(description="fingerprint of the code that ran")
    duration_s: float


class FuzzDocument(Document):
    """What `kept fuzz` prints with ``--json`` and writes to verdict.json."""

    kept: Literal["fuzz"] = "fuzz"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    claims: tuple[ClaimDocument, ...] = Field(description="each claim over all runs that check it")
    findings: tuple[FindingDocument, ...]
    corpus: str = Field(description="where findings are saved")
    replayed: tuple[EntryDocument, ...] = Field(description="the schedules that the corpus held before")
    died: tuple[str, ...] = Field(description="whose worker died twice: seeds, or schedules of the corpus")
    unfinished: tuple[str, ...] = Field(description="what was broken off when the time was up")
    seed: int = Field(description="the first one")
    last_seed: int | None = Field(description="the last one that ran to its end; null: none did")
    seeds: int = Field(description="how many ran to their end")
    repeated: int = Field(description="how many of them were repeated in another process and compared")
    stopped: Literal["budget", "seeds", "violation", "interrupted"]
    never_reached: tuple[str, ...] = Field((), description="with --require-marks: what stayed at zero")
    again: str = Field(description="the command that runs these seeds again")
    code: str = Field(description="fingerprint of the code that ran")
    jobs: int
    budget_s: float
    duration_s: float
    runs_per_s: float
    operations_per_s: float
    counts: dict[str, int] = Field(description="faults that really happened, over all runs")
    marks: dict[str, int] = Field(description="recovery paths that were taken, over all runs")
    outcomes: dict[str, int] = Field(description="operations by ok, fail and info, over all runs")
    events: int = Field(description="steps of the simulated world, over all runs")
    fixed: dict[str, Any] = Field(description="the fields of the configuration that were not drawn")


class ShrinkDocument(Document):
    """What `kept shrink` prints with ``--json``. The shrunk run's own document is verdict.json in its directory."""

    kept: Literal["shrink"] = "shrink"
    version: Literal[1] = 1
    result: Literal["SHRUNK", "FIXED", "DIVERGED", "UNKNOWN"]
    reason: str
    verdict: VerdictName = Field(description="of the schedule that was left, or of the given one")
    exit_code: int
    claim: str = Field(description="that every accepted step violates")
    claims: tuple[ClaimDocument, ...]
    explanation: ExplanationDocument | None = None
    seed: int
    schedule: str = Field(description="the file or directory that was given")
    directory: str = Field("", description="where the shrunk run is; empty: nothing was written")
    replay: str = Field("", description="the command that replays it")
    before: SizeDocument | None = None
    after: SizeDocument | None = None
    runs: int = Field(0, description="how many were made")
    stopped: Literal["", "interrupted", "budget"] = Field("", description="why it ended before nothing more went")
    history_sha256: str = ""
    code: str = Field(description="fingerprint of the code that ran")
    duration_s: float
    config: dict[str, Any]


class DifferenceDocument(Document):
    """One block of a scenario that is answered otherwise than its file says."""

    line: int = Field(description="of its first command, from 1")
    commands: tuple[str, ...]
    expected: tuple[str, ...] = Field(description="what the file says")
    answer: tuple[str, ...] = Field(description="what the cluster answers")


class ScenarioFileDocument(Document):
    """One transcript, carried out."""

    file: str
    result: Literal["same", "differs", "rewritten"]
    commands: int
    differences: tuple[DifferenceDocument, ...]


class ScenarioDocument(Document):
    """What `kept scenario` prints with ``--json``."""

    kept: Literal["scenario"] = "scenario"
    version: Literal[1] = 1
    result: Literal["same", "differs", "rewritten"] = Field(description="differs where a file does")
    exit_code: int
    files: tuple[ScenarioFileDocument, ...]


DOCUMENTS: dict[str, type[BaseModel]] = {
    "run": RunDocument,
    "replay": ReplayDocument,
    "replays": ReplaysDocument,
    "shrink": ShrinkDocument,
    "fuzz": FuzzDocument,
    "scenario": ScenarioDocument,
    "prove": ProveDocument,
    "check": CheckDocument,
    "predict": PredictDocument,
    "prove-config": ProofConfig,
    "explore": ExploreDocument,
    "retraced": RetracedDocument,
    "conformance": ConformanceDocument,
}
"""Every document, by the name of its schema file."""


def schema(name: str) -> str:
    """The JSON schema of a document, as the file in docs/schema holds it."""
    return json.dumps(DOCUMENTS[name].model_json_schema(), indent=1, sort_keys=True) + "\n"


def claim_documents(verdicts: dict[str, Verdict]) -> tuple[ClaimDocument, ...]:
    """One document per verdict, in their order."""
    return tuple(_claim(name, verdict) for name, verdict in verdicts.items())


def undecided(claims: tuple[str, ...], reason: str) -> tuple[ClaimDocument, ...]:
    """Claims that could not be judged at all."""
    return tuple(
        ClaimDocument(name=name, wording=CLAIMS[name].wording, verdict="unknown", reason=reason) for name in claims
    )


def _claim(name: str, verdict: Verdict) -> ClaimDocument:
    wording = CLAIMS[name].wording
    if isinstance(verdict, Valid):
        return ClaimDocument(name=name, wording=wording, verdict="valid", reason=verdict.witness)
    if isinstance(verdict, Invalid):
        found = verdict.counterexample
        told = CounterexampleDocument(
            sentence=found.sentence,
            operations=found.operations,
            facts=tuple(fact.sentence() for fact in found.facts),
        )
        return ClaimDocument(name=name, wording=wording, verdict="invalid", reason=found.sentence, counterexample=told)
    return ClaimDocument(name=name, wording=wording, verdict="unknown", reason=verdict.reason)
