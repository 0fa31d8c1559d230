"""Many histories at once: loaded and judged over all cores, within the limits."""

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from histories.load import load
from kept.judge.history import PARALLEL_FROM, judge_history, judge_in_parallel
from kept.judge.processes import cores, run
from kept.judge.question import Limits, Question
from kept.judge.report import CheckReport, Judged, unjudged
from kept.judge.watchdog import Spent, Watched

APART_FROM_BYTES = 4 << 20
"""Files that are smaller in all are judged one after the other: processes would take longer to begin."""


def judge_files(paths: Sequence[str], question: Question, began_s: float | None = None) -> CheckReport:
    """The report on every file. The budget counts from `began_s` (`time.monotonic`).

    Raises the `HistoryError` or `UsageError` of a file that is wrong: then nothing is told of the others.
    """
    began_s = time.monotonic() if began_s is None else began_s
    limited = question.limits != Limits()
    if len(paths) == 1:
        return CheckReport((_single(paths[0], question, began_s, limited),))
    if not limited and (cores() < 2 or sum(_size(path) for path in paths) < APART_FROM_BYTES):
        return CheckReport(_one_after_the_other(paths, question))
    tasks = [partial(_judged, path, question) for path in paths]
    answers = run(tasks, question.limits, began_s)
    return CheckReport(
        tuple(
            unjudged(path, question, answer.stopped) if answer.stopped else answer.value
            for path, answer in zip(paths, answers, strict=True)
        )
    )


def _single(path: str, question: Question, began_s: float, limited: bool) -> Judged:
    """One file: loaded here, so that its keys can go to several processes."""
    try:
        with Watched(question.limits, began_s):
            loaded = load(path, question.options)
        if limited or len(loaded.columns) >= PARALLEL_FROM:
            return judge_in_parallel(loaded, question, began_s)
        return judge_history(loaded, question)
    except Spent as spent:
        return unjudged(path, question, spent.why)
    except KeyboardInterrupt:
        return unjudged(path, question, "interrupted")


def _one_after_the_other(paths: Sequence[str], question: Question) -> tuple[Judged, ...]:
    found: list[Judged] = []
    try:
        for path in paths:
            found.append(_judged(path, question))  # noqa: PERF401 - what was found before an interruption counts
    except KeyboardInterrupt:
        found += [unjudged(path, question, "interrupted") for path in paths[len(found) :]]
    return tuple(found)


def _judged(path: str, question: Question) -> Judged:
    return judge_history(load(path, question.options), question)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0
