"""The port of a versioning policy: how a put grows a sibling set and how two sibling sets merge.

Three policies implement it: `dotted.DottedVectors` (the default), `classic.PlainVectors` and
`lastwriter.LastWriterWins`. A coordinator and its replicas know only this port.
"""

from typing import Protocol

from dynamo.core.siblings import Siblings, Version
from dynamo.core.vector import Vector


class Versioning(Protocol):
    """Pure functions over immutable sibling sets. `merge` is the join of a semilattice in every policy."""

    name: str
    """As configured: ``dvv``, ``vv`` or ``lww``."""

    actor_per_put: bool
    """Whether each put is named by an actor of its own (else one actor names all puts of a node to a key)."""

    delete_makes_version: bool
    """Whether a delete makes a version (a tombstone with a name of its own) and so needs an actor."""

    def update(
        self, local: Siblings, context: Vector, value: bytes, actor: str, stamp_us: int, floor: int = 0
    ) -> tuple[Siblings, Version]:
        """A put at a coordinator that holds `local`, by a client that has seen `context`.

        Returns the coordinator's new state and the new version, whose dot is `actor`'s next counter
        and above `floor`.
        """
        ...

    def delete(self, local: Siblings, context: Vector, actor: str, stamp_us: int, floor: int = 0) -> Siblings:
        """A delete of everything that `context` covers; the result still remembers that it was deleted."""
        ...

    def merge(self, one: Siblings, other: Siblings) -> Siblings:
        """Everything both have seen. Returns one of its arguments itself where that equals the result."""
        ...

    def context(self, state: Siblings) -> Vector:
        """What a client that was shown `state.live` may say it has seen."""
        ...
