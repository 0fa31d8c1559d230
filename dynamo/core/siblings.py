"""What a replica knows of one key: the current versions and the context that covers everything it has ever seen.

`Siblings` is immutable and shared freely: a coordinator, its messages and its replicas hold the same object, so the
digest that anti-entropy compares is computed once. The rules that grow and merge it are policies
(`dynamo.core.dotted`, `dynamo.core.classic`, `dynamo.core.lastwriter`).
"""

from hashlib import blake2b
from typing import NamedTuple

from dynamo.core.vector import EMPTY, Dot, Vector


class Version(NamedTuple):
    """One immutable version, named by its dot (`actor`, `counter`)."""

    actor: str
    counter: int
    value: bytes | None
    """The bytes that were put; None is a tombstone (plain vectors and last-writer-wins only)."""
    stamp_us: int = 0
    """The coordinator's wall clock when the version was made. Decides only under last-writer-wins."""
    clock: tuple[tuple[str, int], ...] = ()
    """The version's own vector, sorted by actor. Used only by plain version vectors."""

    @property
    def dot(self) -> Dot:
        return (self.actor, self.counter)


class Siblings:
    """An immutable set of current versions and their causal context."""

    __slots__ = ("_digest", "context", "versions")

    def __init__(self, context: Vector, versions: tuple[Version, ...]) -> None:
        self.context = context
        """Everything seen: every version here, and every version that one of them replaced."""
        self.versions = versions
        """The current versions, sorted by dot, without duplicates."""
        self._digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        """16 bytes that are equal exactly where context and versions are (up to BLAKE2 collisions)."""
        if self._digest is None:
            self._digest = blake2b(self.canonical(), digest_size=16).digest()
        return self._digest

    def canonical(self) -> bytes:
        """One byte string per content: the order of dictionaries never shows."""
        parts = [sorted(self.context.items())]
        return repr((parts, self.versions)).encode()

    @property
    def live(self) -> tuple[Version, ...]:
        """The versions that a client sees: tombstones are left out."""
        for version in self.versions:
            if version.value is None:
                return tuple(v for v in self.versions if v.value is not None)
        return self.versions

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Siblings):
            return NotImplemented
        return self.versions == other.versions and dict(self.context) == dict(other.context)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        dots = ", ".join(f"{v.actor}/{v.counter}={v.value!r}" for v in self.versions)
        return f"Siblings({dict(self.context)!r}, [{dots}])"


NOTHING = Siblings(EMPTY, ())
"""A key that was never written, or whose tombstone was reaped."""
