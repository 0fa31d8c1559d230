"""One client operation: its invocation, and its completion as far as anybody heard of it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["get", "put", "delete"]
Outcome = Literal["ok", "fail", "info"]
Dot = tuple[str, int]
Vector = Mapping[str, int]

KINDS: tuple[Kind, ...] = ("get", "put", "delete")
NOTHING_SEEN: Vector = {}


class Operation(NamedTuple):
    """What one client asked of one key and what it was told. Keys and values are text (see `histories.text`)."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs of an operation
    """Position among the invocations of the history, from 0."""
    process: int
    """The client; it has at most one operation open at a time."""
    kind: Kind
    key: str
    value: str | None
    """What a put wrote; None for a get or delete."""
    context: Vector
    """What the client said it had seen."""
    request: str
    """Unique in the history."""
    start_us: int
    end_us: int | None = None
    """When the client heard the outcome; None where it never did."""
    outcome: Outcome = "info"
    """``ok``: done; ``fail``: no effect, ever; ``info``: unknown, it may take effect now, later or never."""
    reason: str = ""
    dot: Dot | None = None
    """The name the store gave to an acknowledged put."""
    values: tuple[str, ...] = ()
    """The siblings that an ok get returned, parallel to `dots`."""
    dots: tuple[Dot, ...] = ()
    seen: Vector = NOTHING_SEEN
    """The context that came back with an ok."""
    minted: Dot | None = None
    """From the trace: the dot that the store gave to this put, even if the client never heard of it."""

    @property
    def named(self) -> Dot | None:
        """The dot of this put as far as anybody knows it: what was acknowledged, else what the trace says."""
        return self.minted if self.dot is None else self.dot
