"""`kept explore`: every interleaving of a small cluster of real nodes, from the command line to the exit code."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, get_args

import click
from pydantic import ValidationError

from checkers.registry import CLAIMS
from kept.cli import exits
from kept.cli.arguments import parse_budget
from kept.cli.console import Console
from kept.cli.options import Number, flag
from kept.explore.excluded import excluded
from kept.explore.explore import MOST_STATES, Explored, Plan, TooLarge, explored
from kept.explore.judging import COPIES, ERRORS, SETTLES
from kept.explore.lines import all_lines
from kept.explore.processes import Processes, peak_bytes
from kept.explore.scope import Scope
from kept.explore.trace import trace_of
from kept.lab.trial import check_bug
from kept.lab.usage import UsageError, bounds, first_problem, shown, unknown
from kept.report.claim import ClaimDocument, CounterexampleDocument, VerdictName
from kept.report.document import overall
from kept.report.explored import FOR_EVER, ExploreDocument, TracedDocument, found_lines, steps_lines, verdict_line
from model.explorer.outcome import Bounds

HELP = {
    "nodes": "Nodes of the cluster.",
    "n": "Replicas of the key.",
    "r": "Replies that a get waits for.",
    "w": "Durable acknowledgements that a put waits for.",
    "pr": "How many of R must come from the key's own replicas.",
    "pw": "How many of W must come from the key's own replicas.",
    "sloppy": "Whether fallbacks may stand in for unreachable owners.",
    "versions": "Dotted version vectors, plain version vectors, or last writer wins.",
    "read_repair": "When stale replicas that a get meets are repaired.",
    "durable_copies": "Copies that must be on disk before a put is acknowledged; 0: all.",
    "clients": "Clients.",
    "ops": "Operations of each client: puts and gets in turn.",
    "program": "What each client does instead: put, blind, get, delete; a comma between clients.",
    "keys": "Keys; the steps of a program name another than the first: put:2.",
    "contact": "Whether each client has a node of its own, or asks any.",
    "crashes": "Crashes at any effect boundary; unsynced writes may be lost.",
    "drops": "Messages that are lost.",
    "duplicates": "Messages that arrive twice.",
    "partitions": "Cuts of one node from the others.",
    "timeouts": "Deadlines of operations that pass early.",
    "handoffs": "Handoff intervals while clients are at work.",
    "exchanges": "Anti-entropy rounds while clients are at work.",
    "change": "One change of membership, at any time: a node joins, an owner leaves, or it dies and is removed.",
    "ring": "The paper's partitioning strategy.",
    "racks": "Racks that the nodes are spread over; 0 names none.",
    "settle": "Ask too whether the cluster always settles, in whatever order its background work happens.",
    "bug": "A bug of the zoo to seed into the store.",
    "reduce": "Leave out interleavings that cannot show.",
}
"""Every field of `Scope`."""
PROPERTIES = {
    ERRORS: "no node stops with an error",
    COPIES: "whenever a put is acknowledged, W disks hold it",
    SETTLES: "left to itself, the cluster comes to rest: no fair run goes round without an end",
}
"""What is checked beside claims; the last with --settle."""
_SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
CORES_LIMIT = 64
_PROGRESS_EVERY_S = 10.0
_FOREVER_S = 1e12


class Arguments(NamedTuple):
    """An exploration that can begin."""

    scope: Scope
    claims: tuple[str, ...]
    budget_s: float | None
    memory_bytes: int | None
    cores: int
    checkpoint: Path | None
    out: Path | None
    keep_going: bool


def _scope_options(verb: Callable[..., int]) -> Callable[..., int]:
    for name in reversed(HELP):
        field = Scope.model_fields[name]
        default, about = field.default, HELP[name]
        names = get_args(field.annotation)
        if isinstance(default, bool):
            on, off = ("--sloppy", "--strict") if name == "sloppy" else (flag(name), f"--no-{name}")
            shown_default = on if default else off
            option = click.option(f"{on}/{off}", name, default=None, help=f"{about}  [default: {shown_default}]")
        elif isinstance(default, int):
            kind = Number(int, f"a whole number, {bounds(field)}")
            option = click.option(flag(name), name, type=kind, help=f"{about}  [default: {default}; {bounds(field)}]")
        else:
            metavar = "|".join(filter(None, names)) if names else "NAME" if name == "bug" else "TEXT"
            option = click.option(flag(name), name, metavar=metavar, help=f"{about}  [default: {default or 'none'}]")
        verb = option(verb)
    return verb


@click.command("explore")
@click.option("--claim", multiple=True, metavar="NAME", help="Check this promise too, though it is not made.")
@click.option("--budget", metavar="TIME", help="Stop after this real time; without it, too large a scope is refused.")
@click.option("--max-mem", metavar="SIZE", help="Stop where all processes together have grown to this: 500m, 2g.")
@click.option("--cores", type=Number(int, "a whole number from 1"), default=1, help="Processes.  [default: 1]")
@click.option(
    "--checkpoint", metavar="DIR", help="Save the search there after each level, and go on from what is there."
)
@click.option("--keep-going", is_flag=True, help="Go on after a violation, to find those of other claims.")
@click.option("--out", metavar="DIR", help="Write counterexamples there, for `kept replay`.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--quiet", is_flag=True, help="Print only counterexamples and the verdict.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
@_scope_options
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Visit every state that a small cluster of real nodes can come to, and hold each against the claims.

    Exit 0: every claim holds in every state of the scope. 1: violated, told in as few steps as it takes. 2: cut off.
    """
    return execute(parse(given), Console(json, quiet, color))


