"""What can be explored: a transition system, given by its first states, the steps of each state, and a fingerprint.

A system is an object with the three methods of `System`. What else it can do it says by having the method:

    independent(one, other)   two steps commute and neither enables or disables the other: sleep sets prune
    encode(state), decode     states as bytes: checkpoints, frontiers on disk, exploration on several cores
    fairness(label)           the class of steps that a fair run must not neglect for ever; None: it may
    kind(label)               what coverage counts a step as

`model.explorer.explore.explore` asks with `capability` what a system has.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Protocol, TypeVar

Label = Hashable
"""What a step is called: equal labels are one step. ``str(label)`` is what a person reads."""

S = TypeVar("S")


class System(Protocol[S]):
    """A transition system over states of type `S`, which are never changed once they have been made."""

    def initial(self) -> Iterable[S]:
        """The first states, always in the same order."""
        ...

    def steps(self, state: S) -> Iterable[tuple[Label, S]]:
        """The steps of `state` and what comes after each, always in the same order.

        A step that leads back to its own state counts as a transition, but a run may not stay in it.
        """
        ...

    def fingerprint(self, state: S) -> int:
        """64 bits (0 to 2**64 - 1) that are equal for equal states, in every process.

        Where states are alike but for names, it may be that of a representative: then one of them is explored.
        """
        ...


class Commuting(Protocol):
    """A system that knows which steps commute."""

    def independent(self, one: Label, other: Label) -> bool:
        """Wherever both are possible: neither disables the other, and both orders lead to one state.

        Neither may enable the other. Symmetric, and never true of a step and itself. A system whose fingerprints take
        states for others does not know this: the names in its labels are not those of the state that was explored.
        """
        ...


class Encoding(Protocol[S]):
    """A system whose states can be written down."""

    def encode(self, state: S) -> bytes: ...

    def decode(self, code: bytes) -> S:
        """The state that was encoded, with the same steps, labels and fingerprint, in any process."""
        ...


class Fair(Protocol):
    """A system that says which steps are not neglected for ever."""

    def fairness(self, label: Label) -> Hashable | None:
        """Weak fairness, class by class: a run in which from some point on every state has a step of this class, and
        none of the class is ever taken, does not happen. None: the step may be neglected (a fault, a request)."""
        ...


def capability(system: object, method: str) -> Callable[..., Any] | None:
    """The optional method of a system, or None where it has none."""
    found = getattr(system, method, None)
    return found if callable(found) else None


def kind(system: object, label: Label) -> str:
    """What coverage counts a step as: the system's own word for it, or the label's `action`, or what it prints as."""
    own = capability(system, "kind")
    if own is not None:
        return str(own(label))
    return str(getattr(label, "action", label))
