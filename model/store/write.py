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


class Write:
    """A put or a delete that takes effect, or may."""

    __slots__ = ("context", "dot", "doubts", "known_before", "number", "outcome", "pardons", "shown_by", "value")

    def __init__(self, number: int, value: str | None, context: Vector) -> None:
        self.number = number
        """The index of the operation."""
        self.value = value
        """None for a delete."""
        self.context = context
        """What its client had seen."""
        self.outcome = OPEN
        self.dot: Dot | None = None
        """The name that the store gave it, once it is known."""
        self.known_before: Vector | None = None
        """What anybody had been told of the key when it began; kept as long as its name is not known."""
        self.shown_by: int | None = None
        """The first get that returned it, while it was open."""
        self.doubts: list[Answer] = []
        """Answers that its outcome may yet prove wrong."""
        self.pardons: list[Pardon] = []
        """Gets that are excused if this delete takes effect."""


class Answer(NamedTuple):
    """What a get returned, and what else there was within its context."""

    number: int
    """The index of the operation."""
    shown: Mapping[Dot, str]
    context: Vector
    authors: tuple[Write, ...]
    """The puts that are shown, as far as their names were known."""
    gone: Vector = NOTHING
    """What those puts had seen, and deletes that may have taken effect and had seen nothing that is shown."""
    others: tuple[Write, ...] = ()
    """The puts that the context covers and that are not accounted for so far, and the open deletes and
    nameless puts that a reader with this context may know of."""


class Pardon(NamedTuple):
    """A get knew less than it must, and deletes that were open excused it."""

    otherwise: Refusal
    """What is wrong unless they take effect."""
    missed: tuple[Dot, ...]
    ended: Vector
    """What deletes that had ended might have made the store forget anyway."""
    deletes: tuple[Write, ...]