def parse(given: dict[str, Any]) -> Arguments:
    """Check everything before anything is done. `UsageError` names the flag."""
    fields = {name: given[name] for name in HELP if given[name] is not None}
    for name in given["claim"]:
        if name not in CLAIMS and name != "all":
            raise unknown("--claim", name, ["all", *CLAIMS])
    if fields.get("bug"):
        check_bug(fields["bug"])
    try:
        scope = Scope.model_validate(fields)
    except ValidationError as error:
        problem = first_problem(error, Scope).replace("accepted: , ", "accepted: ")  # no change at all has no name
        name, colon, rest = problem.partition(":")
        raise UsageError(f"{flag(name)}{colon}{rest}" if name in HELP else problem) from None
    named = tuple(CLAIMS) if "all" in given["claim"] else given["claim"]
    if not 1 <= given["cores"] <= CORES_LIMIT:
        raise UsageError(f"--cores: {given['cores']}; accepted: 1 to {CORES_LIMIT}")
    if scope.settle and (given["cores"] > 1 or given["checkpoint"] is not None):
        raise UsageError("--settle: with --cores or --checkpoint; accepted: one core, and no checkpoint")
    return Arguments(
        scope,
        tuple(dict.fromkeys((*scope.claims(), *named))),
        parse_budget(given["budget"]),
        _size(given["max_mem"]),
        given["cores"],
        _directory("--checkpoint", given["checkpoint"]),
        _directory("--out", given["out"]),
        given["keep_going"],
    )


def _size(text: str | None) -> int | None:
    if text is None:
        return None
    number, unit = text[:-1], text[-1:].lower()
    if unit not in _SIZES:
        number, unit = text, ""
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 1 << 40):
        raise UsageError(f"--max-mem: {shown(text)}; accepted: a size above 0 such as 500m or 2g")
    return int(number) * _SIZES[unit]


def _directory(name: str, given: str | None) -> Path | None:
    if given is None:
        return None
    path = Path(given)
    if not given or "\0" in given or (path.exists() and not path.is_dir()):
        raise UsageError(f"{name}: {shown(given)}; accepted: a directory, or a name for a new one")
    return path


class _Watch:
    """The clock of an exploration, which runs out where memory does, or at Ctrl-C."""

    def __init__(self, arguments: Arguments, console: Console) -> None:
        self.memory_bytes = arguments.memory_bytes
        self.began_s = self._told_s = time.monotonic()
        self.over_memory = self.interrupted = False
        self._started = False
        self._console = console
        self._crew: Processes | None = None

    def hired(self, crew: Processes) -> None:
        """The memory of these processes counts as well."""
        self._crew = crew

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.began_s

    def __call__(self) -> float:
        if self.memory_bytes is not None and self._started:
            self.over_memory = peak_bytes() + sum(self._crew.peaks_bytes if self._crew else ()) > self.memory_bytes
        self._started = True
        return _FOREVER_S if self.over_memory or self.interrupted else self.elapsed_s

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """The first Ctrl-C ends the exploration, and what it came to is told; another one ends everything at once."""

        def stop(_signal: int, _frame: object) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def progress(self, states: int, depth: int) -> None:
        if not self._console.quiet and time.monotonic() - self._told_s >= _PROGRESS_EVERY_S:
            self._told_s = time.monotonic()
            click.echo(f"kept: {self.elapsed_s:.0f} s: {states:,} states, {depth} steps deep", err=True)


