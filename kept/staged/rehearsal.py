"""Staged runs made, judged and saved: did the store do what the counterexample says?"""

import re
from pathlib import Path
from typing import NamedTuple

from kept.lab.direction import Direction
from kept.lab.trial import Trial


class Rehearsal(NamedTuple):
    """One counterexample on stage."""

    name: str
    """Of what was refuted."""
    claim: str
    """What the run must violate; empty where there is no run."""
    reason: str
    """What was switched off and who plays whom, or why there is no run."""
    trial: Trial | None = None
    file: Path | None = None

    @property
    def violated(self) -> bool:
        """Whether the store did what the counterexample says."""
        return self.trial is not None and self.claim in self.trial.violated


def rehearse(name: str, claim: str, direction: Direction, reason: str, directory: Path | None) -> Rehearsal:
    """Make the run, and save its schedule into the directory: `kept replay` runs it again. OSError."""
    trial = direction.run()
    file = None
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / f"{file_name(name)}.json"
        schedule = trial.schedule().model_copy(update={"about": f"{name}: {reason}" if reason else name})
        file.write_text(schedule.text(), encoding="utf-8")
    return Rehearsal(name, claim, reason, trial, file)


def file_name(name: str) -> str:
    """A name as that of a file."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
