"""What a worker does with one task: run a seed, replay a schedule, explain a violation.

Tasks and answers travel between processes; an answer depends on its task alone, and never on who gave it or when.
"""

import time
import traceback
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from checkers.verdict import Invalid, Valid, Verdict
from histories.errors import one_line
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.lab.config import RunConfig
from kept.lab.corpus import CRASH, Finding, Found, crash_kind, finding_of, kind_of
from kept.lab.explain import explain
from kept.lab.fingerprint import code_fingerprint, created_by, rows_sha256
from kept.lab.replay import Result, replay
from kept.lab.run import Lab
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.sweep import OutOfTime, write_files
from kept.lab.trial import Trial, again, finish, prepare
from kept.lab.usage import UsageError

EXPLANATION_S = 120.0
"""A violation is decided before it is explained; the explanation may take this long and no longer."""
TRACEBACK_FILE = "traceback.txt"

VerdictName = Literal["valid", "invalid", "unknown"]


class Run(NamedTuple):
    """Run one seed of a configuration."""

    config: RunConfig
    """As `wide` has drawn it."""
    claims: tuple[str, ...]
    compared: bool
    """Bring the recorded files, though nothing may be violated: the run will be repeated and compared."""
    repeated: bool = False
    """This is the repetition."""


class Explain(NamedTuple):
    """Say what happened inside the store in a run that was found."""

    found: Found


class Replay(NamedTuple):
    """Run the schedule of one entry of the corpus again."""

    place: Path


Task = Run | Explain | Replay


class Ran(NamedTuple):
    """What a run came to."""

    history_sha256: str
    """Over the rows without the header; of an error, up to where it was raised."""
    rest_sha256: str
    """Over trace, final replicas and verdicts."""
    verdicts: dict[str, VerdictName]
    reasons: dict[str, str]
    """Of the claims that could not be decided."""
    counts: dict[str, int]
    marks: dict[str, int]
    outcomes: dict[str, int]
    events: int
    found: Found | None
    """What is to be saved, where a claim is violated or an error was raised."""
    files: dict[str, str]
    """What was recorded, where it was asked for."""


class Explained(NamedTuple):
    """Sentence, paragraph and the whole trace; empty where it took too long."""

    sentence: str
    paragraph: str
    remedy: str
    lines: tuple[str, ...]


class Replayed(NamedTuple):
    """What the replay of an entry came to."""

    result: Result | Literal["STALE"]
    """STALE: the schedule can no longer be carried out; `reason` says why."""
    reason: str
    sentence: str
    """Where it fails: the counterexample's, or the error's."""


Answer = Ran | Explained | Replayed


def probe(task: Task) -> Answer:
    """Do what `task` says. Raises only what should end the process: that memory ran out."""
    match task:
        case Run():
            return _run(task)
        case Explain():
            return _explained(task.found)
        case Replay():
            return _replayed(task.place)


# Runs


def _run(task: Run) -> Ran:
    lab = prepare(task.config)
    try:
        trial = finish(lab, task.claims)
    except MemoryError:
        raise
    except Exception as error:  # whatever the store or a checker stumbles over is a finding, and others go on
        return _crashed(task, lab, error)
    outcome = trial.outcome
    files = _files(lab, trial.schedule()) if task.compared or trial.violated else {}
    return Ran(
        history_sha256=trial.history_sha256,
        rest_sha256=_rest_sha256(lab, trial.verdicts),
        verdicts={name: _name(verdict) for name, verdict in trial.verdicts.items()},
        reasons={name: v.reason for name, v in trial.verdicts.items() if not isinstance(v, Valid | Invalid)},
        counts=outcome.counts,
        marks=outcome.marks,
        outcomes=outcome.outcomes,
        events=outcome.events,
        found=_violation(trial, files) if trial.violated else None,
        files=files if task.compared else {},
    )


def _name(verdict: Verdict) -> VerdictName:
    if isinstance(verdict, Valid):
        return "valid"
    return "invalid" if isinstance(verdict, Invalid) else "unknown"


def _rest_sha256(lab: Lab, verdicts: dict[str, Verdict]) -> str:
    digest = sha256()
    for name in (TRACE_FILE, REPLICAS_FILE):
        for row in lab.recorder.lines(name)[1:]:
            digest.update(row.encode())
    for claim, verdict in verdicts.items():
        told = verdict.counterexample.sentence if isinstance(verdict, Invalid) else _name(verdict)
        digest.update(f"\n{claim} {told}".encode())
    return digest.hexdigest()


