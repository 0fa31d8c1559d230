"""The schedules of a corpus as tests: what was found before is replayed before anything else."""

from pathlib import Path
from typing import Any

import pytest

from kept.lab.entry import entries_of, replay_entry
from kept.lab.usage import UsageError
from kept.testing.session import current
from kept.testing.violation import Undecided

FINE = ("SAME", "FIXED", "EXPECTED")
NODE = "kept-corpus"


class ReplayFailed(AssertionError):
    """A schedule of the corpus is violated again, or cannot be replayed."""


class CorpusItem(pytest.Item):
    """One schedule."""

    def __init__(self, *, place: Path, **given: Any) -> None:
        super().__init__(**given)
        self.place = place

    def runtest(self) -> None:
        result, reason, sentence = replay_entry(self.place)
        self.user_properties.append(("kept_replay", result))
        told = f"{result}: {reason}" + (f"\n{sentence}" if sentence else "")
        if result in ("UNKNOWN", "MISSED", "STALE"):
            current().judge([Undecided(self.place.name, told)])
        elif result not in FINE:
            raise ReplayFailed(f"{told}\nreplay: kept replay {self.place}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.place, None, f"{NODE}: {self.place.name}"


def items_of(session: pytest.Session, directory: Path) -> list[pytest.Item]:
    """A test for each schedule in `directory`; none where it is not there yet. Raises `pytest.UsageError`."""
    if not directory.exists():
        return []
    try:
        places = entries_of(directory)
    except UsageError as error:
        raise pytest.UsageError(f"--kept-corpus: {error}") from None
    return [
        CorpusItem.from_parent(session, name=place.name, nodeid=f"{NODE}::{place.name}", place=place)
        for place in places
    ]
