"""What every document of ``--json`` has: a verdict, and claims with their counterexamples."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

VerdictName = Literal["valid", "invalid", "unknown"]


class Document(BaseModel):
    """Immutable, and without fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CounterexampleDocument(Document):
    """Why a claim does not hold."""

    sentence: str = Field(description="what happened, in one sentence")
    operations: tuple[int, ...] = Field(description="indices of the operations involved, in history.jsonl's order")
    facts: tuple[str, ...] = Field(description="the facts that it consists of, one clause each")


class ClaimDocument(Document):
    """One promise and how it fared."""

    name: str
    wording: str = Field(description="what is promised, exactly")
    verdict: VerdictName
    reason: str = Field(description="valid: what was looked at; invalid: the sentence; unknown: what stopped it")
    counterexample: CounterexampleDocument | None = None


def overall(claims: tuple[ClaimDocument, ...]) -> VerdictName:
    """Invalid wins over unknown, unknown over valid; nothing at all is unknown."""
    found = {claim.verdict for claim in claims}
    if "invalid" in found:
        return "invalid"
    return "unknown" if "unknown" in found or not found else "valid"
