"""`kept prove`: proofs and refutations of quorum configurations, from the command line to the exit code."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import click

from checkers.proofs import theory
from checkers.proofs.datacentres import Cell
from checkers.proofs.datacentres import table as level_table
from checkers.proofs.solving import Outcome, Result, SolverMissing, Solvers
from checkers.proofs.table import LEMMAS
from checkers.proofs.terms import Problem
from kept.cli import exits
from kept.cli.console import Console
from kept.cli.proving import Asked, asked
from kept.lab.usage import UsageError, shown
from kept.prover import certificates
from kept.prover.prove import Proof, prove
from kept.report import proved
from kept.report.document import ProveDocument
from kept.report.junit import junit

_FLAGS = (
    ("n", "INT|A..B", "Replicas of every key."),
    ("r", "INT|A..B|INT,INT", "Replies that a get waits for; with commas, classes of gets in use at once."),
    ("w", "INT|A..B|INT,INT", "Acknowledgements that a put waits for; likewise."),
    ("pr", "INT", "How many of R must come from owners that answered."),
    ("pw", "INT", "How many of W must come from owners that answered."),
    ("nodes", "INT", "Nodes in all, which bounds the fallbacks.  [default: as many as it takes]"),
    ("hinted_writes", "INT", "Acknowledgements that may come from fallbacks.  [default: all that PW leaves]"),
    ("hinted_reads", "INT", "Replies that may come from fallbacks.  [default: all that PR leaves]"),
    ("undelivered", "INT", "Hints that are still under way while a get asks owners only."),
    ("lose_disks", "INT", "Disks that are lost for good."),
    ("restarts", "INT", "Nodes that restart, acknowledgements coming from memory."),
    ("synced", "INT", "Acknowledgements of the W that waited for the disk.  [default: all; with --restarts none]"),
    ("replace", "INT", "Dead replicas that are replaced by empty ones."),
    ("lose_machines", "INT", "Machines that are lost with all their replicas."),
    ("per_machine", "INT", "Replicas of a key on one machine, at the most.  [default: 1]"),
    ("ring_change", "INT", "Members by which two preference lists differ."),
    ("counting", "one-list|per-list|union|union-plus", "Whose acknowledgements make W meanwhile.  [default: one-list]"),
    ("read_repair", "after|blocking|off", "Blocking: a get returns only what no later get can miss."),
    ("dc", "NAME=INT,...", "Replication factor of each data centre."),
    ("write", "LEVEL", "Cassandra's consistency level of writes."),
    ("read", "LEVEL", "Cassandra's consistency level of reads."),
    ("coordinators", "any|same", "Same: writer and reader ask one data centre.  [default: any]"),
    ("quorums", "EXPR", "Quorums such as 'a*b + c*d', choose(2, a, b, c), majority(...), rows(3, 4)."),
    ("write_quorums", "EXPR", "Quorums of puts.  [default: those of gets]"),
    ("weights", "NODE=INT,...", "Votes of each node; R and W are numbers of votes."),
    ("racks", "RACK=NODE,...;...", "Which nodes a rack takes with it."),
)


def _field_options(verb: Callable[..., int]) -> Callable[..., int]:
    for name, metavar, about in reversed(_FLAGS):
        verb = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=about)(verb)
    return verb


@click.command("prove")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@_field_options
@click.option(
    "--sloppy/--strict", "sloppy", default=None, help="Whether fallbacks stand in for owners.  [default: strict]"
)
@click.option("--all", is_flag=True, help="Prove the whole counting layer, for every configuration at once.")
@click.option("--solver", metavar="z3|cvc5|both", default="z3", help="Who is asked.  [default: z3]")
@click.option("--timeout", metavar="TIME", default="10s", help="For one question.  [default: 10s]")
@click.option("--certificate", metavar="DIR", help="Write scripts, Farkas certificates and their checker.")
@click.option("--json", is_flag=True, help="Print one JSON document; words go to standard error.")
@click.option("--junit", metavar="PATH", help="Write a JUnit report.")
@click.option("--quiet", is_flag=True, help="Print only the verdict.")
@click.option("--color", metavar="auto|always|never", default="auto", help="[default: auto]")
def command(json: bool, quiet: bool, color: str, **given: Any) -> int:
    """Prove or refute what a quorum configuration promises: of flags, of FILEs (JSON, TOML, riak.conf, stores.xml,
    CQL), of ranges, or with --all of every configuration there is.

    Overlap is less than linearizability: what is NOT guaranteed is printed too. Exit 1: refuted, with named nodes.
    """
    console = Console(json, quiet, color)
    wanted = asked(given)
    begun = time.perf_counter()
    solvers = Solvers(wanted.solvers, wanted.timeout_ms, time.perf_counter)
    try:
        run = _everything if wanted.everything else _configurations
        document, problems = run(wanted, solvers, console, begun)
    except SolverMissing as error:
        raise UsageError(f"--solver: {error}") from None
    if wanted.certificate is not None:
        names = certificates.write(wanted.certificate, problems)
        console.say(f"  {len(names)} files in {shown(str(wanted.certificate))}: see {certificates.README}")
    if wanted.junit is not None:
        report = junit("prove", document.claims, document.duration_s, "")
        wanted.junit.write_text(report, encoding="utf-8")
    console.document(document.model_dump_json(indent=1))
    return document.exit_code


def _configurations(
    wanted: Asked, solvers: Solvers, console: Console, begun: float
) -> tuple[ProveDocument, list[Problem]]:
    proofs = [prove(config, solvers) for config in wanted.configs]
    duration_s = time.perf_counter() - begun
    console.say(*(proved.story(proofs[0]) if len(proofs) == 1 else proved.table(proofs)), "")
    if wanted.left_out:
        console.say(f"  left out: {wanted.left_out:,} combinations with R or W above N, or otherwise no configuration")
    console.tell(proved.last_line(proofs, solvers.names, duration_s))
    several = len(proofs) > 1
    claims = tuple(
        proved.claim_document(one, proof.config.title if several else "")
        for proof in proofs
        for one in proof.judgements
        if one.decides
    )
    document = _document(wanted, (proof.result for proof in proofs), claims, duration_s)
    configurations = tuple(proved.configuration_document(proof) for proof in proofs)
    return document.model_copy(update={"configurations": configurations}), _asked_of(proofs)


def _asked_of(proofs: list[Proof]) -> list[Problem]:
    """The questions about every configuration, and the lemmas that their conditions rest on."""
    found: dict[str, Problem] = {}
    for at, proof in enumerate(proofs, 1):
        prefix = f"{at}-" if len(proofs) > 1 else ""
        for judgement in proof.judgements:
            name = judgement.name.partition(" ")[0]
            for number, outcome in enumerate(judgement.outcomes, 1):
                label = f"{prefix}{judgement.name}" + (f"-{number}" if len(judgement.outcomes) > 1 else "")
                found[label] = outcome.problem.named(label)
            if name in LEMMAS:
                found |= {problem.name: problem for problem in LEMMAS[name].obligations()}
    return list(found.values())


def _everything(wanted: Asked, solvers: Solvers, console: Console, begun: float) -> tuple[ProveDocument, list[Problem]]:
    rows = []
    for row in theory.rows(solvers):
        rows.append(row)
        console.say(*proved.row_lines(row))
    merged = theory.merged(solvers)
    console.say(*_outcome_lines(merged))
    cells = level_table(solvers)
    console.say(*proved.level_lines(cells))
    duration_s = time.perf_counter() - begun
    claims = (*(proved.row_document(row) for row in rows), proved.outcome_document(merged))
    results = [row.result for row in rows] + [merged.result] + [_cell_result(cell) for cell in cells]
    document = _document(wanted, results, claims, duration_s)
    undecided = sum(result != "proved" for result in results)
    word = {"valid": "valid    ", "invalid": "INVALID  ", "unknown": "unknown  "}[document.verdict]
    told = "all proved" if not undecided else f"{undecided} not proved"
    took = f"({', '.join(solvers.names)}, {duration_s:.2f} s)"
    console.tell("", f"{word}{len(rows)} lemmas, {len(cells)} pairs of levels: {told} {took}")
    problems = [outcome.problem for row in rows for outcome in row.outcomes] + [merged.problem]
    problems += [
        belief.outcome.problem.named(f"{belief.outcome.problem.name}-{at}")
        for row in rows
        for at, belief in enumerate(row.beliefs, 1)
    ]
    return document.model_copy(update={"levels": tuple(proved.levels_document(cell) for cell in cells)}), problems


def _cell_result(cell: Cell) -> Result:
    """A cell is answered, or not: `never` is an answer, not a refutation."""
    return cell.answer if cell.answer in ("unknown", "disagreement") else "proved"


def _outcome_lines(outcome: Outcome) -> list[str]:
    return [f"{proved.SHOWN[outcome.result]:<9}{outcome.problem.name}: {outcome.problem.about}"]


def _document(wanted: Asked, results: Iterable[Result], claims: Any, duration_s: float) -> ProveDocument:
    verdict = proved.overall(results)
    return ProveDocument(
        verdict=verdict,
        exit_code=exits.exit_code(verdict),
        claims=claims,
        solvers=wanted.solvers,
        certificates="" if wanted.certificate is None else str(wanted.certificate),
        duration_s=round(duration_s, 3),
    )
