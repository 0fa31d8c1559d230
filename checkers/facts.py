"""The typed facts that a counterexample consists of. Each says itself in one clause; renderers join the clauses."""

from dataclasses import dataclass
from typing import Protocol

from checkers.wording import describe, dot_name, milliseconds, plural, quote, vector_text
from histories.operation import Dot, Operation


class Fact(Protocol):
    """Something that is true of a run."""

    def sentence(self) -> str:
        """The fact as a clause: no capital, no full stop."""
        ...


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The store told the client that the operation was done."""

    op: Operation

    def sentence(self) -> str:
        name = f" as {dot_name(self.op.dot)}" if self.op.dot else ""
        return f"{describe(self.op)} was acknowledged{name} at {milliseconds(self.op.end_us or 0)}"


@dataclass(frozen=True, slots=True)
class Failed:
    """The store told the client that the operation had no effect and never will."""

    op: Operation

    def sentence(self) -> str:
        why = f" ({quote(self.op.reason)[1:-1]})" if self.op.reason else ""
        return f"{describe(self.op)} was reported failed{why} at {milliseconds(self.op.end_us or 0)}"


@dataclass(frozen=True, slots=True)
class Invoked:
    """The operation began; how it ended does not matter or is not known."""

    op: Operation

    def sentence(self) -> str:
        return f"{describe(self.op)} began at {milliseconds(self.op.start_us)}"


@dataclass(frozen=True, slots=True)
class Concurrent:
    """Neither of two puts had seen the other."""

    a: Operation
    b: Operation

    def sentence(self) -> str:
        return f"it and {describe(self.b)} had not seen each other"


@dataclass(frozen=True, slots=True)
class Overwrote:
    """The context of `by` covers `dot`: once it took effect, the version is gone for good."""

    by: Operation
    dot: Dot

    def sentence(self) -> str:
        how = f"acknowledged at {milliseconds(self.by.end_us or 0)}" if self.by.outcome == "ok" else "which took effect"
        return f"{describe(self.by)}, {how}, had seen {dot_name(self.dot)} and replaced it"


@dataclass(frozen=True, slots=True)
class LastCopyGone:
    """No replica holds the version in the end, and nothing that took effect had seen it."""

    key: str
    dot: Dot

    def sentence(self) -> str:
        return (
            f"in the end no replica holds {dot_name(self.dot)} of {quote(self.key)}, "
            "and no operation that may have taken effect had seen it"
        )


@dataclass(frozen=True, slots=True)
class LastRead:
    """The last get that returned the version."""

    read: Operation
    dot: Dot

    def sentence(self) -> str:
        return f"client {self.read.process} was the last to read it, at {milliseconds(self.read.end_us or 0)}"


@dataclass(frozen=True, slots=True)
class ReadMissed:
    """A get's context does not cover a put that was acknowledged before the get began."""

    read: Operation
    write: Operation

    def sentence(self) -> str:
        return (
            f"{describe(self.read)} began later, at {milliseconds(self.read.start_us)}, "
            f"and returned a context {vector_text(self.read.seen)} that does not cover it"
        )


@dataclass(frozen=True, slots=True)
class Showed:
    """A get was answered with this context."""

    read: Operation

    def sentence(self) -> str:
        return (
            f"{describe(self.read)} returned the context {vector_text(self.read.seen)} "
            f"at {milliseconds(self.read.end_us or 0)}"
        )


@dataclass(frozen=True, slots=True)
class WentBack:
    """A get of the same client does not know what an earlier one had shown it."""

    read: Operation
    earlier: Operation
    dot: Dot

    def sentence(self) -> str:
        return (
            f"a later get of it by the same client, begun at {milliseconds(self.read.start_us)}, "
            f"returned the context {vector_text(self.read.seen)}, which does not cover {dot_name(self.dot)}"
        )


@dataclass(frozen=True, slots=True)
class Returned:
    """A get returned the version."""

    read: Operation
    dot: Dot
    value: str

    def sentence(self) -> str:
        return f"{describe(self.read)} returned {quote(self.value)} ({dot_name(self.dot)}) " + (
            f"at {milliseconds(self.read.end_us or 0)}"
        )


