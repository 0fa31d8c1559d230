"""The saved schedule of a run: configuration, planned faults, fates of single messages and, once it was shrunk, what
the clients do, as one JSON document."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from checkers.registry import CLAIMS
from dynamo.core.effects import SPACES
from histories.run import HISTORY_FILE
from kept.lab.config import RunConfig
from kept.lab.fingerprint import rows_sha256
from kept.lab.script import STOP, Planned, Script
from kept.lab.steps import NOTHING_SEEN, Ask, End, Places, Step, Strike
from kept.lab.usage import SHOWN_PATH_CHARS, UsageError, first_problem, nearest, shown
from kept.lab.workload import INTENTS
from kept.sim import faults as kinds
from kept.sim.faults import CRASH, DRIFT, KINDS, TORN, Fault
from kept.sim.tape import Fate, Tape

SCHEDULE_FILE = "schedule.json"
BY_BUG: Literal["violated by its bug"] = "violated by its bug"
FIXED: Literal["fixed"] = "fixed"
LIMIT_BYTES = 256 * 1024 * 1024
"""A schedule file is never longer."""
_LONGEST_US = 10**15
_SLOWEST_US = 5_000_000
"""No step and no sync takes longer, or the run would not settle within any bound."""
_SLOWEST_PPM, _FASTEST_PPM = -900_000, 9_000_000
"""All drifts of one clock together: it must go on running forwards, and not fire a day's timers in a second."""

Microseconds = Annotated[int, Field(ge=0, le=_LONGEST_US)]
Number = Annotated[FiniteFloat, Field(ge=-1e12, le=1e12)]

_Plain = tuple[str, Microseconds, Microseconds, tuple[str, ...], tuple[tuple[str, str], ...], Number, Number, bool]
_Placed = tuple[
    str,
    Microseconds,
    Microseconds,
    tuple[str, ...],
    tuple[tuple[str, str], ...],
    Number,
    Number,
    bool,
    Places,
]
PlannedFault = _Plain | _Placed
"""The fields of `Fault`, in order; a fault without places may leave them out."""
_NEWCOMER = re.compile(r"n[1-9][0-9]{0,3}")
DRAWS_LIMIT = 10_000_000
"""No client's stream is ever wound further."""
WrittenIntent = tuple[
    Annotated[int, Field(ge=0)], Microseconds, str, str, Annotated[int, Field(ge=0, le=DRAWS_LIMIT)]
]  # the fields of `Planned`, in order
WrittenFate = tuple[str, Annotated[int, Field(ge=1)], Literal["loss", "duplicate", "delay"], Microseconds]


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
    """Over the rows of history.jsonl without its header, which names the code that ran."""
    expected: Literal["", "violated by its bug", "fixed"] = ""
    """What a replay must come to, of a schedule that is kept to be replayed: see `kept.lab.entry`."""
    about: str = ""
    """What was found, for a person."""
    plan: tuple[PlannedFault, ...]
    fates: tuple[WrittenFate, ...]
    intents: tuple[WrittenIntent, ...] = ()
    """What each client does and when; empty: they decide for themselves, by the seed. Of a shrunk schedule."""
    steps: tuple[Step, ...] = ()
    """What was done to the cluster, one step after the other: of a stateful test. Then there is no plan, and no client
    that decides anything."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """A schedule is hostile input: whatever the world could not carry out is refused here, with its place."""
        for place, names in (("claims", self.claims), ("violated", self.violated)):
            for name in names:
                if name not in CLAIMS:
                    raise ValueError(
                        f"{place}: {shown(name)}; accepted: {', '.join(CLAIMS)}{nearest(name, list(CLAIMS))}"
                    )
        struck = [step.fault(0) for step in self.steps if isinstance(step, Strike)]
        changes = [fault for fault in (*self.faults(), *struck) if fault.kind in kinds.CHANGES]
        nodes = [f"n{i + 1}" for i in range(self.config.nodes + len(changes))]
        named = dict.fromkeys(name for fault in changes for name in fault.nodes if _NEWCOMER.fullmatch(name))
        nodes += [name for name in named if name not in nodes]  # shrinking took out who came before them
        now_us = 0
        for count, fault in enumerate(self.faults()):
            _check(f"plan.{count}", fault, nodes)
            if fault.at_us < now_us:
                raise ValueError(f"plan.{count}: {fault.at_us} us after {now_us} us; accepted: faults in their order")
            now_us = fault.at_us
        if self.expected == BY_BUG and not self.config.bug:
            raise ValueError(f"expected: {BY_BUG}, but no bug is seeded; accepted: fixed, or a config with a bug")
        for count, intent in enumerate(self.intents):
            _check_intent(f"intents.{count}", Planned(*intent), self.config.clients)
        for name in nodes:
            _check_drift(name, [fault for fault in self.faults() if fault.kind == DRIFT and name in fault.nodes])
        if self.steps:
            self._check_steps(nodes, struck)
        return self

    def _check_steps(self, nodes: list[str], struck: list[Fault]) -> None:
        if self.plan or self.intents:
            raise ValueError("steps: beside a plan or intents; accepted: steps alone")
        asked = 0
        for count, step in enumerate(self.steps):
            place = f"steps.{count}"
            if isinstance(step, Ask):
                _check_asked(place, step, asked, nodes, self.config.clients)
                asked += 1
            elif isinstance(step, Strike):
                _check(place, step.fault(0), nodes)
            elif isinstance(step, End):
                for kind in step.kinds:
                    if kind not in KINDS:
                        raise ValueError(f"{place}: {shown(kind)}; accepted: {', '.join(KINDS)}")
        for name in nodes:  # of faults that begin and end when a step says so, any may last together
            drifts = [fault for fault in struck if fault.kind == DRIFT and name in fault.nodes]
            for sign in (-1, 1):
                _check_drift(name, [fault for fault in drifts if fault.number * sign > 0])

    def faults(self) -> list[Fault]:
        """The plan, for the nemesis."""
        return [Fault(*fields) for fields in self.plan]

    def tape(self) -> Tape:
        """A tape that replays the fates."""
        fates: dict[tuple[str, int], Fate] = {(sender, count): (kind, us) for sender, count, kind, us in self.fates}
        return Tape(fates)

    def script(self) -> Script | None:
        """The clients' script; None where they decide for themselves."""
        return Script(Planned(*intent) for intent in self.intents) if self.intents else None

    def text(self) -> str:
        """The document as it is saved: readable JSON with a line per fault."""
        document: dict[str, Any] = self.model_dump(mode="json")
        lists = {name: document.pop(name) for name in ("plan", "fates", "intents", "steps")}
        head = json.dumps(document, indent=1)[:-2]
        return head + "".join(f',\n "{name}": [{_lines(rows)}]' for name, rows in lists.items()) + "\n}\n"

    def save(self, directory: Path) -> Path:
        """Write the schedule into the directory of its run."""
        path = directory / SCHEDULE_FILE
        path.write_text(self.text(), encoding="utf-8")
        return path


