"""Interning: whatever a global state is made of is stored once, and a state holds small numbers of it.

A number means something in one process only; the 64-bit digest beside it means the same in every process.
"""

from typing import Any, NamedTuple

from dynamo.core.messages import Request
from kept.explore.canon import Canon, digest64

FINAL_ANSWERS = frozenset({"Stored", "Refused", "ReadReply", "Forwarded", "HandedOff", "Welcome"})
"""Answers to one question each: what changes nothing once never does again, for no question is asked twice."""


CLIENT = -1
"""The sender of a client's request."""


class Copy(NamedTuple):
    """A client's request, as it comes once more."""

    request: Request
    wall_us: int


class Message(NamedTuple):
    """A message under way: from a node, or a client's request."""

    sender: str
    to: str
    content: Any

    @property
    def kind(self) -> str:
        return type(self.content).__name__


class Messages:
    """All messages that were ever sent, each once."""

    def __init__(self) -> None:
        self.all: list[Message] = []
        self.digests: list[int] = []
        self.senders: list[int] = []
        self.receivers: list[int] = []
        """Indices of nodes."""
        self.answers: list[bool] = []
        """Whether a message is one of `FINAL_ANSWERS`."""
        self.reads: list[bool] = []
        """Whether it answers a read."""
        self._known: dict[int, int] = {}

    def number(self, message: Message, sender: int, receiver: int) -> int:
        """The number of a message from one node to another."""
        digest = digest64(("message", message.sender, message.to, Canon(None, quiet=True).form(message.content)))
        number = self._known.get(digest)
        if number is None:
            number = self._known[digest] = len(self.all)
            self.all.append(message)
            self.digests.append(digest)
            self.senders.append(sender)
            self.receivers.append(receiver)
            self.answers.append(message.kind in FINAL_ANSWERS)
            self.reads.append(message.kind == "ReadReply")
        return number

    def of_digest(self, digest: int) -> int | None:
        """The number of a message with this digest; None where there is none here."""
        return self._known.get(digest)
