"""The typed facts about single copies and names that only a watched run tells, beside those of `kept.lab.facts`."""

from dataclasses import dataclass
from typing import Literal

from checkers.wording import describe, dot_name, milliseconds
from histories.operation import Dot, Operation
from kept.lab.facts import listed, place_name
from kept.lab.watching import Place


@dataclass(frozen=True, slots=True)
class NamedAt:
    """A coordinator gave a put its name."""

    node: str
    dot: Dot
    put: Operation | None
    at_us: int

    def sentence(self) -> str:
        what = describe(self.put) if self.put is not None else "a put"
        return f"{self.node} named {what} {dot_name(self.dot)} at {milliseconds(self.at_us)}"


@dataclass(frozen=True, slots=True)
class Crashed:
    """A node crashed, with so many unsynced writes lost."""

    node: str
    at_us: int
    lost: int

    def sentence(self) -> str:
        writes = "write" if self.lost == 1 else "writes"
        lost = f" and lost {self.lost} unsynced {writes}" if self.lost else ""
        return f"{self.node} crashed at {milliseconds(self.at_us)}{lost}"


@dataclass(frozen=True, slots=True)
class StillHeld:
    """Who held a version at the moment at which the client heard that it was replaced."""

    dot: Dot
    places: tuple[Place, ...]
    at_us: int

    def sentence(self) -> str:
        if not self.places:
            return f"at {milliseconds(self.at_us)} no replica held {dot_name(self.dot)} any more"
        who = listed([place_name(place) for place in self.places])
        return f"at {milliseconds(self.at_us)} {who} still held {dot_name(self.dot)}"


@dataclass(frozen=True, slots=True)
class Forgot:
    """A node dropped a record that remembered that a version was replaced."""

    place: Place
    dot: Dot
    at_us: int

    def sentence(self) -> str:
        return f"at {milliseconds(self.at_us)} {place_name(self.place)} forgot that {dot_name(self.dot)} was gone"


@dataclass(frozen=True, slots=True)
class Replied:
    """What a replica told the coordinator of a get about one version."""

    coordinator: str
    node: str
    dot: Dot
    how: Literal["held", "replaced", "unknown"]

    def sentence(self) -> str:
        name = dot_name(self.dot)
        what = {"held": f"held {name}", "replaced": f"had seen {name} replaced", "unknown": f"did not know {name}"}
        if self.node == self.coordinator:
            return f"{self.node} coordinated the get and itself {what[self.how]}"
        return f"{self.node} told {self.coordinator}, who coordinated the get, that it {what[self.how]}"


@dataclass(frozen=True, slots=True)
class LastWrote:
    """When a place last changed what it holds of the key, and who had sent that."""

    place: Place
    at_us: int
    sender: str

    def sentence(self) -> str:
        source = f", sent by {self.sender}" if self.sender else ""
        return f"{place_name(self.place)} last changed it at {milliseconds(self.at_us)}{source}"


@dataclass(frozen=True, slots=True)
class NeverWrote:
    """A place that must hold the key never wrote anything of it."""

    node: str

    def sentence(self) -> str:
        return f"{self.node} never wrote anything of it"
