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
    """Whoever is named anywhere."""
    outside: tuple[str, ...] = ()
    """Those of them that are in no ring when the trace begins."""
    owners: dict[str, tuple[str, ...]]
    """Per key its preference list when the trace begins."""


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
    lists: tuple[tuple[str, ...], ...] = ()
    """While the ring changes: the lists of owners in each of which it needs W. Empty: the one that its coordinator
    knows."""


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
    what: Literal[
        "replicate", "stored", "repair", "reply", "handoff", "exchange",
        "same", "page", "records", "query", "vote", "reap",
    ]  # fmt: skip
    """same: to a node that recovers a lost disk, that it holds just what the sender does. page: to a new owner, what
    the sender holds; records: of that, what was lacking. query, vote (a yes), reap: about forgetting a tombstone."""
    request: str = ""
    """Of which operation it is part; empty for background work."""
    held: Held | None = None
    """What it carries of the key."""
    hint_for: str = ""
    """replicate: to be kept as a hint for this owner."""
    ballot: int = 0
    """query, vote: which of the caller's ballots."""


class Asked(_Row):
    """A coordinator begins a get."""

    event: Literal["asked"] = "asked"
    node: str
    key: str
    request: str
    readers: tuple[str, ...] = ()
    """While the ring changes: the list of owners of whom it needs R. Empty: the one that its coordinator knows."""


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


class Lost(_Row):
    """A node that has stopped has lost its disk: it will start with an empty one."""

    event: Literal["lost"] = "lost"
    node: str


class Confirmed(_Row):
    """A node that recovers a lost disk has heard from an owner that it holds just what the owner does."""

    event: Literal["confirmed"] = "confirmed"
    node: str
    key: str
    by: str
    message: int
    """The `sent` message that said so."""


class Recovered(_Row):
    """A node has recovered this record from a lost disk: it answers gets again."""

    event: Literal["recovered"] = "recovered"
    node: str
    key: str


class Turned(_Row):
    """A node has taken up another membership table: what that says of a key."""

    event: Literal["turned"] = "turned"
    node: str
    key: str
    plan: str = ""
    """The change that is under way; empty: none is."""
    phase: Literal["", "prepare", "transfer", "flip", "close"] = ""
    lists: tuple[tuple[str, ...], ...] = ()
    """The lists of owners in each of which puts need W."""
    members: tuple[str, ...] = ()
    """Who takes part: the members, and those who are to be."""


class Transferred(_Row):
    """A new owner holds durably all that an old owner's page has named."""

    event: Literal["transferred"] = "transferred"
    node: str
    key: str
    source: str
    message: int
    """The page."""


class Beyond(_Row):
    """From here on the trace is about things that it does not tell of: a disk was damaged, or a node died for good."""

    event: Literal["beyond"] = "beyond"
    why: str


Step = (
    Made | Wrote | Durable | Sent | Asked | Answered | Crashed
    | Lost | Confirmed | Recovered | Turned | Transferred | Beyond
)  # fmt: skip
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
