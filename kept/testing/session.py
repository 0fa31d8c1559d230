"""The session: what every test of a run has in common, as the pytest plugin's options say or else the defaults.

Nothing here imports the workbench, because the plugin makes one at the start of every pytest run that asks for it.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kept.testing.failure import Failure
    from kept.testing.violation import Undecided

ARTIFACTS = Path(".kept")
PROFILES = ("pr", "nightly")
UNKNOWN = ("fail", "warn")


class UndecidedWarning(UserWarning):
    """A promise could not be decided, and `--kept-unknown=warn` lets that pass."""


@dataclass(frozen=True)
class Session:
    """Seed, profile and places of one run of tests."""

    seed: int = 0
    profile: Literal["pr", "nightly"] = "pr"
    unknown: Literal["fail", "warn"] = "fail"
    corpus: Path | None = None
    artifacts: Path = ARTIFACTS
    failures: "list[Failure]" = field(default_factory=list)
    """They wait here until somebody tells of them."""

    def judge(self, found: "Iterable[Undecided]") -> None:
        """Let the claims that could not be decided fail the test, or warn of them."""
        for one in found:
            if self.unknown == "fail":
                raise one
            warnings.warn(UndecidedWarning(str(one)), stacklevel=3)

    def failed(self, failure: "Failure") -> None:
        self.failures.append(failure)

    def drain(self) -> "list[Failure]":
        """The failures since this was asked last."""
        found = list(self.failures)
        self.failures.clear()
        return found


_current = [Session()]


def current() -> Session:
    """The session that is under way; without the plugin, one of defaults."""
    return _current[-1]


@contextmanager
def under(session: Session) -> Iterator[Session]:
    """Make `session` the current one."""
    _current.append(session)
    try:
        yield session
    finally:
        _current.remove(session)
