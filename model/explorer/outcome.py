"""What an exploration is allowed, and what it reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from model.explorer.system import Label


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where an exploration stops though it is not done. None is no bound."""

    states: int | None = None
    depth: int | None = None
    """How many steps from a first state: no state that is further away is visited."""
    memory_bytes: int | None = None
    """Of what the explorer stores for visited states (`Outcome.memory_bytes`)."""
    seconds: float | None = None
    clock: Callable[[], float] | None = None
    """The seconds so far, by whichever clock the caller means. Needed for `seconds`."""

    def __post_init__(self) -> None:
        if self.seconds is not None and self.clock is None:
            raise ValueError("a bound on seconds needs a clock")


class Taken(NamedTuple):
    """A step that a counterexample takes, and the state after it."""

    label: Label
    state: Any


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A run that breaks a property. Found breadth first, no shorter run breaks it."""

    name: str
    reason: str
    first: Any
    """The state in which it begins."""
    steps: tuple[Taken, ...]
    cycle: tuple[Taken, ...] = ()
    """For `Eventually`: what can be repeated for ever after `steps`, fairly; empty where the run ends."""

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(step.label for step in self.steps)

    @property
    def last(self) -> Any:
        return self.steps[-1].state if self.steps else self.first


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an exploration found. `complete` where every reachable state has been visited and expanded."""

    states: int
    transitions: int
    """Steps that were taken, including those to states that were known."""
    depth: int
    """The most steps that a visited state needs (breadth first) or was reached with (depth first)."""
    memory_bytes: int
    """What the explorer stored for the visited states: fingerprints, parents, steps."""
    complete: bool
    excluded: tuple[str, ...]
    """One sentence for each bound that cut something off."""
    counterexamples: tuple[Counterexample, ...]
    """At most one for each property."""
    unreached: tuple[str, ...] = ()
    """The `Reachable` properties of which no state was found; they are refuted where the exploration is complete."""
    witnesses: tuple[Counterexample, ...] = ()
    """The runs that reach `Reachable` properties, shortest where found breadth first."""
    coverage: Mapping[str, int] = field(default_factory=dict)
    """How many transitions there are of each kind of step, in the order of names."""
    missed: float = 0.0
    """At most this is the chance that a state was taken for another of the same fingerprint and missed."""
    levels: tuple[int, ...] = ()
    """How many states are how many steps away (breadth first)."""

    @property
    def bytes_per_state(self) -> float:
        return self.memory_bytes / max(1, self.states)

    @property
    def holds(self) -> bool | None:
        """True: all properties hold. False: one is broken. None: unknown, the exploration is not complete."""
        if self.counterexamples or (self.complete and self.unreached):
            return False
        return True if self.complete else None
