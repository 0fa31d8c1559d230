"""The saved schedule of a run: configuration, planned faults and the fates of single messages, as one JSON document."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kept.lab.config import RunConfig
from kept.lab.usage import UsageError, first_problem
from kept.sim.faults import Fault
from kept.sim.tape import Fate, Tape

SCHEDULE_FILE = "schedule.json"

PlannedFault = tuple[
    str, int, int, tuple[str, ...], tuple[tuple[str, str], ...], float, float, bool
]  # the fields of `Fault`, in order
WrittenFate = tuple[
    str, Annotated[int, Field(ge=1)], Literal["loss", "duplicate", "delay"], Annotated[int, Field(ge=0)]
]


class Schedule(BaseModel):
    """What the scheduler chose, and what came of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept: Literal["schedule"] = "schedule"
    version: Literal[1] = 1
    created_by: str
    code: str
    config: RunConfig
    claims: tuple[str, ...]
    """The promises that were checked."""
    violated: tuple[str, ...]
    history_sha256: str
    plan: tuple[PlannedFault, ...]
    fates: tuple[WrittenFate, ...]

    def faults(self) -> list[Fault]:
        return [Fault(*fields) for fields in self.plan]

    def tape(self) -> Tape:
        fates: dict[tuple[str, int], Fate] = {(sender, count): (kind, us) for sender, count, kind, us in self.fates}
        return Tape(fates)

    def save(self, directory: Path) -> Path:
        """Write the schedule; it is readable JSON with a line per fault."""
        document: dict[str, Any] = self.model_dump(mode="json")
        plan, fates = document.pop("plan"), document.pop("fates")
        head = json.dumps(document, indent=1)[:-2]
        text = head + ',\n "plan": [' + _lines(plan) + '],\n "fates": [' + _lines(fates) + "]\n}\n"
        path = directory / SCHEDULE_FILE
        path.write_text(text, encoding="utf-8")
        return path


def _lines(rows: list[Any]) -> str:
    return "".join(f"\n  {json.dumps(row)}," for row in rows).rstrip(",")


def load_schedule(path: Path) -> Schedule:
    """Read the schedule of a run's directory, or a schedule file. `UsageError` names the file and the place."""
    file = path / SCHEDULE_FILE if path.is_dir() else path
    try:
        text = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}; accepted: the directory of a run") from None
    try:
        return Schedule.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(f"{file}: {first_problem(error)}; accepted: a schedule written by `kept run`") from None
