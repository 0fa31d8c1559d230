"""What `kept check` prints with ``--json``: a document for each history."""

from typing import Literal

from pydantic import Field

from kept.report.claim import ClaimDocument, Document, VerdictName
from kept.report.measurements import ElementsDocument, StalenessDocument


class NoticeDocument(Document):
    """What a reader noticed about a history that it could read all the same."""

    doubt: str
    rows: int = Field(description="how many it is about")
    line: int = Field(description="the first of them; 0: it has no line")
    text: str


class HistoryDocument(Document):
    """One history that `kept check` judged."""

    history: str = Field(description="the file")
    verdict: VerdictName
    claims: tuple[ClaimDocument, ...]
    model: str
    guessed: str = Field("", description="what the model was told by; empty: it was named")
    format: str
    operations: int
    keys: int
    clients: int
    notices: tuple[NoticeDocument, ...] = ()
    implied: dict[str, str] = Field({}, description="level: the level that decided it")
    strongest: tuple[str, ...] = Field((), description="of several levels, those that no other one that holds implies")
    smallest_k: int | None = Field(None, description="every read returns one of the last so many writes")
    smallest_delta: int | None = Field(
        None, description="how old a value that was read was at most, in the file's unit"
    )
    paragraph: str = Field("", description="the first violation, from operation to operation")
    stopped: Literal["", "interrupted", "budget", "memory"] = Field("", description="why it was not judged to its end")
    staleness: StalenessDocument | None = Field(None, description="with --staleness: how stale reads were")
    elements: ElementsDocument | None = Field(None, description="of sets: what became of the elements")


class CheckDocument(Document):
    """What `kept check` prints with ``--json``."""

    kept: Literal["check"] = "check"
    version: Literal[1] = 1
    verdict: VerdictName
    exit_code: int
    claims: tuple[ClaimDocument, ...] = Field(description="of every history; under its name where there are several")
    histories: tuple[HistoryDocument, ...]
    stopped: Literal["", "interrupted", "budget", "memory"] = ""
    duration_s: float
