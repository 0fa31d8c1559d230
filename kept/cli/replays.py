"""`kept replay DIR` for a directory of many schedules, or traces of explorations: each is replayed, and all are summed
up."""

import time
from collections import Counter
from pathlib import Path

import click

from kept.cli import exits
from kept.cli.console import Console
from kept.cli.progress import LINE_EVERY_S
from kept.cli.retracing import retraced
from kept.explore.trace import is_trace
from kept.lab.entry import EntryResult, entries_of, replay_entry
from kept.lab.fingerprint import code_fingerprint
from kept.lab.schedule import SCHEDULE_FILE
from kept.lab.usage import SHOWN_PATH_CHARS, UsageError, shown
from kept.report import fuzzed
from kept.report.document import EntryDocument, ReplaysDocument, VerdictName
from kept.report.session import entry

EXITS: dict[EntryResult, int] = {
    "FAILED": exits.VIOLATED,
    "DIVERGED": exits.DIVERGED,
    "UNKNOWN": exits.UNKNOWN,
    "MISSED": exits.UNKNOWN,
    "STALE": exits.UNKNOWN,
    "SAME": exits.HOLDS,
    "FIXED": exits.HOLDS,
    "EXPECTED": exits.HOLDS,
}
"""The exit code of each result, the one that wins over all that follow first."""


def many(path: Path) -> list[Path]:
    """The schedules in a directory that is not itself that of a run; empty where `path` is a run or a file.
    `UsageError` where the directory holds no schedule."""
    if not path.is_dir() or (path / SCHEDULE_FILE).exists():
        return []
    found = entries_of(path)
    if not found:
        name = shown(str(path), SHOWN_PATH_CHARS)
        raise UsageError(f"{name}: holds no schedule; accepted: the directory of a run, or of many schedules")
    return found


def replay_all(path: Path, places: list[Path], console: Console) -> int:
    """Replay them in their order; a line each as they come, a summary last. Returns the exit code."""
    began_s = told_s = time.monotonic()
    entries: list[EntryDocument] = []
    for place in places:
        entries.append(entry(place, retraced(place) if _is_trace(place) else replay_entry(place)))
        console.say(*fuzzed.replays((entries[-1],)))
        if console.quiet and EXITS[entries[-1].result] != exits.HOLDS:
            console.tell(*fuzzed.replays((entries[-1],)))
        if console.json and not console.quiet and time.monotonic() - told_s >= LINE_EVERY_S:
            told_s = time.monotonic()
            click.echo(f"kept: {told_s - began_s:.0f} s: {len(entries):,} of {len(places):,} schedules", err=True)
    document = _document(path, tuple(entries), time.monotonic() - began_s)
    console.tell(fuzzed.replays_line(document))
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def _is_trace(place: Path) -> bool:
    return place.is_file() and is_trace(place)


def _document(path: Path, entries: tuple[EntryDocument, ...], duration_s: float) -> ReplaysDocument:
    counted = Counter(one.result for one in entries)
    worst = next(result for result in EXITS if counted[result])
    verdicts: dict[int, VerdictName] = {exits.HOLDS: "valid", exits.VIOLATED: "invalid"}
    return ReplaysDocument(
        verdict=verdicts.get(EXITS[worst], "unknown"),
        exit_code=EXITS[worst],
        directory=str(path),
        entries=entries,
        results={result: counted[result] for result in EXITS if counted[result]},
        code=code_fingerprint(),
        duration_s=round(duration_s, 3),
    )
