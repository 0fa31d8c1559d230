"""What is under way between machines and clients: delivered at once, unless a rule holds it back or cuts it off."""

from collections import deque
from typing import Any, NamedTuple

from dynamo.core import messages
from kept.scenario.failing import ScenarioError, unknown_word

ANY = "*"
KINDS = tuple(name for name, found in vars(messages).items() if isinstance(found, type) and issubclass(found, tuple))
"""The names of all messages."""


class Packet(NamedTuple):
    """One message; `to` is a node or, for an answer, a client."""

    sender: str
    to: str
    message: Any

    @property
    def kind(self) -> str:
        return type(self.message).__name__


class Pattern(NamedTuple):
    """Which packets a command means: by sender, receiver and kind, each of them possibly any."""

    sender: str = ANY
    to: str = ANY
    kind: str = ANY

    def matches(self, packet: Packet) -> bool:
        """Whether the command means this packet."""
        return self.sender in (ANY, packet.sender) and self.to in (ANY, packet.to) and self.kind in (ANY, packet.kind)

    def __str__(self) -> str:
        link = "" if self.sender == self.to == ANY else f"{self.sender}->{self.to}"
        kind = "" if self.kind == ANY else self.kind
        return " ".join(part for part in (link, kind) if part) or "any message"


def pattern_of(words: list[str], names: list[str]) -> Pattern:
    """``[SENDER->RECEIVER] [KIND]``; `names` are the nodes and clients that there are."""
    sender = to = kind = ANY
    for word in words:
        if "->" in word:
            sender, _, to = word.partition("->")
            for end in (sender, to):
                if end != ANY and end not in names:
                    raise unknown_word("node or client", end, [ANY, *names])
        elif kind != ANY or word not in KINDS:
            raise unknown_word("message", word, list(KINDS))
        else:
            kind = word
    return Pattern(sender, to, kind)


class Wire:
    """All links."""

    def __init__(self) -> None:
        self.moving: deque[Packet] = deque()
        """To be delivered, in this order."""
        self.held: list[Packet] = []
        self.holds: list[Pattern] = []
        self.cuts: list[Pattern] = []

    def is_cut(self, packet: Packet) -> bool:
        return any(pattern.matches(packet) for pattern in self.cuts)

    def is_held(self, packet: Packet) -> bool:
        return any(pattern.matches(packet) for pattern in self.holds)

    def take(self, pattern: Pattern) -> list[Packet]:
        """Take the held packets that match. `ScenarioError` where there is none: a command that does nothing is a
        mistake of the transcript."""
        taken = [packet for packet in self.held if pattern.matches(packet)]
        if not taken:
            there = ", ".join(dict.fromkeys(f"{p.sender}->{p.to} {p.kind}" for p in self.held)) or "nothing"
            raise ScenarioError(f"no held message matches {pattern}; held: {there}")
        self.held = [packet for packet in self.held if not pattern.matches(packet)]
        return taken

    def waiting(self, name: str) -> list[Packet]:
        """Take what waits only because its receiver stands still."""
        waiting = [packet for packet in self.held if packet.to == name and not self.is_held(packet)]
        self.held = [packet for packet in self.held if packet.to != name or self.is_held(packet)]
        return waiting

    def release(self, pattern: Pattern) -> None:
        """Hold back no longer what `pattern` names, or anything where it names anything."""
        if pattern == Pattern() and (self.holds or self.held):
            self.holds.clear()
        elif pattern in self.holds:
            self.holds.remove(pattern)
        else:
            known = ", ".join(map(str, self.holds)) or "nothing"
            raise ScenarioError(f"{pattern} is not held back; held back: {known}")
        free = [packet for packet in self.held if not self.is_held(packet)]
        self.held = [packet for packet in self.held if self.is_held(packet)]
        self.moving.extend(free)
