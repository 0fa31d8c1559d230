"""The JSON document of `kept prove`: configurations, lemmas, the protocol, and counterexamples on stage."""

from typing import Any, Literal

from pydantic import Field

from kept.report.claim import ClaimDocument, Document, VerdictName


class SolverAnswerDocument(Document):
    """What one solver said to one question."""

    solver: str
    question: str
    status: Literal["sat", "unsat", "unknown"]
    reason: str = Field("", description="of unknown: what stopped it")
    took_ms: float


class ProofClaimDocument(ClaimDocument):
    """One claim about a configuration, or about all of them."""

    result: Literal["proved", "refuted", "unknown", "disagreement"]
    decides: bool = Field(description="whether the verdict rests on it")
    condition: str = Field("", description="exactly when it holds")
    nodes: dict[str, tuple[str, ...]] = Field({}, description="of a counterexample: set -> its named members")
    repairs: tuple[str, ...] = Field((), description="smallest changes under which it was proved")
    odds: float | None = Field(None, description="how likely one read misses, replicas answering at random")
    assumes: tuple[str, ...] = Field((), description="what it rests on beside the numbers")
    core: tuple[str, ...] = Field((), description="proved: assumptions that exclude the failure by themselves")
    answers: tuple[SolverAnswerDocument, ...] = ()


class ConfigurationDocument(Document):
    """One configuration and what was proved of it."""

    name: str
    config: dict[str, Any]
    verdict: VerdictName
    claims: tuple[ProofClaimDocument, ...]
    guaranteed: tuple[str, ...]
    not_guaranteed: tuple[str, ...]
    facts: dict[str, int | None] = Field(description="such as how many nodes may fail; null: no solver could say")


class LevelsDocument(Document):
    """A pair of consistency levels, judged for all replication factors at once."""

    write: str
    read: str
    coordinators: Literal["same", "other"] = Field(description="in one data centre, or in two")
    answer: Literal["always", "sometimes", "never", "unknown", "disagreement"]
    condition: str
    fails: dict[str, int] = Field(description="the smallest replication factors with which a read can miss")


class ObligationDocument(Document):
    """One step of the proof of the protocol: an action keeps an invariant."""

    name: str
    result: Literal["proved", "refuted", "unknown", "disagreement"]
    answers: tuple[SolverAnswerDocument, ...]
    core: tuple[str, ...] = Field(description="proved: assumptions that exclude the failure by themselves")


class ProtocolDocument(Document):
    """The proof of the abstract protocol, for any number of nodes."""

    result: Literal["proved", "refuted", "unknown", "disagreement"]
    promises: dict[str, str] = Field(description="promise -> its wording")
    obligations: tuple[ObligationDocument, ...]
    untouched: int = Field(description="pairs of an action and an invariant none of whose relations it writes")
    sorts: tuple[str, ...] = Field(description="each after all that it is made from; none where there is no such order")
    goals: dict[str, tuple[str, ...]] = Field(description="goal -> a run that reaches it, line by line")


class StageDocument(Document):
    """A counterexample as a run of the real store."""

    name: str
    claim: str = Field(description="what the run must violate; empty where there is no run")
    violated: bool
    reason: str = Field(description="what is switched off, and who plays whom; or why there is no run")
    schedule: str = Field(description="the file; `kept replay` runs it again")


class ProveDocument(Document):
    """What `kept prove` prints with ``--json``."""

    kept: Literal["prove"] = "prove"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    claims: tuple[ProofClaimDocument, ...] = Field(description="those that decide, each under its configuration's name")
    configurations: tuple[ConfigurationDocument, ...] = ()
    levels: tuple[LevelsDocument, ...] = Field((), description="with --all: the table of consistency levels")
    protocol: ProtocolDocument | None = Field(None, description="with --all or --protocol")
    stages: tuple[StageDocument, ...] = Field((), description="with --out: every counterexample as a run of the store")
    solvers: tuple[str, ...]
    certificates: str = Field("", description="the directory that they were written to")
    duration_s: float
