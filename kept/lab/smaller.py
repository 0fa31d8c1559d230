"""What fuzzing found, made small: the shrunk schedule of a finding as the files of a run's directory."""

import time
from collections.abc import Mapping
from typing import NamedTuple

from kept.lab.case import Size
from kept.lab.corpus import EXPLANATION_FILE, Found
from kept.lab.explain import explain
from kept.lab.record import files_of
from kept.lab.replay import replay
from kept.lab.schedule import Schedule
from kept.lab.shrink import Shrinker
from kept.lab.sweep import OutOfTime, Stopped
from kept.lab.trial import Trial

EXPLAINING_S = 20.0
"""A small run is explained within moments; should it be a large one still, it goes without."""


class Smaller(NamedTuple):
    """The smallest counterexample that was found within the time."""

    before: Size
    after: Size
    runs: int
    """How many were made on the way."""
    stopped: Stopped
    """Why it ended before nothing more could be taken out."""
    sentence: str
    files: Mapping[str, str]
    """Name -> content: schedule, history, trace, replicas, explanation."""


def smaller(found: Found, budget_s: float) -> Smaller | str:
    """Shrink `found` for at most about so many seconds of real time; why not, where that cannot be done."""
    ends_s = time.monotonic() + budget_s

    def look_at_the_clock(_done: int, _wanted: int) -> None:
        if time.monotonic() > ends_s:
            raise OutOfTime

    claim = found.kind.claim
    schedule = Schedule.model_validate_json(found.schedule)
    try:
        if claim not in replay(schedule, look_at_the_clock).trial.violated:
            return "the schedule was run again and did not come out the same"
    except OutOfTime:
        return "there was no time for a single run"
    shrinker = Shrinker(schedule, claim, time.monotonic, max(0.0, ends_s - time.monotonic()))
    shrinker.execute()
    sentence, lines = _told(shrinker.trial)
    files = {**files_of(shrinker.trial), EXPLANATION_FILE: "".join(f"{line}\n" for line in lines)}
    return Smaller(shrinker.before, shrinker.size, shrinker.runs, shrinker.stopped, sentence, files)


def _told(trial: Trial) -> tuple[str, list[str]]:
    ends_s = time.monotonic() + EXPLAINING_S

    def look_at_the_clock(_done: int, _wanted: int) -> None:
        if time.monotonic() > ends_s:
            raise OutOfTime

    try:
        told = explain(trial, look_at_the_clock)
    except OutOfTime:
        return "", [f"It took more than {EXPLAINING_S:.0f} s to explain."]
    return told.sentence, told.lines()
