"""What is asked of a system: `Always`, `Reachable`, `Eventually`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Always:
    """No reachable state is broken: `broken` returns what is wrong with a state, or None."""

    name: str
    broken: Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Reachable:
    """Some reachable state has `holds`. What is never reached shows that a model says less than it seems to."""

    name: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Eventually:
    """From every reachable state, every fair run comes to a state that has `holds` ("always again": [] <> holds).

    A state without steps must have it, and there is no fair cycle without it. Fair is what `System.fairness` says;
    without that method only standing still is excluded. A step from a state to itself is no progress: a state that
    has none but such is a state without steps.
    """

    name: str
    holds: Callable[[Any], bool]


Property = Always | Reachable | Eventually
