"""`kept shrink`: a failing schedule, made as small as it goes, run once more into a directory of its own."""

import shlex
import time
from pathlib import Path
from typing import NamedTuple

import click

from checkers.verdict import Unknown
from histories.run import HISTORY_FILE
from kept.cli import exits
from kept.cli.arguments import checked_out, made, next_free, parse_budget
from kept.cli.console import Console
from kept.cli.progress import LINE_EVERY_S, Progress
from kept.cli.run import explained, explanation_document, save
from kept.cli.seeds import RUNS
from kept.explore.trace import is_trace
from kept.lab.explain import Explanation
from kept.lab.fingerprint import code_fingerprint
from kept.lab.replay import Replay, replay
from kept.lab.schedule import Schedule, load_schedule
from kept.lab.shrink import Shrinker
from kept.lab.sweep import INTERRUPTED
from kept.lab.trial import Trial
from kept.lab.usage import UsageError, shown, unknown
from kept.report import text
from kept.report.document import RunDocument, ShrinkDocument, claim_documents, overall
from kept.report.session import size
from kept.report.shrunk import going, shrunk

_WHY = {"": "nothing more can be taken out", "budget": "the budget was spent", "interrupted": "interrupted"}


@click.command("shrink")
@click.argument("file", metavar="DIR|FILE")
@click.option("--claim", metavar="NAME", help="The violated claim to keep violated.  [default: the first]")
@click.option("--any-cause", is_flag=True, help="Keep the claim violated for any cause, not only for the same kind.")
@click.option("--budget", metavar="TIME", help="Stop after this real time, such as 60s, with the smallest so far.")
@click.option("--out", metavar="DIR", help="Where to record it.  [default: the next kept-runs/NUMBER]")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--quiet", is_flag=True, help="Print only the result.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(
    file: str,
    claim: str | None,
    any_cause: bool,
    budget: str | None,
    out: str | None,
    json: bool,
    quiet: bool,
    color: str,
) -> int:
    """Make the failing schedule of DIR (a run's directory) or FILE (a schedule.json) smaller.

    Operations, faults, fates of messages, clients, keys, nodes, replicas and times are taken out as long as the same
    claim stays violated by a counterexample of the same kind. Exit 1: saved, the violation stands. 0: it does not fail
    any more. 3: it does not replay.
    """
    console = Console(json, quiet, color)
    budget_s = parse_budget(budget)
    place = None if out is None else checked_out(out)
    path = Path(file)
    if path.is_file() and is_trace(path):
        raise UsageError(
            f"{shown(file)}: a trace of `kept explore`, which none is shorter than; accepted: the schedule of a run"
        )
    schedule = load_schedule(path)
    wanted = _Wanted(path, schedule, _claim(path, schedule, claim), place, budget_s, any_cause)
    console.say(*text.configuration(schedule.config, schedule.claims, 1), "")
    document = _shrink(wanted, console)
    if document.explanation is not None:
        console.say(*text.claim_lines(document.claims), "", *text.story(document.explanation), "")
    if document.directory:
        console.say(f"  recorded in {shown(document.directory)}; again: {document.replay}")
    *sizes, last = shrunk(document)
    console.say(*sizes)
    console.tell(last)
    if quiet and document.directory:
        console.tell(document.replay)
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


class _Wanted(NamedTuple):
    """What to shrink, and how."""

    path: Path
    schedule: Schedule
    claim: str
    out: Path | None
    budget_s: float | None
    any_cause: bool


def _claim(path: Path, schedule: Schedule, named: str | None) -> str:
    if not schedule.violated:
        raise UsageError(f"{shown(str(path))}: it violates no claim; accepted: the schedule of a run that does")
    if named is not None and named not in schedule.violated:
        raise unknown("--claim", named, list(schedule.violated))
    return schedule.violated[0] if named is None else named


def _shrink(wanted: _Wanted, console: Console) -> ShrinkDocument:
    with Progress(1, None, console.quiet) as progress:
        then = replay(wanted.schedule, lambda done, of: progress(0, done, of))
    ended = _ended(wanted, then, progress)
    if ended is not None:
        return ended
    told = _Told(console.quiet)
    clock = time.monotonic
    shrinker = Shrinker(wanted.schedule, wanted.claim, clock, wanted.budget_s, told, any_cause=wanted.any_cause)
    shrinker.execute()
    return _saved(wanted, shrinker, progress)


