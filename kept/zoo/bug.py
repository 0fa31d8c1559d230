"""One bug: what it breaks, how it is put into a store, and the conditions under which it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dynamo.core.rules import Rules

Seeding = Callable[[Rules], Rules]


def replacing(**parts: Any) -> Seeding:
    """Put `parts` in the place of the rules of the same names."""

    def seed(rules: Rules) -> Rules:
        return replace(rules, **parts)

    return seed


@dataclass(frozen=True)
class Bug:
    """A bug that a real store has had."""

    name: str
    """Kebab-case; the value of ``--bug``."""
    row: int
    """Which of the published bugs it is (the rows of docs/zoo.md); 0 for those that are in no survey."""
    title: str
    """One line: what goes wrong."""
    mechanism: str
    """How it comes about, in two or three lines."""
    breaks: tuple[str, ...]
    """Claims of which a run that catches the bug violates at least one."""
    seed: Seeding
    """The store's rules with this bug among them."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """The fields of `RunConfig` that make it likely; what the user sets himself goes first."""
    source: str = ""
    """Where it was published."""