@dataclass(frozen=True, slots=True)
class Hid:
    """A get's context covers a version that it did not show and whose replacement it cannot have known."""

    read: Operation
    dot: Dot

    def sentence(self) -> str:
        return (
            f"{describe(self.read)} answered at {milliseconds(self.read.end_us or 0)} without it, "
            f"but with a context {vector_text(self.read.seen)} that covers {dot_name(self.dot)}, "
            "and neither anything in that context nor a delete had replaced it"
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """The version is a sibling in the end."""

    key: str
    dot: Dot
    value: str
    nodes: tuple[str, ...]

    def sentence(self) -> str:
        return f"{quote(self.value)} ({dot_name(self.dot)}) is a sibling of {quote(self.key)} in the end, on " + (
            ", ".join(self.nodes)
        )


@dataclass(frozen=True, slots=True)
class NeverPut:
    """No put of that value to that key could have made the version."""

    key: str
    dot: Dot
    value: str

    def sentence(self) -> str:
        return f"nobody had put {quote(self.value)} to {quote(self.key)} under the name {dot_name(self.dot)}"


@dataclass(frozen=True, slots=True)
class NameOf:
    """The dot was given to a put of another value or to another key."""

    dot: Dot
    op: Operation

    def sentence(self) -> str:
        return f"{dot_name(self.dot)} is the name of {describe(self.op)}"


@dataclass(frozen=True, slots=True)
class Twice:
    """One thing that must happen once happened under two names."""

    what: str
    first: str
    second: str

    def sentence(self) -> str:
        return f"{self.what}: {self.first}, and {self.second}"


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """A dot was in a client's context before the put that it names."""

    op: Operation
    dot: Dot
    by: Operation
    at_us: int

    def sentence(self) -> str:
        whose = "its own context" if self.by == self.op else f"the context of {describe(self.by)}"
        return f"{whose} covered {dot_name(self.dot)} already at {milliseconds(self.at_us)}, before the store gave it"


@dataclass(frozen=True, slots=True)
class NeverSettled:
    """The run was given up before the cluster was quiet."""

    def sentence(self) -> str:
        return "the cluster did not settle within the bound after the faults were healed and the clients stopped"


@dataclass(frozen=True, slots=True)
class HintLeft:
    """A hint was not handed off."""

    node: str
    owner: str
    key: str

    def sentence(self) -> str:
        return f"{self.node} still keeps a hint of {quote(self.key)} for {self.owner}"


@dataclass(frozen=True, slots=True)
class Holds:
    """What one node holds of a key in the end."""

    node: str
    key: str
    dots: tuple[Dot, ...]
    context: tuple[tuple[str, int], ...]

    def sentence(self) -> str:
        if not self.dots and not self.context:
            return f"{self.node} holds nothing of {quote(self.key)}"
        names = ", ".join(dot_name(dot) for dot in self.dots[:8]) + (", ..." if len(self.dots) > 8 else "")
        held = plural(len(self.dots), "version")
        return f"{self.node} holds {held} of {quote(self.key)} [{names}] in context {vector_text(dict(self.context))}"


@dataclass(frozen=True, slots=True)
class OwnersAre:
    """The nodes that must hold a key, by the ring."""

    key: str
    owners: tuple[str, ...]

    def sentence(self) -> str:
        return f"the owners of {quote(self.key)} are {', '.join(self.owners)}"


@dataclass(frozen=True, slots=True)
class RootsDiffer:
    """Two owners of a partition have different Merkle roots (None: the node reports none)."""

    partition: str
    a: tuple[str, str | None]
    b: tuple[str, str | None]

    def sentence(self) -> str:
        one, other = (f"{root[:16] if root else 'none'} at {node}" for node, root in (self.a, self.b))
        return f"the Merkle roots of partition {quote(self.partition)[1:-1]} differ: {one}, {other}"
