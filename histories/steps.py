"""steps.jsonl: what every node did with every record, step by step, to hold against the abstract protocol.

Each row is something that a node knows when it does it, so a real deployment can write the same file: every node logs
its own rows, and whoever joins them keeps each node's order and puts a `sent` before the `wrote` that it caused. A
record is what a node holds of a key: what its context covers, and the names of the versions that stand.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from histories.errors import Malformed
from histories.rows import Rows

STEPS_FILE = "steps.jsonl"
Name = tuple[str, int]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepsHeader(_Row):
    """The first line: who the owners of each key are, and the quorums."""

    kept: Literal["steps"] = "steps"
    version: Literal[1] = 1
    r: int = Field(ge=1)
    w: int = Field(ge=1)
    sloppy: bool
    nodes: tuple[str, ...]
    owners: dict[str, tuple[str, ...]]
    """Per key its preference list."""


class Held(_Row):
    """What a node holds of a key, or a message brings."""

    context: dict[str, int] = {}
    dots: tuple[Name, ...] = ()


class Made(_Row):
    """A coordinator has made the version of a put, or executed a delete; the `wrote` of it follows."""

    event: Literal["made"] = "made"
    node: str
    key: str
    request: str
    dot: Name | None = None
    """The name of the version; none for a delete."""
    context: dict[str, int] = {}
    """What the client had seen."""
    fallback: bool = False
    """The coordinator is no owner and keeps a hint."""


class Wrote(_Row):
    """A node has handed a batch to its disk in which it changed this record. A batch of several records is several
    rows with one number."""

    event: Literal["wrote"] = "wrote"
    node: str
    key: str
    batch: int
    """Numbers the node's batches, of all its keys."""
    hint_for: str = ""
    """Where not empty: it is a hint, for this owner."""
    held: Held | None = None
    """The record now; none: it was removed."""
    message: int | None = None
    """The `sent` message because of which the node wrote; none: it did so on its own."""


class Durable(_Row):
    """The batches of a node up to this one are on its disk."""

    event: Literal["durable"] = "durable"
    node: str
    batch: int


class Sent(_Row):
    """A node has sent a message that is about a key."""

    event: Literal["sent"] = "sent"
    node: str
    to: str
    key: str
    message: int
    """Unique in the file; a batch of several records is several rows with one number."""
    what: Literal["replicate", "stored", "repair", "reply", "handoff", "exchange"]
    request: str = ""
    """Of which operation it is part; empty for background work."""
    held: Held | None = None
    """What it carries of the key."""
    hint_for: str = ""
    """replicate: to be kept as a hint for this owner."""


class Asked(_Row):
    """A coordinator begins a get."""

    event: Literal["asked"] = "asked"
    node: str
    key: str
    request: str


class Answered(_Row):
    """A coordinator answers a put, delete or get with ok."""

    event: Literal["answered"] = "answered"
    node: str
    key: str
    request: str
    acks: tuple[str, ...] = ()
    """Put or delete: who has acknowledged."""
    replies: dict[str, Held] = {}
    """Get: who had replied, and with what."""
    shown: Held | None = None
    """Get: the answer."""


class Crashed(_Row):
    """A node has stopped; what it finds when it starts is what its batches up to this one left."""

    event: Literal["crashed"] = "crashed"
    node: str
    batch: int


class Beyond(_Row):
    """From here on the trace is about things that it does not tell of: the ring changes, or a disk was damaged."""

    event: Literal["beyond"] = "beyond"
    why: str


Step = Made | Wrote | Durable | Sent | Asked | Answered | Crashed | Beyond
_STEP: TypeAdapter[Step] = TypeAdapter(Annotated[Step, Field(discriminator="event")])


class Steps(BaseModel):
    """A whole trace of steps."""

    model_config = ConfigDict(frozen=True)

    header: StepsHeader
    steps: tuple[Step, ...]
    truncated: bool = False


def steps_of(rows: Rows) -> Steps:
    """Read a trace of steps. Raises `HistoryError`."""
    source = iter(rows)
    first = next(source, None)
    if first is None:
        raise rows.no_header("steps")
    try:
        header = _checked(StepsHeader.model_validate, first)
        steps = tuple(_checked(_STEP.validate_python, row) for row in source)
    except Malformed as bad:
        raise rows.error(bad.found, bad.accepted) from None
    return Steps.model_construct(header=header, steps=steps, truncated=rows.truncated)


def _checked(validate: Any, row: dict[str, Any]) -> Any:
    try:
        return validate(row)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Malformed(f'"{field}": {first["input"]!r}', first["msg"]) from None


def rows_of(header: StepsHeader, steps: Iterable[Step]) -> Iterable[str]:
    """The lines of a file, each with its newline."""
    yield header.model_dump_json() + "\n"
    for step in steps:
        yield step.model_dump_json(exclude_defaults=True, exclude={"event"})[:-1] + f',"event":"{step.event}"}}\n'
