"""`kept run`: one simulated run, or a sweep of seeds, from the command line to the exit code."""

import shlex
from pathlib import Path
from typing import Any

import click

from histories.run import HISTORY_FILE
from kept.cli import exits
from kept.cli.arguments import EXPLANATION_FILE, VERDICT_FILE, Arguments, made, next_free, parse
from kept.cli.console import Console
from kept.cli.options import Number, command_line, config_options
from kept.cli.progress import Progress
from kept.cli.seeds import RUNS
from kept.lab.coverage import unreached
from kept.lab.explain import Explanation, explain
from kept.lab.fingerprint import code_fingerprint
from kept.lab.sweep import INTERRUPTED, OutOfTime, Sweep
from kept.lab.trial import Trial
from kept.lab.usage import shown
from kept.report import text
from kept.report.document import ExplanationDocument, RunDocument, claim_documents, overall, undecided
from kept.report.junit import junit
from kept.report.session import otherwise

EXPLANATION_BUDGET_S = 120.0
"""A violation is decided before it is explained; the explanation may take this long and no longer."""


@click.command("run")
@click.option("--seed", metavar="INT|last|git", help="Decides everything; drawn and printed where it is not given.")
@click.option(
    "--seeds",
    type=Number(int, "a whole number from 1"),
    default=1,
    help="Run up to so many consecutive seeds, to the first violation.",
)
@config_options
@click.option(
    "--claim",
    multiple=True,
    metavar="NAME",
    help="Check this promise too, though it is not made; `all` checks every one.",
)
@click.option("--require-marks", is_flag=True, help="Exit 2 if a fault kind or recovery path stayed at zero.")
@click.option(
    "--budget", metavar="TIME", help="Stop after this real time, such as 60s: what is not decided is unknown."
)
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the verdict and, after a violation, what happened.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
@click.option("--out", metavar="DIR", help="Where to record the run.  [default: the next kept-runs/NUMBER]")
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Run a cluster under a workload and faults, and hold what was recorded against the promises of its
    configuration. The seed decides every byte of it."""
    console = Console(json, quiet, color)
    return execute(parse(given), console)


def execute(arguments: Arguments, console: Console) -> int:
    """Run, judge, explain, save and print; returns the exit code."""
    config = arguments.config
    directory = next_free(RUNS) if arguments.out is None else made(arguments.out)
    console.say(*text.configuration(config, arguments.claims, arguments.seeds))
    sweep = Sweep(config, arguments.claims, arguments.seeds, directory)
    with Progress(arguments.seeds, arguments.budget_s, console.quiet) as progress:
        sweep.execute(progress)
    sweep.save()
    told = explained(sweep.last, progress)
    document = _document(arguments, sweep, directory, told, progress.elapsed_s)
    save(document, told, directory)
    if arguments.junit is not None:
        story = "" if told is None else f"{told.paragraph}\n\n"
        report = junit("run", document.claims, document.duration_s, story + document.replay)
        arguments.junit.write_text(report, encoding="utf-8")
    _print(document, directory, console)
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def explained(trial: Trial | None, progress: Progress) -> Explanation | None:
    """What happened inside the store, where a claim is violated. Interrupted, the verdict stands without it."""
    if trial is None or not trial.violated:
        return None
    ends_s = progress.elapsed_s + EXPLANATION_BUDGET_S

    def look_at_the_clock(_done: int, _wanted: int) -> None:
        if progress.elapsed_s > ends_s:
            raise OutOfTime

    try:
        return explain(trial, look_at_the_clock)
    except (OutOfTime, KeyboardInterrupt):
        return None


def _document(
    arguments: Arguments, sweep: Sweep, directory: Path, told: Explanation | None, duration_s: float
) -> RunDocument:
    trial = None if sweep.broken else sweep.last
    claims = undecided(arguments.claims, _why(sweep)) if trial is None else claim_documents(trial.verdicts)
    complete = not sweep.stopped and overall(claims) != "invalid"
    missing: tuple[str, ...] = ()
    if arguments.require_marks and complete:
        missing = unreached(arguments.config, sweep.counts, sweep.marks)
    verdict = "unknown" if missing and complete else overall(claims)
    config = sweep.configuration
    return RunDocument(
        verdict=verdict,
        exit_code=exits.exit_code(verdict, sweep.stopped == INTERRUPTED),
        claims=claims,
        explanation=None if told is None else explanation_document(told),
        seed=config.seed,
        first_seed=arguments.config.seed,
        seeds=sweep.done,
        seeds_wanted=sweep.seeds,
        stopped=sweep.stopped,
        never_reached=missing,
        history=str(directory / HISTORY_FILE),
        replay=command_line(config, arguments.claims)
        if trial is None
        else f"kept replay {shlex.quote(str(directory))}",
        history_sha256="" if trial is None else trial.history_sha256,
        code=code_fingerprint(),
        counts=dict(sorted(sweep.counts.items())),
        marks=dict(sorted(sweep.marks.items())),
        outcomes=sweep.outcomes,
        events=sweep.events,
        virtual_us=None if trial is None else trial.outcome.virtual_us,
        settled_after_us=None if trial is None else trial.outcome.settled_after_us,
        slowest_settled_us=sweep.slowest_settled_us,
        settle_bound_us=config.settle_s * 1_000_000,
        duration_s=round(duration_s, 3),
        config=config.document(),
    )


def _why(sweep: Sweep) -> str:
    """Why a sweep that was broken off decides nothing."""
    what = "interrupted" if sweep.stopped == INTERRUPTED else "the budget was spent"
    taken = 0 if sweep.broken is None else sweep.broken.taken
    held = f"; {sweep.done:,} seeds before it held" if sweep.done else ""
    return f"{what} at operation {taken:,} of {sweep.config.ops:,} of seed {sweep.seed}{held}: let it run to its end"


def explanation_document(told: Explanation) -> ExplanationDocument:
    """The explanation without its trace."""
    return ExplanationDocument(
        claim=told.claim,
        sentence=told.sentence,
        paragraph=told.paragraph,
        facts=tuple(fact.sentence() for fact in told.facts),
        chosen=told.chosen,
        remedy=told.remedy,
        counterfactuals=otherwise(told.counterfactuals),
    )


def save(document: RunDocument, told: Explanation | None, directory: Path) -> None:
    """Write verdict.json and the explanation with its whole trace beside the history."""
    with (directory / VERDICT_FILE).open("x", encoding="utf-8") as file:
        file.write(document.model_dump_json(indent=1) + "\n")
    if told is not None:
        with (directory / EXPLANATION_FILE).open("x", encoding="utf-8") as file:
            file.write("\n".join(told.lines()) + "\n")


def _print(document: RunDocument, directory: Path, console: Console) -> None:
    """Everything that was found, the last word last."""
    of_last = [f"of seed {document.seed}, the last of {document.seeds:,}:"] if document.seeds > 1 else []
    console.say("", *text.found(document), "", *of_last, *text.claim_lines(document.claims))
    if document.explanation is not None:
        if console.quiet or not document.explanation.paragraph.startswith(document.explanation.sentence):
            sentence = document.explanation.sentence
            console.tell("", *([sentence] if console.quiet else text.paragraph(sentence)))
        console.say("", *text.story(document.explanation))
        console.say("", f"  everything about it: {shown(str(directory / EXPLANATION_FILE))}")
    if document.never_reached:
        console.tell("", f"never reached: {', '.join(document.never_reached)}")
    console.say("", f"  recorded in {shown(str(directory))}; again: {document.replay}")
    console.tell(text.verdict_line(document))
    if console.quiet and document.verdict != "valid":
        console.tell(document.replay)
