"""A sequential specification: what an object does when operations come one at a time.

Three members make a specification: `init`, `step` and `describe`. Whoever writes one needs nothing else from here. A
search is faster, never different, when the specification also tells the four properties of `Hinted`.
"""

from collections.abc import Callable, Hashable, Iterable
from enum import Enum
from typing import Any, NamedTuple, Protocol, runtime_checkable

State = Hashable


class Sentinel(Enum):
    """`REFUSED`: the object would not have answered so. `DEAD`: a state that no operation to come can tell apart."""

    REFUSED = "refused"
    DEAD = "dead"


REFUSED = Sentinel.REFUSED
DEAD = Sentinel.DEAD


class Call(NamedTuple):
    """What was asked and what was answered."""

    f: str
    argument: Any = None
    result: Any = None
    known: bool = True
    """Whether `result` was observed. The outcome of a pending operation, or of a read not recorded, is not."""


class Specification(Protocol):
    """An object by what it does. States are hashable and never change."""

    @property
    def init(self) -> State:
        """The state before the first operation."""
        ...

    def step(self, state: State, call: Call) -> State:
        """The state after `call`, or `REFUSED` where the object would not have answered so in `state`."""
        ...

    def describe(self, state: State, call: Call) -> str:
        """The call in a few words, for people: ``read 3``."""
        ...


Foresight = Callable[[State, int], State]
"""`(state, now)`: the state itself, or `DEAD` where no call that ends at `now` or later can tell."""


@runtime_checkable
class Hinted(Protocol):
    """Properties that let a search skip what cannot matter. Each must hold in every state, or the answers are wrong."""

    def pure(self, call: Call) -> bool:
        """The call never changes the state."""
        ...

    def total(self, call: Call) -> bool:
        """The call is never refused."""
        ...

    def blind(self, call: Call) -> bool:
        """The call is never refused, and the state after it does not depend on the state before it."""
        ...

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight | None:
        """What can still be told apart, from every `(call, end)` to come; None where nothing is known. A specification
        that foresees also steps from `DEAD`."""
        ...


class Plain:
    """The hints of a specification that gives none: right for every object."""

    def pure(self, call: Call) -> bool:
        """Nothing is known to be pure."""
        return False

    def total(self, call: Call) -> bool:
        """Nothing is known to be total."""
        return False

    def blind(self, call: Call) -> bool:
        """Nothing is known to be blind."""
        return False

    def foresee(self, calls: Iterable[tuple[Call, int]]) -> Foresight | None:
        """Nothing is foreseen."""
        return None


def hints(specification: Specification) -> Hinted:
    """The specification's own hints, or those that are right for every object."""
    return specification if isinstance(specification, Hinted) else Plain()


def unheard_of(name: str, call: Call, accepted: str) -> ValueError:
    """The history's fault: it holds an operation that the object does not have."""
    return ValueError(f"a {name} has no operation {call.f!r}; accepted: {accepted}")
