"""The typed facts that only a watched run tells: what single nodes did with a version. See `checkers.facts`."""

from dataclasses import dataclass

from checkers.wording import describe, dot_name, milliseconds, quote
from histories.operation import Dot, Operation
from kept.lab.watching import Place


def place_name(place: Place) -> str:
    """A node, and the owner that it stands in for: ``n4 (a hint for n1)``."""
    node, owner = place
    return f"{node} (a hint for {owner})" if owner else node


def listed(names: list[str]) -> str:
    """``n1``, ``n1 and n2``, ``n1, n2 and n3``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def sentences(clauses: list[str]) -> str:
    """Clauses as sentences of one paragraph. Names of nodes stay as they are."""
    return " ".join(capital(clause) + "." for clause in clauses)


def capital(clause: str) -> str:
    """The clause with a capital, unless it begins with a name."""
    first = clause.split(" ", 1)[0]
    return clause if any(c.isdigit() for c in first) else clause[:1].upper() + clause[1:]


@dataclass(frozen=True, slots=True)
class AckedBy:
    """The put was acknowledged when these copies of it were on disk."""

    op: Operation
    places: tuple[Place, ...]

    def sentence(self) -> str:
        done = f"{describe(self.op)} was acknowledged at {milliseconds(self.op.end_us or 0)}"
        if not self.places:
            return f"{done} though no replica kept it"
        return f"{done} by {listed([place_name(place) for place in self.places])}"


@dataclass(frozen=True, slots=True)
class ClockWrong:
    """The wall clock of a coordinator was not true when it stamped a version."""

    node: str
    ahead_us: int

    def sentence(self) -> str:
        way = "ahead" if self.ahead_us > 0 else "behind"
        return f"the clock of {self.node} was {milliseconds(abs(self.ahead_us))} {way}"


@dataclass(frozen=True, slots=True)
class Replaced:
    """Copies of a version gave way to another version, under a rule."""

    places: tuple[Place, ...]
    by: Operation | None
    by_dot: Dot | None
    rule: str
    at_us: int
    """When the first copy did."""

    def sentence(self) -> str:
        who = listed([place_name(place) for place in self.places])
        when = f"from {milliseconds(self.at_us)} on" if len(self.places) > 1 else f"at {milliseconds(self.at_us)}"
        if self.by is None and self.by_dot is None:
            return f"{when} {who} dropped it and kept no version in its place"
        return f"{when} {who} replaced it with {self.winner()} {self.rule}"

    def winner(self) -> str:
        """What stands instead."""
        if self.by is not None:
            return describe(self.by)
        assert self.by_dot is not None, "something stands in its place"
        return f"the delete {dot_name(self.by_dot)}"


@dataclass(frozen=True, slots=True)
class LostAtOnce:
    """The coordinator held a version that wins over the put already, so the put never was in any record."""

    node: str
    by: Operation | None
    by_dot: Dot
    at_us: int

    def sentence(self) -> str:
        winner = describe(self.by) if self.by is not None else f"the delete {dot_name(self.by_dot)}"
        return f"its coordinator {self.node} held {winner} with a greater stamp, and kept that instead"


@dataclass(frozen=True, slots=True)
class LostUnsynced:
    """A crash took a copy that was not synced yet, whatever its disk said; or the disk was lost."""

    place: Place
    at_us: int
    with_disk: bool = False

    def sentence(self) -> str:
        if self.with_disk:
            return f"{place_name(self.place)} lost its disk at {milliseconds(self.at_us)}"
        return f"{place_name(self.place)} crashed at {milliseconds(self.at_us)} before its copy was synced"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A node deleted the record that held the version."""

    place: Place
    at_us: int

    def sentence(self) -> str:
        node, owner = self.place
        what = f"hint for {owner}" if owner else "record"
        return f"at {milliseconds(self.at_us)} {node} dropped its {what}"


@dataclass(frozen=True, slots=True)
class Gone:
    """From then on no replica held the version."""

    dot: Dot
    at_us: int

    def sentence(self) -> str:
        return f"no replica holds {dot_name(self.dot)} after {milliseconds(self.at_us)}"


@dataclass(frozen=True, slots=True)
class NeverKept:
    """No replica ever held the version."""

    dot: Dot

    def sentence(self) -> str:
        return f"no replica ever held {dot_name(self.dot)}"


@dataclass(frozen=True, slots=True)
class LackedIt:
    """Replicas that answered a get and did not have the version."""

    coordinator: str
    nodes: tuple[str, ...]
    dot: Dot

    def sentence(self) -> str:
        had = {1: "which had not", 2: "neither of which had"}.get(len(self.nodes), "none of which had")
        return (
            f"{self.coordinator} coordinated the get and heard from {listed(list(self.nodes))}, "
            f"{had} {dot_name(self.dot)}"
        )


@dataclass(frozen=True, slots=True)
class WasThere:
    """Where the version was while the get missed it."""

    places: tuple[Place, ...]

    def sentence(self) -> str:
        if not self.places:
            return "no replica held it any more"
        return f"it was at {listed([place_name(place) for place in self.places])} then"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A fault that kept nodes apart, or one from working, for part of the time."""

    kind: str
    nodes: tuple[str, ...]
    apart_from: tuple[str, ...]
    from_us: int
    to_us: int

    def sentence(self) -> str:
        who = listed(list(self.nodes))
        if self.apart_from:
            who += f" from {listed(list(self.apart_from))}"
        return f"{self.kind} of {who}, {milliseconds(self.from_us)} to {milliseconds(self.to_us)}"


@dataclass(frozen=True, slots=True)
class CameBack:
    """A node took up a version again that it had seen replaced, or took it up after that."""

    place: Place
    dot: Dot
    value: str
    at_us: int
    sender: str
    """Who had sent it, where that is known."""

    def sentence(self) -> str:
        source = f", sent by {self.sender}" if self.sender else ""
        return (
            f"{place_name(self.place)} took {quote(self.value)} ({dot_name(self.dot)}) up at "
            f"{milliseconds(self.at_us)}{source}"
        )
