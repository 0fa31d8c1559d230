"""The document of `kept check --against-model`: what a trace of steps came to."""

from typing import Literal

from pydantic import Field

from kept.report.claim import Document, VerdictName


class MismatchDocument(Document):
    """The first step that no action of the protocol explains."""

    line: int = Field(description="in the file")
    key: str
    step: str
    action: str = Field(description="the nearest action")
    guard: str = Field(description="its guard that does not hold; effect: the step does what the action would not")
    sentence: str


class ConformanceDocument(Document):
    """What `kept check --against-model` prints with ``--json``."""

    kept: Literal["conformance"] = "conformance"
    version: Literal[1] = 1
    trace: str
    verdict: VerdictName
    exit_code: int = 0
    steps: int = Field(
        description="steps that an action explains, or that are none; what concerns all keys is a step of each"
    )
    actions: dict[str, int] = Field(description="how often each action of the protocol happened")
    left_out: tuple[str, ...] = Field(description="what was not looked at, and why")
    mismatch: MismatchDocument | None = None