MAX_WEIGHT = 100.0


def _check(place: str, fault: Fault, nodes: list[str]) -> None:
    planned = [kind for kind in KINDS if kind != TORN]  # a torn write comes with a crash
    if fault.kind not in planned:
        raise ValueError(f"{place}: {shown(fault.kind)}; accepted: {', '.join(planned)}{nearest(fault.kind, planned)}")
    known = set(nodes)
    for name in (*fault.nodes, *(name for pair in fault.pairs for name in pair)):
        if name not in known:
            raise ValueError(f"{place}: node {shown(name)}; accepted: {nodes[0]} to {nodes[-1]}")
    if fault.kind in kinds.CHANGES:
        _check_change(place, fault)
    if fault.kind == kinds.LEAVE:
        _check_told(place, fault)
    elif fault.pairs and fault.kind not in (*kinds.CUTS, kinds.CLOGGED):
        raise ValueError(f"{place}: pairs of nodes with {fault.kind}; accepted: pairs only with faults of links")
    if fault.kind in (*kinds.CUTS, kinds.CLOGGED) and not fault.pairs:
        raise ValueError(f"{place}: no pairs of nodes with {fault.kind}; accepted: at least one pair")
    _check_places(place, fault)
    if fault.kind in (kinds.SLOW_NODE, kinds.SLOW_DISK) and not 0 <= fault.number <= _SLOWEST_US:
        raise ValueError(f"{place}: {fault.number} us slower; accepted: 0 to {_SLOWEST_US}")
    if fault.kind == kinds.IO_ERROR and not 0.0 <= fault.number <= 1.0:
        raise ValueError(f"{place}: {fault.number}; accepted: a share from 0 to 1")
    if fault.kind == CRASH and not (0.0 <= fault.number <= 1.0 and fault.torn < 1.0):
        raise ValueError(
            f"{place}: {fault.number}, {fault.torn}; accepted: a share from 0 to 1, and one below 1 of the torn write"
        )


def _check_told(place: str, fault: Fault) -> None:
    for leaves, told in fault.pairs:
        if (leaves,) != fault.nodes or told == leaves or len(fault.pairs) > 1:
            raise ValueError(f"{place}: {leaves} leaves, {told} is told; accepted: who leaves, and one other node")