def _ended(wanted: _Wanted, then: Replay, progress: Progress) -> ShrinkDocument | None:
    """Why there is nothing to shrink, where that is so."""
    claims = claim_documents(then.trial.verdicts)
    if then.result == "DIVERGED":
        result, code, reason = "DIVERGED", exits.DIVERGED, then.reason
    elif wanted.claim in then.trial.violated:
        return None
    elif isinstance(then.trial.verdicts[wanted.claim], Unknown):
        result, code, reason = "UNKNOWN", exits.UNKNOWN, f"{wanted.claim} cannot be decided any more"
    else:
        others = ", ".join(then.trial.violated)
        also = f"; still violated: {others}" if others else ""
        result, code, reason = "FIXED", exits.HOLDS, f"{wanted.claim} was violated then, and holds now{also}"
    return ShrinkDocument.model_validate(
        {
            "result": result,
            "reason": reason,
            "verdict": overall(claims),
            "exit_code": code,
            "claim": wanted.claim,
            "claims": claims,
            "seed": wanted.schedule.config.seed,
            "schedule": str(wanted.path),
            "history_sha256": then.trial.history_sha256,
            "code": then.code,
            "duration_s": round(progress.elapsed_s, 3),
            "config": wanted.schedule.config.document(),
        }
    )


def _saved(wanted: _Wanted, shrinker: Shrinker, progress: Progress) -> ShrinkDocument:
    """Run the smallest case into a directory, with all claims of the schedule, explain it, and write all of it."""
    directory = next_free(RUNS) if wanted.out is None else made(wanted.out)
    claims = tuple(dict.fromkeys((wanted.claim, *wanted.schedule.claims)))
    trial = shrinker.best.run(claims, directory=directory)
    assert trial.violated[0] == wanted.claim, "the smallest case violates the claim"
    trial.schedule().save(directory)
    told = explained(trial, progress)
    again = f"kept replay {shlex.quote(str(directory))}"
    save(_verdict(trial, told, directory, again, progress.elapsed_s), told, directory)
    interrupted = shrinker.stopped == INTERRUPTED
    return ShrinkDocument(
        result="SHRUNK",
        reason=_WHY[shrinker.stopped],
        verdict="invalid",
        exit_code=exits.INTERRUPTED if interrupted else exits.VIOLATED,
        claim=wanted.claim,
        claims=claim_documents(trial.verdicts),
        explanation=None if told is None else explanation_document(told),
        seed=trial.config.seed,
        schedule=str(wanted.path),
        directory=str(directory),
        replay=again,
        before=size(shrinker.before),
        after=size(shrinker.size),
        runs=shrinker.runs,
        stopped=shrinker.stopped,
        history_sha256=trial.history_sha256,
        code=code_fingerprint(),
        duration_s=round(progress.elapsed_s, 3),
        config=trial.config.document(),
    )


def _verdict(trial: Trial, told: Explanation | None, directory: Path, again: str, duration_s: float) -> RunDocument:
    """The document of the smallest run, as `kept run` would have written it."""
    outcome, config = trial.outcome, trial.config
    return RunDocument(
        verdict="invalid",
        exit_code=exits.VIOLATED,
        claims=claim_documents(trial.verdicts),
        explanation=None if told is None else explanation_document(told),
        seed=config.seed,
        first_seed=config.seed,
        seeds=1,
        seeds_wanted=1,
        history=str(directory / HISTORY_FILE),
        replay=again,
        history_sha256=trial.history_sha256,
        code=code_fingerprint(),
        counts=outcome.counts,
        marks=outcome.marks,
        outcomes=outcome.outcomes,
        events=outcome.events,
        virtual_us=outcome.virtual_us,
        settled_after_us=outcome.settled_after_us,
        slowest_settled_us=outcome.settled_after_us,
        settle_bound_us=config.settle_s * 1_000_000,
        duration_s=round(duration_s, 3),
        config=config.document(),
    )


class _Told:
    """A line on standard error every ten seconds."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.began_s = self.told_s = time.monotonic()

    def __call__(self, shrinker: Shrinker) -> None:
        now_s = time.monotonic()
        if not self.quiet and now_s - self.told_s >= LINE_EVERY_S:
            self.told_s = now_s
            click.echo(f"kept: {going(now_s - self.began_s, shrinker.runs, shrinker.size.events)}", err=True)
