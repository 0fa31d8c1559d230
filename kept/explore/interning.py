"""Interning: whatever a global state is made of is stored once, and a state holds small numbers of it.

A number means something in one process only; the 64-bit digest beside it means the same in every process.
"""

from typing import Any, NamedTuple

from dynamo.core.membership import CLOSE
from dynamo.core.messages import Progress, Request
from kept.explore.canon import Canon, digest64

FINAL_ANSWERS = frozenset({"Stored", "Refused", "ReadReply", "Forwarded", "HandedOff", "Welcome"})
"""Answers to one question each: what changes nothing once never does again, for no question is asked twice."""

AT_ONCE = ("TransferPage", "TransferRecords")
"""Answers that can be taken in when they are given: the question could have come later instead."""

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
        self.tables: list[bool] = []
        """Whether it tells of a membership table or of a report: what is old news once stays so until a crash."""
        self.changes: list[bool] = []
        """Whether it is of a change of membership, and taken in at once where nothing can come between."""
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
            self.tables.append(message.kind in ("Announce", "Progress"))
            self.changes.append(arrives_at_once(message.content))
        return number

    def of_digest(self, digest: int) -> int | None:
        """The number of a message with this digest; None where there is none here."""
        return self._known.get(digest)


def arrives_at_once(content: object) -> bool:
    """Whether an undisturbed message of a change is taken in where it is sent. A report that all is done for a phase
    can be made later as well as arrive later; only at the end of a change more may come to be done."""
    return type(content).__name__ in AT_ONCE or (isinstance(content, Progress) and content.phase != CLOSE)
