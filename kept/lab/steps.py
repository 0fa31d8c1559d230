"""The steps of a stepped run, as data: what a stateful test did to a cluster, one thing after the other.

A schedule whose clients and nemesis decide by the seed has a plan and intents; one that was stepped has steps instead.
They spell out each request and each fault, so a replay needs nobody's application.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, PlainSerializer

from histories.errors import Malformed
from histories.text import from_json, to_bytes, to_json, to_text
from kept.sim.faults import Fault

LONGEST_US = 10**15
"""No span is longer: some thirty years."""
NOTHING_SEEN = -1
"""Instead of an operation: a request without a context."""


def _bytes(found: Any) -> bytes:
    if isinstance(found, bytes):
        return found
    try:
        return to_bytes(from_json(found, "text"))
    except Malformed as bad:
        raise ValueError(f"{bad.found}; accepted: {bad.accepted}") from None


Bytes = Annotated[bytes, BeforeValidator(_bytes), PlainSerializer(to_json, when_used="json")]
"""Written as histories write keys and values: a string, or base64 where that is no Unicode text."""
Span = Annotated[int, Field(ge=0, le=LONGEST_US)]


def _key(found: Any) -> str:
    return found if isinstance(found, str) else to_text(_bytes(found))


Key = Annotated[str, BeforeValidator(_key), PlainSerializer(lambda key: to_json(to_bytes(key)), when_used="json")]
"""A key as a fault names it (`kept.sim.faults.named`); written as `Bytes`, so no file holds a lone surrogate."""
Places = tuple[tuple[str, Key], ...]


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Step):
    """A client sends a request. A client does one thing at a time: what it has under way is waited for first."""

    do: Literal["ask"] = "ask"
    client: Annotated[int, Field(ge=0)]
    node: str
    kind: Literal["get", "put", "delete"]
    key: Bytes
    value: Bytes = b""
    seen: Annotated[int, Field(ge=NOTHING_SEEN)] = NOTHING_SEEN
    """The operation, by its number from 0, whose answer's context the request carries. Where that operation was not
    answered ok, the request carries none."""
    wait: bool = True
    """Whether the next step comes after the answer; else at once, with the request under way."""


class Strike(_Step):
    """A fault happens now; it lasts until its time is over or `End` names it. The fields are those of `Fault`."""

    do: Literal["fault"] = "fault"
    kind: str
    for_us: Span
    nodes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    number: Annotated[FiniteFloat, Field(ge=-1e12, le=1e12)] = 0.0
    torn: Annotated[FiniteFloat, Field(ge=-1e12, le=1e12)] = -1.0
    dirty: bool = False
    places: Places = ()

    def fault(self, at_us: int) -> Fault:
        """What it asks of the world at that time."""
        return Fault(
            self.kind, at_us, self.for_us, self.nodes, self.pairs, self.number, self.torn, self.dirty, self.places
        )


class End(_Step):
    """Faults of these kinds are over: those that hit `node`, or all of them where it is empty."""

    do: Literal["end"] = "end"
    kinds: tuple[str, ...]
    node: str = ""


class Pass(_Step):
    """Time passes."""

    do: Literal["pass"] = "pass"
    for_us: Span


class Settle(_Step):
    """Every fault is over, every dead node starts, and time passes until the cluster is at rest or the configuration's
    bound is."""

    do: Literal["settle"] = "settle"


Step = Annotated[Ask | Strike | End | Pass | Settle, Field(discriminator="do")]


def struck(fault: Fault) -> Strike:
    """The step of a fault."""
    return Strike(
        kind=fault.kind,
        for_us=fault.for_us,
        nodes=fault.nodes,
        pairs=fault.pairs,
        number=fault.number,
        torn=fault.torn,
        dirty=fault.dirty,
        places=fault.places,
    )
