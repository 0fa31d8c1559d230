"""`kept fuzz`: many runs within a budget, each of a cluster of its own, from the command line to the exit code."""

import json
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from checkers.registry import CLAIMS
from kept.cli import exits
from kept.cli.arguments import SEEDS_LIMIT, VERDICT_FILE, made, next_free, parse, parse_budget
from kept.cli.console import Console
from kept.cli.options import HELP, Number, config_options, config_words
from kept.cli.progress import LINE_EVERY_S, Meter
from kept.cli.seeds import RUNS, SEED_LIMIT, numbered, seed_of
from kept.lab.corpus import CRASH, NONDETERMINISM, Corpus
from kept.lab.fingerprint import code_fingerprint
from kept.lab.fuzz import Fuzz, Plan, Tally
from kept.lab.swarm import fixed_fields
from kept.lab.usage import UsageError, shown
from kept.report import fuzzed, text
from kept.report.document import FuzzDocument, VerdictName
from kept.report.junit import junit
from kept.report.session import cases, document_of, verdict

JOBS_LIMIT = 256
BUDGET = SHRINK_BUDGET = "60s"


class Arguments(NamedTuple):
    """A session that can begin."""

    plan: Plan
    corpus: Path | None
    out: Path | None
    junit: Path | None
    require_marks: bool


