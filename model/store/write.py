"""What the reference model remembers of single operations, and how it says no."""

from collections.abc import Mapping
from typing import NamedTuple

from model.causality import Dot, Vector

OPEN, OK, FAIL, INFO = "open", "ok", "fail", "info"


NOTHING: Vector = {}


class Refusal(NamedTuple):
    """An answer or a final state that no store that keeps its promises can give."""

    rule: str
    """The promise that it breaks, as docs/promises.md calls it."""
    clause: str
    """What is wrong, as a clause."""
    operations: tuple[int, ...]
    """The indices of the operations involved, ascending."""


def refusal(rule: str, clause: str, *operations: int | None) -> Refusal:
    """A refusal; operations that nobody knows are left out."""
    return Refusal(rule, clause, tuple(sorted({index for index in operations if index is not None})))


class Answer(NamedTuple):
    """What a get returned."""

    number: int
    """The index of the operation."""
    shown: Mapping[Dot, str]
    context: Vector
    at: int
    """The moment of the answer: how many events there had been."""
    seen: Vector = NOTHING
    """What the puts that it shows had seen, as far as it was known."""


class Write:
    """A put or a delete that takes effect, or may."""

    __slots__ = ("began", "context", "dot", "doubts", "known_before", "number", "outcome", "shown_by", "value")

    def __init__(self, number: int, value: str | None, context: Vector, began: int) -> None:
        self.number = number
        """The index of the operation."""
        self.value = value
        """None for a delete."""
        self.context = context
        """What its client had seen."""
        self.began = began
        """The moment of its invocation."""
        self.outcome = OPEN
        self.dot: Dot | None = None
        """The name that the store gave it, once it is known."""
        self.known_before: Vector | None = None
        """What anybody had been told of the key when it began; kept as long as its name is not known."""
        self.shown_by: int | None = None
        """The first get that returned it, while it was open."""
        self.doubts: list[Answer] = []
        """Answers that its outcome may yet prove wrong."""
