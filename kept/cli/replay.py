"""`kept replay`: a saved schedule, run again in memory and compared with what was recorded of it."""

from itertools import zip_longest
from pathlib import Path

import click

from histories.run import HISTORY_FILE
from kept.cli import exits
from kept.cli.console import Console
from kept.cli.progress import Progress
from kept.cli.replays import many, replay_all
from kept.cli.retracing import retrace
from kept.explore.trace import is_trace
from kept.lab.replay import Replay, replay
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.usage import UsageError, shown
from kept.report import text
from kept.report.document import ReplayDocument, claim_documents, overall

EXITS = {
    "SAME": exits.HOLDS,
    "FIXED": exits.HOLDS,
    "FAILED": exits.VIOLATED,
    "UNKNOWN": exits.UNKNOWN,
    "DIVERGED": exits.DIVERGED,
}


@click.command("replay")
@click.argument("file", metavar="DIR|FILE")
@click.option("--steps", metavar="PATH", help="Also write what every node did, for `kept check --against-model`.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--quiet", is_flag=True, help="Print only the result.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(file: str, steps: str | None, json: bool, quiet: bool, color: str) -> int:
    """Run the schedule of DIR (a run's directory) or FILE (a schedule.json, or a trace of `kept explore`) again.

    SAME: it held and holds. FAILED: it is violated (again). FIXED: it was violated and holds. DIVERGED: the same code
    made another history, which is a bug in kept.

    A directory of many of them (a corpus, or files *.json) is replayed one after another. There EXPECTED is what its
    own seeded bug violates again, MISSED what it does not any more, and STALE what no longer applies.
    """
    path = Path(file)
    console = Console(json, quiet, color)
    if path.is_file() and is_trace(path):
        _refuse_steps(steps, "a trace of `kept explore`")
        return retrace(path, console)
    places = many(path)
    if places:
        _refuse_steps(steps, "many schedules")
        return replay_all(path, places, console)
    schedule = load_schedule(path)
    if steps is not None:
        _write_steps(schedule, Path(steps), console)
    console.say(*text.configuration(schedule.config, schedule.claims, 1))
    with Progress(1, None, quiet) as progress:
        made = replay(schedule, lambda done, wanted: progress(0, done, wanted))
    document = _document(made, path, progress.elapsed_s)
    console.say("", *text.claim_lines(document.claims), "")
    console.tell(*text.replayed(document))
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def _refuse_steps(steps: str | None, what: str) -> None:
    if steps is not None:
        raise UsageError(f"--steps: beside {what}; accepted: beside one schedule")


def _write_steps(schedule: Schedule, path: Path, console: Console) -> None:
    """Run the schedule once more, with every node listened to."""
    from kept.lab.stepping import write_steps  # noqa: PLC0415 - only where it is asked for

    if path.exists():
        raise UsageError(f"--steps: {shown(str(path))} is there already; accepted: a file that does not exist yet")
    told = write_steps(schedule, path)
    console.say(f"{told:,} steps written to {shown(str(path))}")


def _document(made: Replay, path: Path, duration_s: float) -> ReplayDocument:
    schedule, trial = made.schedule, made.trial
    claims = claim_documents(trial.verdicts)
    return ReplayDocument(
        result=made.result,
        reason=made.reason,
        verdict=overall(claims),
        exit_code=EXITS[made.result],
        claims=claims,
        violated_then=schedule.violated,
        seed=schedule.config.seed,
        schedule=str(path),
        first_difference=_first_difference(made, path) if made.result == "DIVERGED" else "",
        history_sha256=trial.history_sha256,
        history_sha256_then=schedule.history_sha256,
        code=made.code,
        code_then=schedule.code,
        counts=trial.outcome.counts,
        marks=trial.outcome.marks,
        outcomes=trial.outcome.outcomes,
        settled_after_us=trial.outcome.settled_after_us,
        duration_s=round(duration_s, 3),
        config=trial.config.document(),
    )


def _first_difference(made: Replay, path: Path) -> str:
    """The first row that differs, where the recorded history lies beside its schedule."""
    file = (path if path.is_dir() else path.parent) / HISTORY_FILE
    now = made.trial.outcome.recorder.lines(HISTORY_FILE)[1:]
    try:
        with file.open("rb") as rows:
            next(rows, None)
            for number, (then, row) in enumerate(zip_longest(rows, now), 2):
                if then is None or row is None or then != row.encode():
                    return f"{shown(str(file))}:{number}: {_row(then)} then, {_row(row)} now"
    except OSError:
        return ""
    return ""


def _row(row: bytes | str | None) -> str:
    if row is None:
        return "nothing"
    return shown((row.decode("utf-8", "replace") if isinstance(row, bytes) else row).strip())
