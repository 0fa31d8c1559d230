"""Replaying a saved schedule: does it still fail, is it fixed, or is it not even the same run?

The same code must give the same bytes and the same verdicts; where it does not, the run has *diverged*, which is a
defect of the workbench and not of the store. Changed code may make another history of the same schedule: that is
said, and the verdicts decide.
"""

from typing import Literal, NamedTuple

from checkers.verdict import Unknown
from histories.errors import one_line
from kept.lab.fingerprint import code_fingerprint
from kept.lab.run import Progress
from kept.lab.schedule import Schedule
from kept.lab.trial import Trial, again

Result = Literal["SAME", "FAILED", "FIXED", "DIVERGED", "UNKNOWN"]


class Replay(NamedTuple):
    """What a replay came to."""

    result: Result
    reason: str
    schedule: Schedule
    trial: Trial
    code: str
    """The fingerprint of the code that ran now."""


def replay(schedule: Schedule, progress: Progress | None = None) -> Replay:
    """Run `schedule` again in memory and compare it with what was recorded of it. Raises `UsageError` where its bug
    is not in the zoo."""
    trial = again(schedule, progress=progress)
    result, reason = _compare(schedule, trial)
    return Replay(result, f"{reason}; {_bytes(schedule, trial)}", schedule, trial, code_fingerprint())


def _compare(schedule: Schedule, trial: Trial) -> tuple[Result, str]:
    then, now = schedule.violated, trial.violated
    if schedule.code == code_fingerprint():
        if schedule.history_sha256 != trial.history_sha256:
            return "DIVERGED", "the same code made another history of the same schedule"
        if then != now:
            return "DIVERGED", f"the same history, but other verdicts: violated was {_named(then)}, now {_named(now)}"
    if now:
        return "FAILED", _failed(then, now)
    undecided = tuple(name for name, verdict in trial.verdicts.items() if isinstance(verdict, Unknown))
    if undecided:
        return "UNKNOWN", f"{_named(undecided)} could not be decided"
    if then:
        return "FIXED", f"{_named(then)} was violated then, and holds now"
    return "SAME", "every claim held then and holds now"


def _failed(then: tuple[str, ...], now: tuple[str, ...]) -> str:
    both = tuple(name for name in then if name in now)
    if both:
        return f"{_named(both)} is violated again"
    return (
        f"{_named(then)} was violated then; now {_named(now)} is"
        if then
        else f"it held then; now {_named(now)} is violated"
    )


def _bytes(schedule: Schedule, trial: Trial) -> str:
    """What can be said of code and history."""
    code = code_fingerprint()
    same = schedule.history_sha256 == trial.history_sha256
    if schedule.code == code:
        return f"same code {code}, {'same' if same else 'other'} bytes"
    changed = f"the code differs: {one_line(schedule.created_by)} {one_line(schedule.code)} then, {code} now"
    return f"{changed}; {'its history is the same' if same else 'so does its history'}"


def _named(claims: tuple[str, ...]) -> str:
    return ", ".join(claims) or "nothing"