def execute(arguments: Arguments, console: Console) -> int:
    """Explore and tell; returns the exit code."""
    scope, watch = arguments.scope, _Watch(arguments, console)
    plan = Plan(
        Bounds(seconds=arguments.budget_s or _FOREVER_S / 2, clock=watch),
        arguments.cores,
        arguments.checkpoint,
        refuse=arguments.budget_s is None,
        stop=not arguments.keep_going,
        hired=watch.hired,
    )
    console.say(*introduction(scope, arguments.claims))
    for directory in (arguments.checkpoint, arguments.out):
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
    try:
        with watch.interruptible():
            found = explored(scope, arguments.claims, plan, watch.progress)
    except TooLarge as large:
        raise UsageError(
            f"--budget: missing for a scope of about {large.states:,} states (estimated after {large.seen:,}); "
            f"accepted: a time such as 10m, or a scope of at most {MOST_STATES:,}"
        ) from None
    document = _document(arguments, found, watch)
    for traced in document.counterexamples:
        console.tell("", *steps_lines(traced))
        if traced.file:
            console.tell(f"  again: kept replay {traced.file}")
    console.say("", *found_lines(document), "")
    console.tell(verdict_line(document))
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def introduction(scope: Scope, claims: tuple[str, ...]) -> list[str]:
    """What is about to be explored."""
    quorum = f"N={scope.n} R={scope.r} W={scope.w}, {'sloppy' if scope.sloppy else 'strict'} quorum"
    change = {"": "", "join": "a node joins", "leave": "an owner leaves", "remove": "an owner dies for good"}
    budgets = ("crashes", "drops", "duplicates", "partitions", "timeouts", "handoffs", "exchanges")
    faults = ", ".join(f"{name} {getattr(scope, name)}" for name in budgets if getattr(scope, name)) or "none"
    faults = f"{faults}; {change[scope.change]}" if scope.change else faults
    programs = "; ".join(" ".join(program) for program in scope.programs())
    return [
        f"  cluster      {scope.nodes} nodes, {quorum}, versions {scope.versions}, read repair {scope.read_repair}",
        *([f"  keys         {scope.keys}"] if scope.keys > 1 else []),
        f"  clients      {programs}; each asks {'its own node' if scope.contact == 'fixed' else 'any node'}",
        f"  at the most  {faults}",
        *([f"  bug          {scope.bug} is seeded into the store"] if scope.bug else []),
        f"  checks       {', '.join((*claims, *_properties(scope)))}",
    ]


def _properties(scope: Scope) -> list[str]:
    return [name for name in PROPERTIES if name != SETTLES or scope.settle]


def _document(arguments: Arguments, found: Explored, watch: _Watch) -> ExploreDocument:
    outcome, scope = found.outcome, arguments.scope
    stopped = outcome.excluded
    if watch.over_memory:
        stopped = (f"{arguments.memory_bytes:,} bytes of memory: not every state was expanded",)
    elif watch.interrupted and not outcome.complete:
        stopped = ("interrupted: not every state was expanded",)
    traced = []
    for example in outcome.counterexamples:
        file = ""
        if arguments.out is not None:
            path = arguments.out / f"{example.name}.json"
            path.write_text(trace_of(found.nodes, example).text(), encoding="utf-8")
            file = str(path)
        steps = (*map(str, example.labels), *(f"{FOR_EVER}{taken.label}" for taken in example.cycle))
        traced.append(TracedDocument(claim=example.name, reason=example.reason, steps=steps, file=file))
    claims = _claims(found, {one.claim: one for one in traced}, stopped)
    verdict = overall(claims)
    return ExploreDocument(
        verdict=verdict,
        exit_code=exits.exit_code(verdict, watch.interrupted and not outcome.complete),
        claims=claims,
        counterexamples=tuple(traced),
        complete=outcome.complete,
        states=outcome.states,
        transitions=outcome.transitions,
        depth=outcome.depth,
        levels=outcome.levels,
        memory_bytes=outcome.memory_bytes,
        missed=outcome.missed,
        ran=found.ran,
        stopped=stopped,
        excluded=excluded(scope),
        coverage=dict(outcome.coverage),
        marks=found.marks,
        lines=(len(found.lines), all_lines()),
        duration_s=round(watch.elapsed_s, 3),
        command=command_line(scope, arguments.claims),
        scope=scope.model_dump(mode="json"),
    )


def _claims(found: Explored, traced: dict[str, TracedDocument], stopped: tuple[str, ...]) -> tuple[ClaimDocument, ...]:
    documents = []
    for name in (*found.claims, *_properties(found.scope)):
        wording = CLAIMS[name].wording if name in CLAIMS else PROPERTIES[name]
        verdict: VerdictName = "valid"
        reason, example = f"holds in {found.outcome.states:,} states, all of the scope", None
        if name in traced:
            verdict, reason = "invalid", traced[name].reason
            example = CounterexampleDocument(sentence=reason, operations=(), facts=traced[name].steps)
        elif not found.outcome.complete or name in found.undecided:
            verdict, reason = "unknown", found.undecided.get(name, "; ".join(stopped))
        documents.append(
            ClaimDocument(name=name, wording=wording, verdict=verdict, reason=reason, counterexample=example)
        )
    return tuple(documents)


def command_line(scope: Scope, claims: tuple[str, ...]) -> str:
    """The command that explores `scope`: what differs from the defaults."""
    words = ["kept", "explore"]
    for name in HELP:
        value = getattr(scope, name)
        if value == Scope.model_fields[name].default:
            continue
        if isinstance(value, bool):
            words.append(("--sloppy" if value else "--strict") if name == "sloppy" else f"--no-{name}")
        else:
            words += [flag(name), f"'{value}'" if " " in str(value) else str(value)]
    own = scope.claims()
    return " ".join([*words, *(f"--claim {name}" for name in claims if name not in own)])
