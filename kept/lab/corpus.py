"""The corpus: every violation that fuzzing ever found, one directory per kind, replayed before anything else.

What broke once breaks again, so a schedule is kept after its bug is fixed. A kind is a guess at a common cause: many
seeds find the same bug, and one counterexample of it is enough.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checkers.facts import LastRead
from checkers.verdict import Invalid
from kept.lab.schedule import SCHEDULE_FILE
from kept.lab.trial import Trial
from kept.lab.usage import UsageError, shown

FINDING_FILE, EXPLANATION_FILE = "verdict.json", "explanation.txt"
CRASH, NONDETERMINISM = "crash", "nondeterminism"
"""What stands in the place of a claim where a run raised an error, or came out otherwise when it was repeated."""
SHRUNK_DIR = "shrunk"
"""Below the directory of a kind: the smallest schedule of the same kind, with everything that it recorded."""
HASH_DIGITS = 8
_SEEDS_LISTED = 20


class Kind(NamedTuple):
    """What two counterexamples have in common if they probably have one cause."""

    claim: str
    """The first claim that is violated, in the order in which claims are reported; or `CRASH`, `NONDETERMINISM`."""
    facts: tuple[str, ...]
    """The types of the counterexample's facts, in their order, each once."""
    shape: tuple[str, ...]
    """How versions are made, and which writes the counterexample consists of, by kind and outcome."""

    @property
    def key(self) -> str:
        return "|".join((self.claim, ",".join(self.facts), ",".join(self.shape)))

    @property
    def name(self) -> str:
        """Of its directory: the claim and a short hash of the key."""
        return f"{self.claim}-{sha256(self.key.encode()).hexdigest()[:HASH_DIGITS]}"


def kind_of(trial: Trial) -> Kind:
    """The kind of a trial's first violation. Nothing of it depends on times, names, keys, seeds or a seeded bug, nor on
    whether somebody happened to read what was lost."""
    claim = trial.violated[0]
    verdict = trial.verdicts[claim]
    assert isinstance(verdict, Invalid), "the claim is violated"
    found = verdict.counterexample
    facts = dict.fromkeys(type(fact).__name__ for fact in found.facts if not isinstance(fact, LastRead))
    involved = [trial.run.operations[index] for index in found.operations]
    writes = sorted({f"{op.kind}-{op.outcome}" for op in involved if op.kind != "get"})
    return Kind(claim, tuple(facts), (trial.config.versions, *writes))


def crash_kind(error: Exception) -> Kind:
    """The kind of an error: its type, and the function that raised it."""
    trace = error.__traceback__
    assert trace is not None, "it was raised"
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return Kind(CRASH, (type(error).__name__,), (f"{Path(code.co_filename).name}:{code.co_name}",))


class Finding(BaseModel):
    """The verdict.json of a kind."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kept: Literal["finding"] = "finding"
    version: Literal[1] = 1
    claim: str
    violated: tuple[str, ...]
    """Every claim that the run violates."""
    key: str
    """What its kind is decided by, see `Kind`."""
    sentence: str
    facts: tuple[str, ...]
    seed: int
    """Of the run that is saved."""
    count: int = Field(1, ge=1)
    """How many runs had this kind, in all."""
    seeds: tuple[int, ...]
    """The least of them, ascending."""
    events: int | None = None
    """How many events a reader has to follow, where it was shrunk."""
    shrunk_events: int | None = None
    """And of the shrunk schedule, which lies in `SHRUNK_DIR`."""


class Found(NamedTuple):
    """A violation as a worker brings it: everything that is to be saved."""

    kind: Kind
    seed: int
    violated: tuple[str, ...]
    sentence: str
    facts: tuple[str, ...]
    files: Mapping[str, str]
    """Name -> content: the schedule and what was recorded."""

    @property
    def schedule(self) -> str:
        return self.files.get(SCHEDULE_FILE, "")


class Corpus:
    """A directory with one directory per kind. Every entry appears whole or not at all."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._ours: dict[str, int] = {}
        """The kinds that this object saved, and the seeds of their runs."""

    def entries(self) -> list[Path]:
        """The directories of all kinds, by name. `UsageError` where the corpus cannot be read."""
        try:
            found = sorted(path for path in self.directory.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return []
        except OSError as error:
            where = shown(str(self.directory))
            raise UsageError(f"--corpus: {where}: {error.strerror}; accepted: a directory, or a new one") from None
        return [path for path in found if (path / SCHEDULE_FILE).exists()]

    def place(self, kind: Kind) -> Path:
        return self.directory / kind.name

    def add(self, found: Found) -> bool:
        """Save a new kind; of a known one only count. Of the kinds of this session the run with the least seed is
        kept, whatever came first. Returns whether the kind was new."""
        known = finding_of(self.place(found.kind))
        ours = self._ours.get(found.kind.name)
        if known is not None and (ours is None or ours < found.seed):
            seeds = _least((*known.seeds, found.seed))
            self._write_finding(known.model_copy(update={"count": known.count + 1, "seeds": seeds}), found.kind)
            return False
        before = () if known is None else known.seeds
        self._ours[found.kind.name] = found.seed
        self._replace(
            found,
            Finding(
                claim=found.kind.claim,
                violated=found.violated,
                key=found.kind.key,
                sentence=found.sentence,
                facts=found.facts,
                seed=found.seed,
                count=1 if known is None else known.count + 1,
                seeds=_least((*before, found.seed)),
            ),
        )
        return known is None

    def explain(self, kind: Kind, lines: Iterable[str]) -> None:
        """Add the explanation to the entry of `kind`."""
        text = "".join(f"{line}\n" for line in lines)
        (self.place(kind) / EXPLANATION_FILE).write_text(text, encoding="utf-8")

    def shrunk(self, kind: Kind) -> Path:
        """Where the shrunk run of a kind is, if it was shrunk."""
        return self.place(kind) / SHRUNK_DIR

    def add_shrunk(self, kind: Kind, files: Mapping[str, str], events: int, shrunk_events: int) -> None:
        """Add the shrunk run to the entry of `kind`, whole or not at all."""
        self._write(self.shrunk(kind), files)
        finding = finding_of(self.place(kind))
        if finding is not None:
            sizes = {"events": events, "shrunk_events": shrunk_events}
            self._write_finding(finding.model_copy(update=sizes), kind)

    def _write_finding(self, finding: Finding, kind: Kind) -> None:
        path = self.place(kind) / FINDING_FILE
        beside = path.with_name(f".{FINDING_FILE}.{os.getpid()}")
        beside.write_text(finding.model_dump_json(indent=1) + "\n", encoding="utf-8")
        beside.replace(path)

    def _replace(self, found: Found, finding: Finding) -> None:
        document = finding.model_dump_json(indent=1) + "\n"
        self._write(self.place(found.kind), {**found.files, FINDING_FILE: document})

    def _write(self, place: Path, files: Mapping[str, str]) -> None:
        """Written beside its place and then moved there. What is there before is taken away."""
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, content in files.items():
            (beside / name).write_text(content, encoding="utf-8", newline="\n")
        if place.exists():
            shutil.rmtree(place)
        beside.rename(place)


def _least(seeds: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(seeds)[:_SEEDS_LISTED])


def finding_of(place: Path) -> Finding | None:
    """What the entry at `place` says of itself; None where there is none, or none that can be read."""
    try:
        return Finding.model_validate_json((place / FINDING_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
