"""Entries of a corpus: saved schedules, replayed and held against what is expected of them.

A schedule that was found with a seeded bug must be violated by that bug again: the checkers still see it. One whose
cause was repaired in the store must hold. What can no longer be carried out says so, whatever it is about.
"""

from pathlib import Path
from typing import Literal, NamedTuple

from checkers.verdict import Invalid
from histories.errors import one_line
from kept.lab.corpus import CRASH, Finding, finding_of
from kept.lab.replay import Replay, Result, replay
from kept.lab.run import Progress
from kept.lab.schedule import BY_BUG, FIXED, SCHEDULE_FILE, Schedule, load_schedule
from kept.lab.usage import SHOWN_PATH_CHARS, UsageError, shown

EntryResult = Result | Literal["EXPECTED", "MISSED", "STALE"]
"""EXPECTED: violated again by the bug that was seeded on purpose. MISSED: that bug shows no more, though the schedule
says that it does. STALE: the schedule can no longer be carried out; the reason says why."""


class Replayed(NamedTuple):
    """What the replay of an entry came to."""

    result: EntryResult
    reason: str
    sentence: str
    """Where a claim is violated: the counterexample's; where an error was raised: the error."""


def entries_of(directory: Path) -> list[Path]:
    """What can be replayed in a directory: its own directories with a schedule, and its schedule files (``*.json``),
    by name. `UsageError` where it cannot be read."""
    name = shown(str(directory), SHOWN_PATH_CHARS)
    try:
        found = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}; accepted: a directory of schedules") from None
    return [path for path in found if (path / SCHEDULE_FILE).exists() or (path.suffix == ".json" and path.is_file())]


def replay_entry(place: Path, progress: Progress | None = None) -> Replayed:
    """Replay one entry. Whatever is wrong with its files makes it stale; that is said, and no error."""
    then = finding_of(place)
    try:
        schedule = load_schedule(place)
        made = replay(schedule, progress)
    except UsageError as error:
        return Replayed("STALE", f"no longer applies: {error}", "")
    except MemoryError:
        raise
    except Exception as error:  # whatever the store or a checker stumbles over
        told = one_line(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        return Replayed("FAILED", f"an error is raised{' again' if _was_crash(then) else ''}", told)
    if _was_crash(then):
        if schedule.code != made.code and not made.trial.violated:
            return Replayed("FIXED", "an error was raised then, and none now", "")
        if schedule.code == made.code:
            return Replayed("DIVERGED", "the same code raised an error then, and none now", "")
    violated = [made.trial.verdicts[name] for name in made.trial.violated]
    sentence = violated[0].counterexample.sentence if violated and isinstance(violated[0], Invalid) else ""
    result, reason = _as_expected(schedule, made)
    return Replayed(result, reason, sentence)


def _as_expected(schedule: Schedule, made: Replay) -> tuple[EntryResult, str]:
    """The result in the light of what is expected of the schedule."""
    bug = schedule.config.bug
    if bug and made.result == "FAILED" and set(schedule.violated) & set(made.trial.violated):
        return "EXPECTED", f"{', '.join(made.trial.violated)} violated by its bug, {bug}, as it should be"
    if schedule.expected == BY_BUG and made.result in ("FIXED", "SAME"):
        return "MISSED", f"its bug, {bug}, shows no more; {made.reason}"
    if schedule.expected == FIXED and made.result == "FAILED":
        return "FAILED", f"it was fixed once: {made.reason}"
    return made.result, made.reason


def _was_crash(then: Finding | None) -> bool:
    return then is not None and then.claim == CRASH
