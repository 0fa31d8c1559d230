"""What a worker does with one task: run a seed, replay a schedule, explain or shrink what was found.

Tasks and answers travel between processes; an answer depends on its task alone, and never on who gave it or when.
"""

import time
import traceback
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from checkers.verdict import Invalid, Valid, Verdict
from histories.errors import one_line
from histories.run import HISTORY_FILE, REPLICAS_FILE, TRACE_FILE
from kept.lab.config import RunConfig
from kept.lab.corpus import Found, crash_kind, kind_of
from kept.lab.counterfactual import Counterfactual
from kept.lab.entry import Replayed, replay_entry
from kept.lab.explain import explain
from kept.lab.fingerprint import code_fingerprint, created_by, rows_sha256
from kept.lab.record import files_of, written
from kept.lab.run import Lab
from kept.lab.schedule import Schedule
from kept.lab.smaller import Smaller, smaller
from kept.lab.sweep import OutOfTime
from kept.lab.trial import Trial, again, finish, prepare

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


class Shrink(NamedTuple):
    """Make the schedule of a finding as small as it goes."""

    found: Found
    budget_s: float


class Replay(NamedTuple):
    """Run the schedule of one entry of the corpus again."""

    place: Path


Task = Run | Explain | Shrink | Replay


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
    counterfactuals: tuple[Counterfactual, ...]
    lines: tuple[str, ...]


class Shrunk(NamedTuple):
    """What was left of a finding, or why nothing was taken out."""

    smaller: Smaller | None
    reason: str


Answer = Ran | Explained | Shrunk | Replayed


def probe(task: Task) -> Answer:
    """Do what `task` says. Raises only what should end the process: that memory ran out."""
    match task:
        case Run():
            return _run(task)
        case Explain():
            return _explained(task.found)
        case Shrink():
            return _shrunk(task.found, task.budget_s)
        case Replay():
            return replay_entry(task.place)


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
    files = files_of(trial) if task.compared or trial.violated else {}
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
    files = {**written(lab.recorder, schedule), TRACEBACK_FILE: "".join(traceback.format_exception(error))}
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
            return Explained(told.sentence, told.paragraph, told.remedy, told.counterfactuals, tuple(told.lines()))
    except OutOfTime:
        why = f"It took more than {EXPLANATION_S:.0f} s to explain."
    except MemoryError:
        raise
    except Exception as error:  # the verdict stands, whatever the explanation stumbles over
        why = f"It could not be explained: {_error(error)}."
    else:
        why = "The schedule was run again and did not come out the same." if found.violated else ""
    return Explained(found.sentence, why, "", (), ())


def _shrunk(found: Found, budget_s: float) -> Shrunk:
    try:
        made = smaller(found, budget_s)
    except MemoryError:
        raise
    except Exception as error:  # what was found stands, whatever shrinking stumbles over
        return Shrunk(None, f"it could not be shrunk: {_error(error)}")
    return Shrunk(None, made) if isinstance(made, str) else Shrunk(made, "")
