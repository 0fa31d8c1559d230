"""What `kept predict` prints with ``--json``. Times are milliseconds; intervals hold the true value in 95 of 100."""

from typing import Literal

from pydantic import Field

from kept.report.claim import ClaimDocument, Document, VerdictName


class ShareDocument(Document):
    """How many of the trials."""

    share: float
    low: float
    high: float
    trials: int


class FreshDocument(ShareDocument):
    """Gets that start so long after the acknowledgement of the newest put, and return it or something newer."""

    t_ms: float


class DelayDocument(Document):
    """A time that so many of the trials did not exceed."""

    share: float
    ms: float
    low_ms: float | None = Field(description="null: too few trials to tell")
    high_ms: float | None = Field(description="null: too few trials to tell")


class BackDocument(Document):
    """Gets that return one of the last k puts."""

    k: int
    however_late: float = Field(description="in closed form: if a put never reached more than W replicas")
    together: tuple[FreshDocument, ...] = Field(
        description="if all k puts were acknowledged at one moment, t before the get"
    )


class PredictionDocument(Document):
    """What is to be expected of one configuration."""

    n: int
    r: int
    w: int
    certain: bool = Field(description="R+W>N: every get meets every acknowledged put")
    fresh: tuple[FreshDocument, ...]
    visible: tuple[DelayDocument, ...] = Field(description="how long after the acknowledgement so many gets are fresh")
    back: tuple[BackDocument, ...]
    monotonic: float | None = Field(
        None, description="with --writes-per-read, in closed form: gets of a client that are no older than its last one"
    )
    get_ms: tuple[DelayDocument, ...]
    put_ms: tuple[DelayDocument, ...]


class PredictDocument(Document):
    """What `kept predict` prints with ``--json``."""

    kept: Literal["predict"] = "predict"
    version: Literal[1] = 1
    verdict: VerdictName = Field(description="of the claims; valid where --at-least demands nothing")
    exit_code: int
    claims: tuple[ClaimDocument, ...] = Field(description="with --at-least: one for each configuration and time")
    latencies: str = Field(description="the preset or the file")
    trials: int
    seed: int
    predictions: tuple[PredictionDocument, ...]
    duration_s: float