def _violation(trial: Trial, files: dict[str, str]) -> Found:
    verdict = trial.verdicts[trial.violated[0]]
    assert isinstance(verdict, Invalid), "the claim is violated"
    told = verdict.counterexample
    return Found(
        kind=kind_of(trial),
        seed=trial.config.seed,
        violated=trial.violated,
        sentence=told.sentence,
        facts=tuple(fact.sentence() for fact in told.facts),
        files=files,
    )


def _crashed(task: Run, lab: Lab, error: Exception) -> Ran:
    """An error as a finding, with everything up to where it was raised."""
    rows = lab.recorder.lines(HISTORY_FILE)
    digest = rows_sha256(row.encode() for row in rows)
    fates = lab.world.network.tape.fates.items()
    schedule = Schedule.model_validate(
        {
            "created_by": created_by(),
            "code": code_fingerprint(),
            "config": task.config,
            "claims": task.claims,
            "violated": (),
            "history_sha256": digest,
            "plan": tuple(tuple(fault) for fault in lab.injected),
            "fates": tuple((sender, count, *fate) for (sender, count), fate in fates),
        }
    )
    files = {**_files(lab, schedule), TRACEBACK_FILE: "".join(traceback.format_exception(error))}
    sentence = _error(error)
    return Ran(
        history_sha256=digest,
        rest_sha256=sha256(sentence.encode()).hexdigest(),
        verdicts=dict.fromkeys(task.claims, "unknown"),
        reasons=dict.fromkeys(task.claims, sentence),
        counts=dict(sorted(lab.world.counts.items())),
        marks=dict(sorted(lab.marks.items())),
        outcomes=dict(lab.log.outcomes),
        events=lab.world.events,
        found=Found(crash_kind(error), task.config.seed, (), sentence, (), files),
        files=files if task.compared else {},
    )


def _error(error: Exception) -> str:
    """An error in one line."""
    return one_line(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _files(lab: Lab, schedule: Schedule) -> dict[str, str]:
    """What a recorded run's directory holds, as name -> content."""
    with TemporaryDirectory(prefix="kept-") as name:
        directory = Path(name)
        write_files(lab.recorder, directory)
        schedule.save(directory)
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.iterdir())}


# Explanations


def _explained(found: Found) -> Explained:
    ends_s = time.monotonic() + EXPLANATION_S

    def look_at_the_clock(_done: int, _wanted: int) -> None:
        if time.monotonic() > ends_s:
            raise OutOfTime

    try:
        trial = again(Schedule.model_validate_json(found.schedule), progress=look_at_the_clock)
        if found.violated and trial.violated == found.violated:
            told = explain(trial, look_at_the_clock)
            return Explained(told.sentence, told.paragraph, told.remedy, tuple(told.lines()))
    except OutOfTime:
        why = f"It took more than {EXPLANATION_S:.0f} s to explain."
    except MemoryError:
        raise
    except Exception as error:  # the verdict stands, whatever the explanation stumbles over
        why = f"It could not be explained: {_error(error)}."
    else:
        why = "The schedule was run again and did not come out the same." if found.violated else ""
    return Explained(found.sentence, why, "", ())


# Replays


def _replayed(place: Path) -> Replayed:
    """Whatever is wrong with the files of an entry makes it stale; that is said, and no error."""
    then = finding_of(place)
    try:
        schedule = load_schedule(place)
        made = replay(schedule)
    except UsageError as error:
        return Replayed("STALE", str(error), "")
    except MemoryError:
        raise
    except Exception as error:
        return Replayed("FAILED", f"an error is raised{' again' if _was_crash(then) else ''}", _error(error))
    if _was_crash(then):
        if schedule.code != made.code and not made.trial.violated:
            return Replayed("FIXED", "an error was raised then, and none now", "")
        if schedule.code == made.code:
            return Replayed("DIVERGED", "the same code raised an error then, and none now", "")
    violated = [made.trial.verdicts[name] for name in made.trial.violated]
    sentence = violated[0].counterexample.sentence if violated and isinstance(violated[0], Invalid) else ""
    return Replayed(made.result, made.reason, sentence)


def _was_crash(then: Finding | None) -> bool:
    return then is not None and then.claim == CRASH