@click.command("fuzz")
@click.option(
    "--budget", metavar="TIME", default=BUDGET, help=f"Begin no run after this real time.  [default: {BUDGET}]"
)
@click.option("--seed", metavar="INT|last|git", help="The first seed; drawn and printed where it is not given.")
@click.option("--seeds", type=Number(int, "a whole number from 1"), help="Run at most so many seeds.")
@click.option("--jobs", type=Number(int, "a whole number from 1"), default=2, help="Worker processes.  [default: 2]")
@click.option("--keep-going", is_flag=True, help="Go on after a violation, to find other kinds.")
@click.option("--corpus", metavar="DIR", help="Replay the schedules in DIR first, and save what is found there.")
@click.option("--claim", multiple=True, metavar="NAME", help="Check this promise too, though it is not made.")
@click.option(
    "--shrink-budget",
    metavar="TIME",
    default=SHRINK_BUDGET,
    help=f"When all seeds have run, shrink what was found for this real time at most.  [default: {SHRINK_BUDGET}]",
)
@click.option("--no-shrink", is_flag=True, help="Save what was found as it is.")
@click.option("--require-marks", is_flag=True, help="Exit 2 if a fault kind or recovery path stayed at zero.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the findings and the verdict.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
@click.option("--out", metavar="DIR", help="Where to write the verdict.  [default: the next kept-runs/NUMBER]")
@config_options
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Run many seeds, each with a cluster, a workload and faults of its own, and hold every run against the promises
    of its configuration. A flag that describes a run fixes that field; all others are drawn, whatever their default.

    The first violation of each kind is saved with its schedule, and shrunk; a known kind is only counted.
    """
    return execute(_parsed(given), given, Console(json, quiet, color))


def _parsed(given: dict[str, Any]) -> Arguments:
    """Check everything before anything is written. `UsageError` names the flag."""
    seeds, jobs = given["seeds"], given["jobs"]
    if seeds is not None and not 1 <= seeds <= SEEDS_LIMIT:
        raise UsageError(f"--seeds: {seeds}; accepted: 1 to {SEEDS_LIMIT}")
    if not 1 <= jobs <= JOBS_LIMIT:
        raise UsageError(f"--jobs: {jobs}; accepted: 1 to {JOBS_LIMIT}")
    seed = _last_session() if given["seed"] == "last" else None
    run = parse({**given, "seed": str(seed_of(given["seed"]) if seed is None else seed), "seeds": 1})
    named = tuple(CLAIMS) if "all" in given["claim"] else given["claim"]
    assert run.budget_s is not None, "a session has a budget"
    most = min(SEED_LIMIT - run.config.seed, SEEDS_LIMIT if seeds is None else seeds)
    shrink_s = parse_budget(given["shrink_budget"], "--shrink-budget")
    if given["no_shrink"] or shrink_s is None:
        shrink_s = 0.0
    plan = Plan(run.config, named, run.budget_s, most, jobs, given["keep_going"], shrink_s)
    corpus = None if given["corpus"] is None else Path(given["corpus"])
    if corpus is not None:
        Corpus(corpus).entries()
    return Arguments(plan, corpus, run.out, run.junit, run.require_marks)


def _last_session() -> int | None:
    """The first seed of the newest session below the current directory; None where a run is newer, or there is none."""
    for directory in sorted(numbered(), key=lambda path: int(path.name), reverse=True):
        try:
            document = json.loads((directory / VERDICT_FILE).read_bytes())
            if document["kept"] == "fuzz":
                return int(document["seed"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        return None
    return None


def execute(arguments: Arguments, given: Mapping[str, Any], console: Console) -> int:
    """Fuzz, save and print; returns the exit code."""
    plan = arguments.plan
    out = next_free(RUNS) if arguments.out is None else made(arguments.out)
    corpus = Corpus(arguments.corpus or out)
    fixed = {name: value for name, value in plan.config.document().items() if name in _fixed(plan)}
    wanted = given["seeds"]
    console.say(*fuzzed.beginning(plan.config.seed, plan.budget_s, wanted, plan.jobs, fixed, plan.named))
    session = Fuzz(plan, corpus)
    with Line(plan.budget_s, console.quiet) as line:
        session.execute(line)
    document = _document(arguments, given, session, fixed, line.elapsed_s)
    with (out / VERDICT_FILE).open("x", encoding="utf-8") as file:
        file.write(document.model_dump_json(indent=1) + "\n")
    if arguments.junit is not None:
        told = (*document.claims, *cases(document))
        arguments.junit.write_text(junit("fuzz", told, document.duration_s, document.again), encoding="utf-8")
    _print(document, console)
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def _fixed(plan: Plan) -> tuple[str, ...]:
    return tuple(name for name in fixed_fields(plan.config) if name != "seed" and (name != "bug" or plan.config.bug))


class Line(Meter):
    """How far it is: one line that changes on a terminal, elsewhere a line every ten seconds."""

    def __init__(self, budget_s: float, quiet: bool) -> None:
        super().__init__(quiet, budget_s)
        self._budget_s = budget_s

    def __call__(self, session: Fuzz) -> None:
        now_s = time.monotonic()
        words = fuzzed.going(self.elapsed_s, session.tally.done, session.tally.operations, len(session.seen))
        words += ", shrinking" if session.shrinking else ""
        if self._bar is not None:
            self._bar.update(self._task, description=words, completed=min(self.elapsed_s, self._budget_s))
        elif not self._quiet and now_s - self._told_s >= LINE_EVERY_S:
            self._told_s = now_s
            click.echo(f"kept: {words}", err=True)


def _document(
    arguments: Arguments, given: Mapping[str, Any], session: Fuzz, fixed: dict[str, Any], duration_s: float
) -> FuzzDocument:
    whole = session.stopped in ("budget", "seeds")
    missing = session.tally.never_reached if arguments.require_marks and whole else ()
    judged = verdict(session, missing)
    return document_of(
        session,
        verdict=judged,
        exit_code=_exit_code(session, judged),
        never_reached=missing,
        again=_again(arguments, given, session.tally),
        code=code_fingerprint(),
        duration_s=duration_s,
        fixed=fixed,
    )


def _exit_code(session: Fuzz, judged: VerdictName) -> int:
    """A violation says most; then an error that a run raised, then a run that did not repeat."""
    claims = {seen.found.kind.claim for seen in session.seen.values()}
    diverged = any(replayed.result == "DIVERGED" for replayed in session.replayed.values())
    if judged != "invalid" and CRASH in claims:
        return exits.BUG
    if judged != "invalid" and (diverged or NONDETERMINISM in claims):
        return exits.DIVERGED
    return exits.exit_code(judged, session.stopped == "interrupted")


def _again(arguments: Arguments, given: Mapping[str, Any], tally: Tally) -> str:
    """As many seeds as ran, from the same one, with what was fixed and claimed."""
    plan = arguments.plan
    words = ["kept", "fuzz", "--seed", str(plan.config.seed), "--budget", f"{plan.budget_s:g}s"]
    if tally.last_seed is not None:
        words += ["--seeds", str(tally.last_seed - plan.config.seed + 1)]
    words += config_words(plan.config, [name for name in HELP if given[name] is not None])
    words += [word for name in plan.named for word in ("--claim", name)]
    words += ["--keep-going"] if plan.keep_going else []
    words += ["--no-shrink"] if plan.shrink_s == 0 else []
    return shlex.join(words)


def _print(document: FuzzDocument, console: Console) -> None:
    """Everything that was found, the last word last."""
    if document.replayed:
        console.say("", *fuzzed.replays(document.replayed))
    console.say("", *fuzzed.totals(document), "", *text.claim_lines(document.claims))
    if document.findings:
        console.tell("", *fuzzed.findings(document.findings, brief=console.quiet))
    if document.never_reached:
        console.tell("", f"never reached: {', '.join(document.never_reached)}")
    console.say("", f"  saved in {shown(document.corpus)}; again: {document.again}")
    console.tell(fuzzed.last_line(document))