def _check_change(place: str, fault: Fault) -> None:
    wanted = 2 if fault.kind in (kinds.REPLACE, kinds.RIVALS) else 0 if fault.kind == kinds.ABORT else 1
    if len(fault.nodes) != wanted or len(set(fault.nodes)) != wanted:
        raise ValueError(f"{place}: {len(fault.nodes)} nodes with {fault.kind}; accepted: {wanted} different ones")
    if not 0.0 <= fault.number <= MAX_WEIGHT or (fault.kind == kinds.WEIGHT and not fault.number):
        raise ValueError(f"{place}: weight {fault.number}; accepted: above 0 and up to {MAX_WEIGHT}")


def _check_places(place: str, fault: Fault) -> None:
    wanted = {kinds.BIT_ROT: 1, kinds.MISDIRECTED: 2}.get(fault.kind, 0)
    if fault.places and len(fault.places) != wanted:
        raise ValueError(f"{place}: {len(fault.places)} records with {fault.kind}; accepted: none or {wanted}")
    for space, key in fault.places:
        if space not in SPACES:
            raise ValueError(f"{place}: the name space {shown(space)}; accepted: {', '.join(SPACES)}")
        try:
            kinds.place_of((space, key))
        except UnicodeEncodeError:
            raise ValueError(f"{place}: a key that stands for no bytes; accepted: Unicode text") from None


def _check_intent(place: str, intent: Planned, clients: int) -> None:
    if intent.client >= clients:
        raise ValueError(f"{place}: client {intent.client}; accepted: 0 to {clients - 1}")
    if intent.kind not in INTENTS and intent.kind != STOP:
        accepted = [*INTENTS, STOP]
        raise ValueError(
            f"{place}: {shown(intent.kind)}; accepted: {', '.join(accepted)}{nearest(intent.kind, accepted)}"
        )
    try:
        intent.key.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{place}: a key with a lone surrogate; accepted: Unicode text") from None


def _check_asked(place: str, step: Ask, asked: int, nodes: list[str], clients: int) -> None:
    if step.client >= clients:
        raise ValueError(f"{place}: client {step.client}; accepted: 0 to {clients - 1}")
    if step.node not in nodes:
        raise ValueError(f"{place}: node {shown(step.node)}; accepted: {nodes[0]} to {nodes[-1]}")
    if step.seen >= asked:
        accepted = f"{NOTHING_SEEN} to {asked - 1}, an operation before it"
        raise ValueError(f"{place}: the context of operation {step.seen}; accepted: {accepted}")


def _check_drift(name: str, drifts: list[Fault]) -> None:
    """A fault that names a node twice bends its clock twice."""
    bends = [(fault, int(fault.number) * fault.nodes.count(name)) for fault in drifts]
    edges = [(fault.at_us, ppm) for fault, ppm in bends]
    edges += [(fault.at_us + fault.for_us, -ppm) for fault, ppm in bends]
    total_ppm = 0
    for _, ppm in sorted(edges):
        total_ppm += ppm
        if not _SLOWEST_PPM <= total_ppm <= _FASTEST_PPM:
            raise ValueError(
                f"plan: the clock of {name} drifts by {total_ppm} ppm; accepted: {_SLOWEST_PPM} to {_FASTEST_PPM}"
            )


def _lines(rows: list[Any]) -> str:
    return "".join(f"\n  {json.dumps(row)}," for row in rows).rstrip(",")


def load_schedule(path: Path) -> Schedule:
    """Read the schedule of a run's directory, or a schedule file. `UsageError` names the file and the place."""
    file = path / SCHEDULE_FILE if path.is_dir() else path
    name = shown(str(file), SHOWN_PATH_CHARS)
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"{name}: not a regular file; accepted: the directory of a run, or its {SCHEDULE_FILE}")
        if file.stat().st_size > LIMIT_BYTES:
            raise UsageError(f"{name}: {file.stat().st_size} bytes; accepted: up to {LIMIT_BYTES}")
        text = file.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{name}: cannot be read: {why}; accepted: the directory of a run") from None
    try:
        schedule = Schedule.model_validate_json(text)
    except ValidationError as error:
        problem = first_problem(error, Schedule)
        hint = "" if "; accepted: " in problem else "; accepted: a schedule written by `kept run`"
        raise UsageError(f"{name}: {problem}{hint}") from None
    if path.is_dir():
        _check_history(path, schedule)
    return schedule


def _check_history(directory: Path, schedule: Schedule) -> None:
    """The history beside a schedule must be the one that it was made with: a replay is compared with that one."""
    file = directory / HISTORY_FILE
    name = shown(str(file), SHOWN_PATH_CHARS)
    try:
        with file.open("rb") as rows:
            found = rows_sha256(rows)
    except FileNotFoundError:
        return  # the schedule alone is enough
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}; accepted: a run's history") from None
    if found != schedule.history_sha256:
        accepted = f"the history that {SCHEDULE_FILE} was made with, or {SCHEDULE_FILE} by itself"
        raise UsageError(f"{name}: truncated or changed since it was recorded; accepted: {accepted}")
